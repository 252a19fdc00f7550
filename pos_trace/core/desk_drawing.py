"""Which lines a desk check picks: anybody who knows the seed finds the same ones; before it is told, nobody can."""

from hashlib import sha256

PARTS = 1000


def picked(seed: str, line_id: str, share: int) -> bool:
    """Whether a check of ``share`` thousandths picks ``line_id``: SHA-256 of "seed|line" as a part of all hashes."""
    number = int.from_bytes(sha256(f"{seed}|{line_id}".encode()).digest()[:8], "big")
    return number * PARTS < share << 64
