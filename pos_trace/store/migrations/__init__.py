"""How the database came to be: forward only (design)."""
