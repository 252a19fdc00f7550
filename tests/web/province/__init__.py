"""The province's routes."""
