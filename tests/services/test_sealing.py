"""An answer with a PIN lies closed in the database: opened only with the node's key, others stay as they are."""

import pytest
from cryptography.exceptions import InvalidTag

from pos_trace.services import sealing

ANSWER = b'{"pin":"2468"}'


def test_a_closed_answer_opens_with_its_key_alone() -> None:
    kept = sealing.close(b"key", ANSWER)
    assert ANSWER not in kept
    assert kept != sealing.close(b"key", ANSWER)
    assert sealing.opened(b"key", kept) == ANSWER
    with pytest.raises(InvalidTag):
        sealing.opened(b"another", kept)


@pytest.mark.parametrize("plain", [ANSWER, b"", b"[]"])
def test_an_answer_that_was_never_closed_is_read_as_it_lies(plain: bytes) -> None:
    assert sealing.opened(b"key", plain) == plain
