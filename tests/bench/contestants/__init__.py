"""Ways of pulling the same products; each is a process of its own."""
