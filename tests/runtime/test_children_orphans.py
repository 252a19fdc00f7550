"""The server is killed without a word: its children end with the pipe, or by their own alarm when C code hangs."""

import signal
import subprocess
import sys

import psutil
import pytest

from tests.runtime.child_work import ALL
from tests.runtime.parts import until

PARENT = """
import sys, threading
from pos_trace.runtime.children import Children
children = Children(1, tuple(sys.argv[2:]))
number = children.call("tests.runtime.child_work:who", timeout_s=60)
if sys.argv[1] == "busy":
    threading.Thread(target=children.call, args=("tests.runtime.child_work:hang",), kwargs={"timeout_s": 1}).start()
print(number, flush=True)
threading.Event().wait()
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_children_of_a_killed_server_end(state: str) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, state, *ALL], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    try:
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.ppid() == parent.pid
        if state == "busy":
            spent = child.cpu_times().user
            until(lambda: child.cpu_times().user > spent + 0.1)
        parent.send_signal(signal.SIGKILL)
        parent.wait(20)
        until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
    finally:
        parent.kill()
        parent.stdout.close()
        parent.wait(20)
