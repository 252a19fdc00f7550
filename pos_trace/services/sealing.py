"""Stored answers that hold a PIN or a one-time code: closed with the node's key, so a copied database shows none.

The key lies in a file beside the database (``app.signing_key``), never in it. The answer itself goes a week after its
request, like every stored answer.
"""

import hmac
import os
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK: Final = b"\0sealed:"  # no JSON begins like this
NONCE: Final = 12
PURPOSE: Final = b"pos_trace stored answer"


def close(key: bytes, answer: bytes) -> bytes:
    """``answer`` as it may lie in the database."""
    nonce = os.urandom(NONCE)
    return MARK + nonce + AESGCM(_key(key)).encrypt(nonce, answer, MARK)


def opened(key: bytes, kept: bytes) -> bytes:
    """The answer again; one that was never closed as it is."""
    if not kept.startswith(MARK):
        return kept
    sealed = kept[len(MARK) :]
    return AESGCM(_key(key)).decrypt(sealed[:NONCE], sealed[NONCE:], MARK)


def _key(key: bytes) -> bytes:
    return hmac.digest(key or PURPOSE, PURPOSE, "sha256")
