"""A GS1 Digital Link resolver (1.2) asked for its linkset (RFC 9264): which official pages there are.

A linkset carries links, no lot: no record is ever made of it. Only links to allowed hosts are told, none is followed.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from pos_trace.adapters.provinces.caller import Caller
from pos_trace.adapters.provinces.elsewhere import Elsewhere, Page
from pos_trace.adapters.provinces.mapped import parts_of
from pos_trace.adapters.provinces.source import Source
from pos_trace.adapters.provinces.told import Call

VOCABULARIES: Final = tuple(
    f"{scheme}://{host}/voc/" for scheme in ("https", "http") for host in ("ref.gs1.org", "www.gs1.org", "gs1.org")
)
LINKSET: Final = "application/linkset+json"
MOST_PAGES: Final = 50
LONGEST: Final = 300
UNKNOWN: Final = (404, 410)


class Gs1Resolver:
    """Looks a key up at one resolver. ``problem``: what was wrong with its last answer."""

    def __init__(self, told: Source, caller: Caller) -> None:
        self.told, self.caller, self.problem = told, caller, ""
        self._hosts = frozenset(told.allowed_hosts())

    def handles(self, key: str) -> bool:
        """Only GS1 keys are Digital Links."""
        return "link" in parts_of(key)

    def look(self, key: str) -> Elsewhere:
        """The pages it names for ``key``; a resolver of before 2024 is asked once more in its own words."""
        if not self.handles(key):
            return self._silent("mã này không phải mã GS1")
        for words in ("linkset", "all"):
            call = Call(path="/{link}", query={"linkType": words}, headers={"Accept": LINKSET})
            answered = self.caller.ask(call, parts_of(key), self.told.deadline_s)
            reply = answered.reply
            if reply.state == "answered" and reply.status in UNKNOWN:
                self.problem = ""
                return Elsewhere("unknown", self.told.name)
            if answered.meaning is None:
                return self._read(reply.json)
            if reply.status != 400:
                break
        return self._silent(answered.detail)

    def _read(self, body: Any) -> Elsewhere:
        contexts = body.get("linkset") if isinstance(body, Mapping) else None
        if not isinstance(contexts, list) or not all(isinstance(one, Mapping) for one in contexts):
            return self._silent("câu trả lời thiếu 'linkset'")
        self.problem = ""
        titles = [text for one in contexts if isinstance(text := one.get("itemDescription"), str)]
        pages = tuple(page for one in contexts for page in self._pages(one))[:MOST_PAGES]
        return Elsewhere("known", self.told.name, title=titles[0][:LONGEST] if titles else "", pages=pages)

    def _pages(self, context: Mapping[str, Any]) -> list[Page]:
        found = []
        for relation, links in context.items():
            kind = next((relation.removeprefix(start) for start in VOCABULARIES if relation.startswith(start)), "")
            if kind and isinstance(links, list):
                found += [page for link in links if (page := self._page(kind, link)) is not None]
        return found

    def _page(self, kind: str, link: Any) -> Page | None:
        href = link.get("href") if isinstance(link, Mapping) else None
        if not isinstance(href, str) or len(href) > 2 * LONGEST or not href.isprintable() or not self._allowed(href):
            return None
        title, languages = link.get("title"), link.get("hreflang")
        language = languages[0] if isinstance(languages, list) and languages else languages
        return Page(
            kind[:60],
            href,
            title[:LONGEST] if isinstance(title, str) else "",
            language[:20] if isinstance(language, str) else "",
        )

    def _allowed(self, href: str) -> bool:
        try:
            parts = urlsplit(href)
        except ValueError:
            return False
        return parts.scheme in ("https", "http") and parts.netloc.lower() in self._hosts

    def _silent(self, why: str) -> Elsewhere:
        self.problem = why
        return Elsewhere("unavailable", self.told.name, why=why)
