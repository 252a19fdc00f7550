"""Ways for bytes to reach a printer, one file each, all with ``send(data, job_id) -> Sent``."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Literal, Protocol

from pos_trace.core.errors import Misconfigured
from pos_trace.hardware.status import FINE

TRANSPORTS: Final[dict[str, str]] = {
    "tcp": "pos_trace.hardware.transports.network:Network",
    "file": "pos_trace.hardware.transports.file:FileFolder",
    "null": "pos_trace.hardware.transports.null:Null",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a job: ``confirmed`` (the printer said so), ``sent_unconfirmed`` (all or some bytes went, nobody
    said so), ``failed`` (nothing went: safe to try again).
    """

    bytes_sent: int
    outcome: Literal["confirmed", "sent_unconfirmed", "failed"]
    status: int = FINE
    detail: str = ""


class Transport(Protocol):
    """A way to one printer; opened, used and closed within one ``send``."""

    def send(self, data: bytes, job_id: str) -> Sent:
        """Send one whole job; never raises for a printer's misbehaviour."""
        ...


def open_transport(transport: str, address: str) -> Any:
    """The transport called ``transport`` to ``address``; raises ``Misconfigured`` for an unknown one."""
    target = TRANSPORTS.get(transport)
    if target is None:
        raise Misconfigured("unknown_transport", f"Không có cách nối máy in '{transport}'.")
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)(address)
