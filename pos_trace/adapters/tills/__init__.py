"""Vendors' sale messages turned into our sale."""
