"""A terminal, and the two nodes a command may be about."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Terminal:
    """``pos-trace`` without anything of this machine's environment."""
    import os

    for name in [name for name in os.environ if name.startswith("POS_TRACE_") and name != "POS_TRACE_SHARED"]:
        monkeypatch.delenv(name)
    return Terminal(monkeypatch, capfd)


@pytest.fixture
def station(terminal: Terminal, tmp_path: Path) -> Path:
    """The configuration of a fresh station with one stall, A-12."""
    config = Path(terminal.run("init", "--yes", "--json", tmp_path / "cho").document["config"])
    assert terminal.run("stall", "add", "A-12", "--name", "Rau", "--config", config).code == 0
    return config


@pytest.fixture
def province(terminal: Terminal, tmp_path: Path) -> Path:
    """The configuration of a fresh province."""
    words = ("init", "--yes", "--json", "--role", "province", tmp_path / "tinh")
    return Path(terminal.run(*words).document["config"])
