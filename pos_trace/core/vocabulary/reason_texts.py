"""A reason's sentence with its facts filled in; total: without the facts it needs, the bare sentence stands."""

from collections.abc import Mapping
from typing import Literal

from pos_trace.core.vocabulary.reasons import REASONS


def reason_text(code: str, facts: Mapping[str, str], language: Literal["vi", "en"] = "vi") -> str:
    """The line of reason ``code``; a code of a newer version answers itself, so nothing that was sent is lost."""
    words = REASONS.get(code)
    if words is None:
        return code
    if language == "en":
        return words.en
    try:
        return words.text.format_map(facts)
    except KeyError:
        return words.bare
