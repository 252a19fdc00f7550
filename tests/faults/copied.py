"""A copy of the package with small changes planted in it, for processes that should run a bad build."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pos_trace.presets
import pytest

import pos_trace


@dataclass(frozen=True, slots=True)
class Plant:
    """``old`` is replaced by ``new`` in ``file`` (below the package); it must stand there exactly once."""

    file: str
    old: str
    new: str


def copy_package(folder: Path, plants: Sequence[Plant] = ()) -> Path:
    """The whole package in ``folder``, presets included, with ``plants``; answers what PYTHONPATH must name."""
    source = Path(pos_trace.__file__).parent
    target = folder / "pos_trace"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    presets = Path(next(iter(pos_trace.presets.__path__)))
    shutil.copytree(presets, target / "presets", ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    for plant in plants:
        path = target / plant.file
        text = path.read_text(encoding="utf-8")
        if text.count(plant.old) != 1:
            raise ValueError(f"{plant.file}: {plant.old!r} stands there {text.count(plant.old)} times")
        path.write_text(text.replace(plant.old, plant.new), encoding="utf-8")
    return folder


@contextmanager
def imported_first(build: Path | None) -> Iterator[None]:
    """Processes started inside import ``build``, not the checkout they may be started in; None changes nothing."""
    with pytest.MonkeyPatch.context() as patch:
        if build is not None:
            patch.setenv("PYTHONPATH", str(build))
            patch.setenv("PYTHONSAFEPATH", "1")
        yield
