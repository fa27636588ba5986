"""What mail templates can do beyond Django's own tags."""
