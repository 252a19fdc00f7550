"""A few niced child processes for drawing pages and reading photos: a crash or a hang there never reaches a till."""

import pickle
import queue
import subprocess
import sys
import threading
from typing import Any

from pos_trace.core.errors import PosTraceError, Unavailable
from pos_trace.core.slips import Slip
from pos_trace.hardware.paper import preset
from pos_trace.runtime.child import read_frame, write_frame

READ_PHOTO = "pos_trace.hardware.decoder:read_photo"
KEEP_PHOTO = "pos_trace.hardware.decoder:keep_photo"
DRAW = "pos_trace.hardware.drawing:draw_and_encode"


class ChildLost(Unavailable):
    """The child died or took too long; the work may be tried again, or the input is poison."""


class _Child:
    """One process and the lock of its pipe."""

    def __init__(self, extra: tuple[str, ...]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pos_trace.runtime.child", *extra], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def call(self, frame: bytes, timeout_s: float) -> bytes:
        """Send a frame and wait for the answer; a late or dead child is killed and raises ``ChildLost``."""
        alarm = threading.Timer(timeout_s, self.process.kill)
        alarm.start()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            write_frame(self.process.stdin, frame)
            body = read_frame(self.process.stdout)
        except OSError:
            body = None
        finally:
            alarm.cancel()
        if body is None:
            self.end()
            raise ChildLost("child_lost", "Máy xử lý ảnh quá lâu hoặc bị lỗi. Thử lại với ảnh khác.")
        return body

    def end(self) -> None:
        """Kill it and take its pipes down."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        self.process.wait()


class Children:
    """``count`` children, started when first needed, replaced when lost. Thread-safe."""

    def __init__(self, count: int = 1, extra: tuple[str, ...] = ()) -> None:
        self._extra = extra
        self._free: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        self._closed = False
        for _ in range(count):
            self._free.put(None)
        self._count = count

    def call(self, target: str, *arguments: Any, timeout_s: float = 10.0, **options: Any) -> Any:
        """The result of ``target(*arguments)`` in a child.

        Raises what the function raised when it is one of our refusals, ``ChildLost`` when the child died, was late,
        or none was free within the same time.
        """
        if self._closed:
            raise ChildLost("child_lost", "Máy đang dừng.")
        try:
            child = self._free.get(timeout=timeout_s)
        except queue.Empty:
            raise ChildLost("child_busy", "Máy đang bận xử lý ảnh khác. Thử lại.") from None
        kept: _Child | None = None
        try:
            child = child or _Child(self._extra)
            body = child.call(pickle.dumps((target, arguments, options)), timeout_s)
            kept = child
        finally:
            self._free.put(kept)
        good, value = pickle.loads(body)  # noqa: S301 - our own child's bytes
        if good:
            return value
        if isinstance(value, PosTraceError):
            raise value
        raise ChildLost("child_failed", "Máy chưa xử lý được. Thử lại.") from value

    def close(self) -> None:
        """End all children; calls under way end with ``ChildLost``."""
        self._closed = True
        for _ in range(self._count):
            child = self._free.get()
            if child is not None:
                child.end()


class PhotoReader:
    """The port ``PhotoReader``: codes of a photo, and photos made fit to keep."""

    def __init__(self, children: Children, timeout_s: float = 5.0) -> None:
        self._children = children
        self._timeout_s = timeout_s

    def read(self, data: bytes, keep_photo: bool = False) -> Any:
        """A ``hardware.decoder.Reading``; raises ``Invalid`` for what is no photo, ``ChildLost``."""
        return self._children.call(READ_PHOTO, data, timeout_s=self._timeout_s, keep_photo=keep_photo)

    def keep(self, data: bytes) -> Any:
        """A ``hardware.photos.KeptPhoto``: upright, no EXIF; raises as ``read``."""
        return self._children.call(KEEP_PHOTO, data, timeout_s=self._timeout_s)


class PageDrawer:
    """The port ``PageDrawer``."""

    def __init__(self, children: Children, timeout_s: float = 15.0) -> None:
        self._children = children
        self._timeout_s = timeout_s

    def draw(self, slip: Slip, printer: str, process_id: int | None = None) -> bytes:
        """ESC/POS bytes of ``slip``; raises ``Invalid`` when it cannot be printed readably, ``Misconfigured``,
        ``ChildLost``.
        """
        made: bytes = self._children.call(DRAW, slip, preset(printer), process_id, timeout_s=self._timeout_s)
        return made
