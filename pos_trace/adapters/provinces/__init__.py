"""Systems that know lots, one module each; ``source.Kind`` names them in TOML, ``runtime.attaching`` makes them.

Which of ``find``, ``changes``, ``recalls``, ``case_events`` and ``look`` each one has is in its class.
"""

from typing import Final

REGISTRY: Final[dict[str, str]] = {
    "api": "pos_trace.adapters.provinces.api:ProvinceApi",
    "json_mapping": "pos_trace.adapters.provinces.json_mapping:JsonMapping",
    "gs1_resolver": "pos_trace.adapters.provinces.gs1_resolver:Gs1Resolver",
    "epcis_query": "pos_trace.adapters.provinces.epcis_query:EpcisQuery",
    "file_drop": "pos_trace.adapters.provinces.file_drop:FileDrop",
    "national_portal": "pos_trace.adapters.provinces.national_portal:NationalPortal",
}
