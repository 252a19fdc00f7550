"""The national traceability portal's gateway (Bộ KH&CN), as far as public sources show it: products, no lots.

Known (facts, domain_vn §3): token by client id and secret, resource ``/tochuc/v5/ToChuc_SanPham``, its JSON names, and
that errors come with HTTP 200 as ``{error, debugMessage}``. Not known: address of the token, of production, and the
wrapping of lists; so those stand in TOML, several wrappings are read, and the adapter is off unless configured.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from pos_trace.adapters.breaker import Breaker
from pos_trace.adapters.provinces import fields
from pos_trace.adapters.provinces.caller import Caller
from pos_trace.adapters.provinces.elsewhere import Elsewhere, Page
from pos_trace.adapters.provinces.mapped import parts_of
from pos_trace.adapters.provinces.source import Source
from pos_trace.adapters.provinces.told import Call, Rule

PRODUCTS: Final = Call(
    path="/tochuc/v5/ToChuc_SanPham",
    query={"gtinCode": "{gtin}"},
    rules=(
        Rule(means="auth", path="error", matches="(?i)token|auth|unauthori[sz]ed|expired"),
        Rule(means="unavailable", path="error"),
    ),
)
WRAPPINGS: Final = ("data.items", "data.content", "data", "items", "result", "")
ACTIVE: Final = "1"
FAILURES: Final = 3
OPEN_S: Final = 60.0


class NationalPortal:
    """Asks the portal for the product of a GTIN. A product is no lot: its answer is told beside a verdict at most."""

    def __init__(
        self, told: Source, caller: Caller, monotonic: Callable[[], float] = time.monotonic, failures: int = FAILURES
    ) -> None:
        self.told, self.caller, self.problem = told, caller, ""
        self._breaker = Breaker(failures, OPEN_S, monotonic)

    def handles(self, key: str) -> bool:
        """Only a key with a GTIN."""
        return "gtin" in parts_of(key)

    def look(self, key: str) -> Elsewhere:
        """The product of ``key``: known with name, organisation, origin and whether it is active; or unknown."""
        if not self.handles(key):
            return Elsewhere("unavailable", self.told.name, why="mã này không có GTIN")
        if not self._breaker.allows():
            return Elsewhere("unavailable", self.told.name, why=self._breaker.why or "")
        parts = parts_of(key)
        answered = self.caller.ask(PRODUCTS, parts, self.told.deadline_s)
        if answered.meaning is not None:
            return self._silent(f"{answered.detail} {_debug(answered.reply.json)}".strip())
        products = _products(answered.reply.json)
        if products is None:
            return self._silent("câu trả lời không có danh sách sản phẩm")
        self._breaker.worked()
        self.problem = ""
        mine = [one for one in products if (fields.written(one.get("gtinCode")) or "").zfill(14) == parts["gtin"]]
        return _told(self.told.name, mine[0]) if mine else Elsewhere("unknown", self.told.name)

    def _silent(self, why: str) -> Elsewhere:
        self.problem = self.caller.entry.hidden(why)[:200]
        self._breaker.failed(self.problem)
        return Elsewhere("unavailable", self.told.name, why=self.problem)


def _products(body: Any) -> list[Mapping[str, Any]] | None:
    for path in WRAPPINGS:
        found = fields.first(body, fields.parse(path))
        if isinstance(found, list) and all(isinstance(one, Mapping) for one in found):
            return found
        if isinstance(found, Mapping) and "gtinCode" in found:
            return [found]
    return None


def _told(platform: str, product: Mapping[str, Any]) -> Elsewhere:
    def text(name: str) -> str:
        return (fields.written(product.get(name)) or "")[:300]

    picture = text("hinhAnh")
    return Elsewhere(
        "known",
        platform,
        title=text("ten"),
        organisation=text("tenToChuc"),
        origin=text("xuatXu"),
        active=text("trangThai") == ACTIVE,
        pages=(Page("image", picture),) if picture.startswith("https://") and picture.isprintable() else (),
    )


def _debug(body: Any) -> str:
    """Their name of an error; the long text behind it is their programmers'."""
    found = fields.first(body, fields.parse("error"))
    return f"[{(fields.written(found) or '')[:60]}]" if found is not fields.MISSING else ""
