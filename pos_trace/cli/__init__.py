"""Commands of ``pos-trace``."""
