"""The station's routes."""
