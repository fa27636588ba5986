"""Where people come back to after they signed in at a platform."""
