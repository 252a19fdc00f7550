"""A few niced child processes for drawing pages and reading photos: a crash or a hang there never reaches a till."""

import io
import os
import pickle
import queue
import subprocess
import sys
import threading
from typing import Any, Final

from pos_trace.core import errors
from pos_trace.core.errors import PosTraceError, Unavailable
from pos_trace.core.slips import Slip
from pos_trace.hardware import seen
from pos_trace.hardware.paper import preset
from pos_trace.runtime.child import read_frame, write_frame

READ_PHOTO = "pos_trace.hardware.decoder:read_photo"
KEEP_PHOTO = "pos_trace.hardware.decoder:keep_photo"
DRAW = "pos_trace.hardware.drawing:draw_and_encode"
ANSWERS: Final[dict[tuple[str, str], type]] = {
    (kind.__module__, kind.__name__): kind
    for kind in (
        seen.Reading, seen.SeenCode, seen.KeptPhoto, errors.FieldError, errors.Invalid, errors.NotFound,
        errors.Conflict, errors.Unavailable, errors.Misconfigured,
    )
}  # fmt: skip


class ChildLost(Unavailable):
    """The child died or took too long; the work may be tried again, or the input is poison."""


class _Answers(pickle.Unpickler):
    """Takes plain values and our own: a child that hostile bytes have taken over cannot make the server run code."""

    def find_class(self, module: str, name: str) -> type:
        found = ANSWERS.get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"a child may not answer with {module}.{name}")
        return found


def _lost(code: str, detail: str) -> ChildLost:
    return ChildLost(code, detail)


class _Child:
    """One process; used by one thread at a time. ``lost`` once it was killed or broke its word."""

    def __init__(self, extra: tuple[str, ...]) -> None:
        self.lost = False
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pos_trace.runtime.child", *extra],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if not name.startswith("POS_TRACE_")},
        )

    def alive(self) -> bool:
        """Whether it can take the next call."""
        return not self.lost and self.process.poll() is None

    def kill(self) -> None:
        """End it from any thread; whoever waits for its answer gets none."""
        self.lost = True
        self.process.kill()

    def call(self, frame: bytes, timeout_s: float) -> tuple[bool, Any]:
        """Send a frame and wait for the answer; after a late, dead or lying child it is ``lost``: ``ChildLost``."""
        alarm = threading.Timer(timeout_s, self.kill)
        alarm.daemon = True
        alarm.start()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            write_frame(self.process.stdin, frame)
            body = read_frame(self.process.stdout)
            if body is None:
                raise EOFError
            good, value = _Answers(io.BytesIO(body)).load()
        except Exception as error:  # anything but an answer is a lost child
            self.lost = True
            raise _lost("child_lost", "Máy xử lý ảnh quá lâu hoặc bị lỗi. Thử lại với ảnh khác.") from error
        finally:
            alarm.cancel()
            alarm.join()
        return bool(good), value

    def end(self) -> None:
        """Kill it and take its pipes down."""
        self.kill()
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
        self._lock = threading.Lock()
        self._alive: set[_Child] = set()
        self._closed = False
        for _ in range(count):
            self._free.put(None)
        self._count = count

    def call(self, target: str, *arguments: Any, timeout_s: float = 10.0, **options: Any) -> Any:
        """The result of ``target(*arguments)`` in a child.

        Raises what the function raised when it is one of our refusals, ``ChildLost`` when the child died, was late,
        or none was free within the same time.
        """
        try:
            child = self._free.get(timeout=timeout_s)
        except queue.Empty:
            raise _lost("child_busy", "Máy đang bận xử lý ảnh khác. Thử lại.") from None
        try:
            frame = pickle.dumps((target, arguments, options, timeout_s))
            child = self._ready(child)
            good, value = child.call(frame, timeout_s)
        finally:
            self._free.put(self._kept(child))
        if good:
            return value
        if isinstance(value, PosTraceError):
            raise value
        raise _lost("child_failed", "Máy chưa xử lý được. Thử lại.") from RuntimeError(value)

    def _ready(self, child: _Child | None) -> _Child:
        """``child`` or a new one in its place; none is started once closed."""
        if child is not None and child.alive():
            return child
        self._kept(child)
        with self._lock:
            if self._closed:
                raise _lost("child_lost", "Máy đang dừng.")
            try:
                child = _Child(self._extra)
            except OSError as error:
                raise _lost("child_lost", "Máy chưa mở được phần xử lý ảnh. Thử lại.") from error
            self._alive.add(child)
        return child

    def _kept(self, child: _Child | None) -> _Child | None:
        """``child`` when it may serve again; else it is ended and its place is empty."""
        if child is None or child.alive():
            return child
        child.end()
        with self._lock:
            self._alive.discard(child)
        return None

    def close(self) -> None:
        """End all children; calls under way end with ``ChildLost``, later ones too."""
        with self._lock:
            self._closed = True
            for child in self._alive:
                child.kill()
        for _ in range(self._count):
            self._kept(self._free.get())
        for _ in range(self._count):
            self._free.put(None)


class PhotoReader:
    """The port ``PhotoReader``: codes of a photo, and photos made fit to keep."""

    def __init__(self, children: Children, timeout_s: float = 5.0) -> None:
        self._children = children
        self._timeout_s = timeout_s

    def read(self, data: bytes, keep_photo: bool = False) -> Any:
        """A ``hardware.seen.Reading``; raises ``Invalid`` for what is no photo, ``ChildLost``."""
        return self._children.call(READ_PHOTO, data, timeout_s=self._timeout_s, keep_photo=keep_photo)

    def keep(self, data: bytes) -> Any:
        """A ``hardware.seen.KeptPhoto``: upright, no EXIF; raises as ``read``."""
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
