"""A command as a person runs it: through ``main``, with its exit code, its document and its one line of complaint."""

import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from pos_trace import cli


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; fails when anything stands before or after it."""
        return json.loads(self.out)


class Terminal:
    """Runs ``pos-trace WORDS`` in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capfd = monkeypatch, capfd

    def run(self, *words: object) -> Done:
        """One command; whatever it raises beyond an exit is the test's failure."""
        self._monkeypatch.setattr(sys, "argv", ["pos-trace", *map(str, words)])
        self._capfd.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Done(code, *self._capfd.readouterr())
