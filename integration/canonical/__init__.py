"""The common language every platform is translated into; imports nothing of ours."""
