"""A node as a process of its own: started from its configuration, waited for, stopped or killed."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import requests

START_S = 40.0
STOP_S = 20.0
LOOK_S = 0.05


class NotServing(RuntimeError):
    """A node did not come up; carries the end of its log."""


@dataclass
class NodeProcess:
    """One ``pos-trace run`` of ``config``; ``port`` is known once it serves and kept over restarts."""

    config: Path
    log: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process id of the running node."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start and return once it answers; raises ``NotServing`` with the log's end."""
        ready = self.config.with_suffix(".port")
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pos_trace", "run", "--config", str(self.config), "--ready-file", str(ready)]
        environment = {**os.environ, "POS_TRACE_SERVER__PORT": str(self.port)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment, start_new_session=True
            )
        until = time.monotonic() + START_S
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                said = self.log.read_text(encoding="utf-8", errors="replace")
                raise NotServing(f"{self.config.name}: {said[-2000:]}")
            time.sleep(LOOK_S)
        self.port = int(ready.read_text(encoding="ascii"))
        requests.get(f"{self.url}/readyz", timeout=10).raise_for_status()

    def stop(self) -> None:
        """Ask it to drain and wait; killed when it does not end in time."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, with everything it started."""
        if self.process is None:
            return
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
