"""What a connector promises the engine, and what passes between the two."""
