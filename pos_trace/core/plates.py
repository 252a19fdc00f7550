"""A truck's plate in one spelling, so that what six stalls type is one truck."""

import re
from typing import Final

_TYPED: Final = re.compile(r"[0-9A-ZĐ.\- ]{4,20}")
_USUAL: Final = re.compile(r"(\d{2}[A-ZĐ]{1,2})(\d{4,5})")
_MOTORBIKE: Final = re.compile(r"(\d{2}[A-ZĐ]{1,2}\d)(\d{3})(\d{2})")


def normal_plate(text: str) -> str | None:
    """``82c 01234`` and ``82C-01234`` → ``82C-012.34``; one of another pattern keeps its letters and digits only;
    None for what is no plate.
    """
    told = text.strip().upper()
    if not _TYPED.fullmatch(told):
        return None
    bare = re.sub(r"[^0-9A-ZĐ]", "", told)
    if len(bare) < 4 or not any(sign.isdigit() for sign in bare):
        return None
    usual = _USUAL.fullmatch(bare)
    if usual is not None:
        series, number = usual.groups()
        return f"{series}-{number}" if len(number) == 4 else f"{series}-{number[:3]}.{number[3:]}"
    motorbike = _MOTORBIKE.fullmatch(bare)
    return "{}-{}.{}".format(*motorbike.groups()) if motorbike is not None else bare
