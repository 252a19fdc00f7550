"""Thirty days before the demo and its day, played through the verbs people use, each with the time it happened."""

import random
from datetime import UTC, datetime, timedelta

from pos_trace.demo import desk, history, parts, setup, today
from pos_trace.demo.api import Client
from pos_trace.demo.market import Market
from pos_trace.demo.setup import Demo
from pos_trace.runtime.children import Children
from pos_trace.services import sync

SEED = 2611


def play(demo: Demo, quiet: bool) -> None:
    """Play it all on the prepared, not yet started station beside its running province; then it gets its printer."""
    now = datetime.now(UTC)
    day = now.date()
    province = Client(demo.province.url, demo.facts["province"]["api_key"])
    children = Children(1)
    try:
        parts.publish(province, day, history.past_lots(day))
        with setup.opened(demo.station.config, children) as node:
            market = Market(node, demo, random.Random(SEED), now)  # noqa: S311 - an invented past, the same every time
            sync.pull(node, now)
            history.opening(market, now - timedelta(days=setup.GOLIVE_DAYS))
            market.now = now
            history.play(market, day, quiet)
            today.play(market, day)
            desk.two_places(market, day)
            desk.withdraw(market)
            desk.conclude(market)
            desk.feedback(market)
            setup.add_printer(demo)
            today.print_some(market)
    finally:
        children.close()
        province.close()
