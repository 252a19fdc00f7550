"""Words about what lies at a stall: what a lot is, how goods left without being sold, why a lot closed."""

from collections.abc import Mapping
from typing import Final

STATE_WORDS: Final[Mapping[str, str]] = {
    "sellable": "BÁN ĐƯỢC",
    "held": "TẠM ĐỂ RIÊNG",
    "blocked": "KHÔNG BÁN",
    "returned_recalled": "HÀNG THU HỒI – KHÁCH TRẢ",
    "closed": "ĐÃ HẾT",
}
# what a person may say of goods that left unsold
WASTE_KINDS: Final[Mapping[str, str]] = {"spoilt": "Hỏng, bỏ", "gift": "Biếu", "own_use": "Dùng trong nhà"}
LOSS: Final = "loss"  # written by a split, a merge, a repack
SHELF_LIFE: Final = "shelf_life"  # nobody knows whether the rest was sold without a slip or thrown away
CLOSED_WORDS: Final[Mapping[str, str]] = {"person": "Hết lô", SHELF_LIFE: "Máy tự đóng: hết thời gian bày bán"}
SHORT: Final = "Bán vượt sổ"
