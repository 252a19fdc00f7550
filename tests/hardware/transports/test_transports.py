"""The registry of ways to a printer, and the way to none."""

import pytest

from pos_trace.core.errors import Misconfigured
from pos_trace.hardware.transports import TRANSPORTS, open_transport
from pos_trace.hardware.transports.file import FileFolder
from pos_trace.hardware.transports.network import Network
from pos_trace.hardware.transports.null import Null


@pytest.mark.parametrize(("name", "kind"), [("tcp", Network), ("file", FileFolder), ("null", Null)])
def test_each_name_opens_its_own_way(name, kind):
    assert type(open_transport(name, "127.0.0.1:9100")) is kind


def test_all_registered_ways_are_tested_above():
    assert set(TRANSPORTS) == {"tcp", "file", "null"}


def test_an_unknown_way_is_refused():
    with pytest.raises(Misconfigured) as refused:
        open_transport("usb", "1")
    assert refused.value.code == "unknown_transport"


def test_no_printer_takes_everything_and_confirms_nothing():
    sent = open_transport("null", "").send(b"\x1b@", "a")
    assert (sent.outcome, sent.bytes_sent) == ("sent_unconfirmed", 2)
