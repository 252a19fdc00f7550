"""A province's own register as a source: found or absent, always as old as the question."""

from datetime import datetime, timedelta
from pathlib import Path

from pos_trace.runtime.own_register import OwnRegister
from pos_trace.services import register
from pos_trace.store.database import Database
from tests.services.two_nodes import FACILITY, KEY, LOT, PROVINCE_ID, make_node, officer


def test_what_is_in_the_register_is_found_and_what_is_not_is_absent_both_of_this_moment(
    tmp_path: Path, sqlite_template: Path, now: datetime
) -> None:
    path = tmp_path / "province.db"
    path.write_bytes(sqlite_template.read_bytes())
    node = make_node(Database(f"sqlite:///{path}"), tmp_path, "province", PROVINCE_ID)
    register.put_facility(node, officer(node), FACILITY, now)
    register.put_lots(node, officer(node), [LOT], now)
    clock = [now]
    own = OwnRegister(node.db, lambda: clock[-1])
    found, absent = own.find(KEY), own.find(KEY + "X")
    assert (found.state, found.age.as_of) == ("found", now)
    assert (absent.state, absent.age.as_of) == ("absent", now)
    clock.append(now + timedelta(hours=1))
    assert own.find(KEY).age.as_of == clock[-1]
    node.db.close()
