"""The line between a screen and its node, cut where a test wants it: the node takes the request, the answer is lost."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Market


class LostLine:
    """Requests of ``page`` to ``path``: taken by the node, answered to nobody until ``mend``."""

    def __init__(self, market: Market, page: Page, path: str) -> None:
        self._node, self._page, self._pattern = urlsplit(market.demo.station.url).netloc, page, f"**{path}"
        self.taken: list[int] = []
        page.route(self._pattern, self._cut)

    def mend(self) -> None:
        """The line works again."""
        self._page.unroute(self._pattern)

    def _cut(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        answer = route.fetch(url=f"http://{self._node}{asked.path}", headers=route.request.all_headers())
        self.taken.append(answer.status)
        route.abort("connectionreset")


def change_person(page: Page, name: str, pin: str) -> None:
    """ "Đổi người" on the same phone: tap another name, enter the PIN."""
    page.get_by_role("button", name="Đổi người").click()
    pad = page.get_by_role("dialog")
    pad.get_by_role("button", name=name, exact=True).click()
    for digit in pin:
        pad.get_by_role("button", name=digit, exact=True).click()
    pad.get_by_role("button", name="Vào").click()
    expect(pad).to_have_count(0)
