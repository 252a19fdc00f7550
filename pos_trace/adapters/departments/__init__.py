"""Departments that take reports: one module each with ``send``; the registry is below."""

from typing import Final

REGISTRY: Final[dict[str, str]] = {
    "api": "pos_trace.adapters.departments.api:DepartmentApi",
    "json_mapping": "pos_trace.adapters.departments.json_mapping:MappedDepartment",
}
