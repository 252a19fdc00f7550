"""Presets of printers: what the shipped ones say, and what no printer can be."""

from importlib import resources

import pytest

from pos_trace.core.errors import Misconfigured
from pos_trace.hardware.paper import Paper, preset


@pytest.mark.parametrize(
    ("name", "dots", "cutter", "module_dots"), [("generic-58", 384, False, 5), ("generic-80", 576, True, 6)]
)
def test_the_papers_of_vietnam_are_there(name, dots, cutter, module_dots):
    paper = preset(name)
    assert (paper.name, paper.dots, paper.cutter, paper.module_dots) == (name, dots, cutter, module_dots)
    assert 0 < paper.slice_rows <= 128


def test_every_shipped_preset_can_be_read():
    folder = resources.files("pos_trace.presets").joinpath("printers")
    found = [entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")]
    assert len(found) >= 2
    assert [preset(name).name for name in found] == found


@pytest.mark.parametrize("name", ["", "generic-81", "../station.example", "../../setup", "generic-80.toml", "a b"])
def test_a_name_that_is_no_preset_is_refused(name):
    with pytest.raises(Misconfigured) as refused:
        preset(name)
    assert refused.value.code == "unknown_printer"


@pytest.mark.parametrize(
    "wrong",
    [{"dots": 0}, {"dots": 380}, {"dots": 4104}, {"module_dots": 4}, {"slice_rows": 0}, {"feed_rows": 256},
     {"feed_rows": -1}],
)  # fmt: skip
def test_a_paper_no_printer_has_is_refused(wrong):
    with pytest.raises(Misconfigured) as refused:
        Paper("x", **wrong)
    assert refused.value.code == "bad_paper"
