"""Which of its possible readings a damaged text is: the one the records know."""

from pos_trace.core import codes
from pos_trace.core.codes import ScannedCode
from pos_trace.services.node import Node
from pos_trace.store import lots


def settled(node: Node, code: ScannedCode) -> ScannedCode:
    """A text with lost separators is one of its readings when the records know exactly one of them."""
    found = []
    with node.db.read() as session:
        for candidate in code.candidates:
            reading = codes.parse(candidate, node.policy.codes)
            if reading.key is not None and lots.find(session, reading.key).state == "found":
                found.append(reading)
    if len(found) != 1:
        return code
    one = found[0]
    fields = {name: getattr(one, name) for name in one.__slots__} | {"raw": code.raw}
    return ScannedCode(**(fields | {"warnings": (*one.warnings, "recovered")}))
