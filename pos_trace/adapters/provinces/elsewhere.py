"""What a system that keeps no lot records can still say: a page, a product, an organisation; never a record of a lot.

A GTIN that is registered, or a link that leads somewhere, shows no origin of the goods in this box (DESIGN: a code on
a box is not yet an origin). So it is told beside the verdict at most, and counts neither for nor against it.
"""

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Page:
    """One official page about a product or lot. ``kind``: GS1's link type (``traceability``, ``recallStatus`` …)."""

    kind: str
    href: str
    title: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """``known`` with what it says, ``unknown`` to it, or ``unavailable`` (``why`` in Vietnamese)."""

    state: Literal["known", "unknown", "unavailable"]
    platform: str
    title: str = ""
    organisation: str = ""
    origin: str = ""
    active: bool | None = None
    pages: tuple[Page, ...] = ()
    why: str = ""


class Looks(Protocol):
    """A system that can be asked so."""

    def look(self, key: str) -> Elsewhere:
        """What it says of ``key``, within its deadline; never raises for the other side."""
        ...
