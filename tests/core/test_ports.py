"""The ports: three-state answers that say nothing they do not know, and real parts that fit them."""

import inspect

import pytest

from pos_trace.adapters.departments.api import DepartmentApi
from pos_trace.adapters.provinces.api import ProvinceApi
from pos_trace.core import ports
from pos_trace.core.ports import Delivered, EnrolmentAnswer, FeedPage
from pos_trace.runtime import children

PARTS: list[tuple[type, type]] = [
    (ports.RecordSource, ProvinceApi),
    (ports.ProvinceFeed, ProvinceApi),
    (ports.Department, DepartmentApi),
    (ports.PhotoReader, children.PhotoReader),
    (ports.PageDrawer, children.PageDrawer),
]


@pytest.mark.parametrize(("port", "part"), PARTS, ids=lambda kind: kind.__name__)
def test_a_real_part_has_every_method_of_its_port_as_it_is_called(port: type, part: type) -> None:
    asked = {name: method for name, method in vars(port).items() if not name.startswith("_")}
    assert asked
    for name, method in asked.items():
        assert inspect.signature(getattr(part, name)) == inspect.signature(method)


def test_no_port_is_without_a_real_part() -> None:
    named = {kind for _, kind in inspect.getmembers(ports, inspect.isclass) if getattr(kind, "_is_protocol", False)}
    assert {kind for kind in named if kind.__module__ == ports.__name__} == {port for port, _ in PARTS}


def test_a_page_that_is_not_there_teaches_nothing() -> None:
    page = FeedPage("unavailable", why="offline")
    assert (page.items, page.next, page.more) == ((), 0, False)


def test_an_answer_that_says_nothing_is_empty_and_shared_with_nobody() -> None:
    one, other = Delivered("retry"), Delivered("retry")
    assert (one.status, one.answer, one.retry_after_s) == ("", {}, None)
    assert one.answer is not other.answer
    assert EnrolmentAnswer("refused").api_key == ""
