"""Which code of a photo counts: a damaged trace code speaks before a payment QR beside it."""

import pytest

from pos_trace.core import codes
from pos_trace.core.vocabulary.words import SCAN_MESSAGES
from pos_trace.services.photo_codes import chosen
from tests.services.night import CABBAGE, demo_policy, url

PAYMENT = "00020101021238570010A00000072701270006970436011306110044567890208QRIBFTTA53037045802VN6304A1B2"
DAMAGED = "https://txng.quangngai.example/01/09521234600054/10/X"


@pytest.mark.parametrize(
    ("texts", "unread", "outcome", "said"),
    [
        ((PAYMENT, url(CABBAGE)), False, "ok", None),
        ((PAYMENT,), False, "not_trace_code", "Đây là mã thanh toán"),
        ((PAYMENT, DAMAGED), False, "unreadable", "Mã đọc chưa rõ – quét lại"),
        ((PAYMENT,), True, "unreadable", "Mã đọc chưa rõ – quét lại"),
        ((), False, "unreadable", "Không thấy mã trong ảnh"),
    ],
)
def test_a_damaged_trace_code_is_scanned_again_whatever_lies_beside_it(
    texts: tuple[str, ...], unread: bool, outcome: str, said: str | None
) -> None:
    found = chosen([codes.parse(text, demo_policy().codes) for text in texts], None, unread)
    assert found.outcome == outcome
    if said is not None:
        assert SCAN_MESSAGES.get(found.reason or "", SCAN_MESSAGES[""])[0] == said
