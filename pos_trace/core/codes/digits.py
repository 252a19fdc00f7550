"""Check digits (GS1 General Specifications 7.9) and GTIN forms."""

GTIN_LENGTHS = (8, 12, 13, 14)


def check_digit(body: str) -> str:
    """The mod-10 digit that follows ``body`` (digits only)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def checks(number: str) -> bool:
    """Whether the last digit is right."""
    return len(number) > 1 and check_digit(number[:-1]) == number[-1]


def gtin14(number: str) -> str:
    """Fourteen digits, zeros in front."""
    return number.zfill(14)


def is_digits(text: str) -> bool:
    """ASCII digits only: ``str.isdigit`` also takes full-width ones."""
    return text.isascii() and text.isdigit()
