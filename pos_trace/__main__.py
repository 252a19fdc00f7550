"""``python -m pos_trace`` and the ``pos-trace`` command."""

from pos_trace.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
