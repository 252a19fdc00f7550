"""Tests mirror the tree; their names read as sentences."""
