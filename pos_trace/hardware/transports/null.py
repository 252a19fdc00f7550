"""No printer: every job goes nowhere and says so."""

from pos_trace.hardware.transports import Sent


class Null:
    """``address`` is ignored."""

    def __init__(self, address: str) -> None:
        self._address = address

    def send(self, data: bytes, job_id: str) -> Sent:
        """Take everything, confirm nothing."""
        return Sent(len(data), "sent_unconfirmed", detail="không có máy in")
