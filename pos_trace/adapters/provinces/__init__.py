"""Provinces' record systems: one module each, ``find``, ``changes`` and ``case_events``; the registry is below."""

from typing import Final

REGISTRY: Final[dict[str, str]] = {
    "api": "pos_trace.adapters.provinces.api:ProvinceApi",
}
