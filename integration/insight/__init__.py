"""What the faces ask: how things stand, answered in a constant number of queries."""
