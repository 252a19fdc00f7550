"""The document a lot of a mandatory goods group must have: a number and its day, among the lot's ``standards``."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from pos_trace.core.policy import GoodsGroup

# members of an entry of ``standards`` (CONTRACTS, lot line); ``issued`` is the day on the document
NUMBER: Final = "number"
ISSUED: Final = "issued"
SCHEME: Final = "scheme"


def document_of(standards: Sequence[Mapping[str, Any]] | None) -> Mapping[str, Any] | None:
    """The first entry with a number and a day, None where there is none."""
    return next((one for one in standards or () if one.get(NUMBER) and _is_day(one.get(ISSUED))), None)


def lacks_document(group: GoodsGroup | None, standards: Sequence[Mapping[str, Any]] | None) -> bool:
    """Whether goods of ``group`` need a document and ``standards`` name none."""
    return group is not None and group.mandatory and document_of(standards) is None


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True
