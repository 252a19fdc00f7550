"""The factory: a node and its application of each role, the workers beside it, a whole life from start to stop."""

import stat
import threading
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from pos_trace import app as factory
from pos_trace.cli import cli
from pos_trace.core.errors import Misconfigured
from pos_trace.runtime.children import Children
from pos_trace.runtime.own_register import OwnRegister
from pos_trace.settings import Settings, parse


def settings_of(folder: Path, role: str, **more: Any) -> Settings:
    """The settings of a node of ``role`` in ``folder``."""
    node = {"role": role, "id": f"{role}-mau", "data_dir": str(folder / role)} | more.pop("node", {})
    return parse({"node": node, "server": {"port": 0}, **more})


@pytest.fixture
def node_of(tmp_path: Path):
    """Build nodes; their databases are closed at the end."""
    made = []

    def build(role: str, children: Children | None = None, **more: Any):
        settings = settings_of(tmp_path, role, **more)
        made.append(factory.build_node(settings, children))
        return settings, made[-1]

    yield build
    for node in made:
        node.db.close()


def rules_of(settings: Settings, node) -> set[str]:
    return {str(rule) for rule in factory.create_app(settings, node).url_map.iter_rules()}


def test_a_station_reaches_its_province_and_a_province_nobody(node_of) -> None:
    _, station = node_of("station")
    _, province = node_of("province")
    link = station.ports.department
    assert link is not None
    assert station.ports.feed is link
    assert station.ports.sources == (link,)
    assert [type(source) for source in province.ports.sources] == [OwnRegister]  # its own tables, nobody else
    assert (province.ports.feed, province.ports.department) == (None, None)


def test_a_station_asks_the_sources_that_are_told_in_their_order(node_of, tmp_path: Path) -> None:
    folder = {"name": "Thư mục", "kind": "file_drop", "folder": str(tmp_path)}
    _, station = node_of("station", sources=[folder, {"name": "Tỉnh", "kind": "api"}])
    assert [one.name for one in station.ports.sources[0].health()] == ["Tỉnh"]
    assert station.ports.feed.changes(0).why == "no_new_file"
    assert station.ports.department.send("receipt", "m", b"{}").state == "retry"  # not enrolled yet


@pytest.mark.parametrize("children", [None, Children(1)], ids=["alone", "with children"])
def test_photos_are_read_and_pages_drawn_only_with_children(node_of, children: Children | None) -> None:
    _, node = node_of("station", children)
    assert (node.ports.photos is None) == (node.ports.drawer is None) == (children is None)


@pytest.mark.parametrize(
    ("role", "has", "has_not"),
    [
        ("station", "/api/v1/scans", "/api/province/v1/lots"),
        ("province", "/api/province/v1/lots", "/api/v1/scans"),
    ],
)
def test_each_role_has_its_own_doors_and_the_shared_ones(node_of, role: str, has: str, has_not: str) -> None:
    rules = rules_of(*node_of(role))
    assert {has, "/r/<token>", "/healthz", "/readyz"} <= rules
    assert has_not not in rules


@pytest.mark.parametrize(("demo", "there"), [(True, True), (False, False)])
def test_faults_can_be_armed_in_a_demo_only(node_of, demo: bool, there: bool) -> None:
    assert ("/_faults" in rules_of(*node_of("province", node={"demo": demo}))) == there


def test_the_nodes_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "node.key"
    first = factory.signing_key(path)
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert factory.signing_key(path) == first


@pytest.mark.parametrize("data", [b"", b"x" * 31, b"x" * 33])
def test_a_damaged_key_stops_the_start(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "node.key"
    path.write_bytes(data)
    with pytest.raises(Misconfigured, match="32 byte"):
        factory.signing_key(path)


@pytest.mark.parametrize(
    ("role", "enabled", "names"),
    [
        ("station", True, ["PrintingWorker", "OutboxWorker", "Beats"]),
        ("province", True, ["Beats"]),
        ("station", False, None),
    ],
)
def test_what_runs_beside_the_server_runs_behind_the_leaders_lock(node_of, role: str, enabled: bool, names) -> None:
    settings, node = node_of(role, beats={"enabled": enabled})
    found = factory.workers(settings, node)
    if names is None:
        assert found == []
    else:
        (leader,) = found
        assert [type(worker).__name__ for worker in leader._workers] == names


@pytest.fixture
def life(monkeypatch: pytest.MonkeyPatch):
    """Every server that is bound is asked for ``/readyz`` once it is ready and then told to leave; its answers."""
    answers: list[int] = []
    bind = factory.bind

    def bound(*args: Any):
        server = bind(*args)

        def visit() -> None:
            answers.append(requests.get(f"http://127.0.0.1:{server.port}/readyz", timeout=20).status_code)
            server.leave()

        threading.Thread(target=visit).start()
        return server

    monkeypatch.setattr(factory, "bind", bound)
    return answers


@pytest.mark.parametrize("role", ["station", "province"])
def test_a_node_lives_from_start_to_stop_and_leaves_nothing_running(tmp_path: Path, life: list[int], role: str) -> None:
    ports: list[int] = []
    before = set(threading.enumerate())
    factory.run_node(settings_of(tmp_path, role), ports.append)
    assert life == [200]
    assert ports[0] > 0
    left = [t.name for t in threading.enumerate() if t not in before and t.name.startswith(("beat", "outbox", "print"))]
    assert left == []


def test_the_command_says_where_it_serves_and_writes_the_port_whole(tmp_path: Path, life: list[int]) -> None:
    config, ready = tmp_path / "station.toml", tmp_path / "station.port"
    text = '[node]\nrole = "station"\nid = "cho-mau"\ndata_dir = "station"\n[server]\nport = 0\n'
    config.write_text(text, encoding="utf-8")
    told = CliRunner().invoke(cli, ["run", "--config", str(config), "--ready-file", str(ready)])
    assert told.exit_code == 0, told.output
    assert life == [200]
    assert f"http://127.0.0.1:{ready.read_text()}/  (station cho-mau)" in told.output
    assert not ready.with_suffix(".part").exists()


def test_the_command_refuses_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    told = CliRunner().invoke(cli, ["run", "--config", str(tmp_path / "none.toml")])
    assert isinstance(told.exception, Misconfigured)
    assert "pos-trace init" in told.exception.detail
