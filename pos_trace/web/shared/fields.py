"""Kinds of places in bodies where pydantic alone would be too kind: it takes ``true`` for 1 and 7 for a day of 1970."""

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

from pos_trace.core.text import clean

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
SEPARATOR: Final = "\x1d"
MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}", re.ASCII)


def no_bool(value: Any) -> Any:
    """``value`` unless it is ``true`` or ``false``, which are no numbers."""
    if isinstance(value, bool):
        raise PydanticCustomError("number_type", "a number, not true or false")
    return value


def _day(value: Any) -> Any:
    if not (isinstance(value, str) and DAY.match(value)) and type(value) is not date:
        raise PydanticCustomError("date_type", "a day as YYYY-MM-DD")
    return value


def _moment(value: Any) -> Any:
    if not (isinstance(value, str) and MOMENT.match(value)) and not hasattr(value, "tzinfo"):
        raise PydanticCustomError("datetime_type", "a time as YYYY-MM-DDThh:mm:ss with its offset")
    return value


Whole = Annotated[int, BeforeValidator(no_bool)]
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


def _one_line(value: Any) -> Any:
    return clean(value, len(value)) if isinstance(value, str) else value


def _lines(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    kept = (clean(line, len(line)) for line in value.splitlines())
    return "\n".join(kept).strip("\n")


def _printable(value: Any) -> Any:
    if isinstance(value, str) and not value.replace(SEPARATOR, "").isprintable():
        raise PydanticCustomError("not_printable", "signs that can be seen, and the GS1 separator")
    return value


# what steers a screen or a printer is left out of words (control, format and bidi signs); in names that machines gave
# it is refused, since a name with a sign less is another name
Line = BeforeValidator(_one_line)
Lines = BeforeValidator(_lines)
Printable = BeforeValidator(_printable)
