"""The house itself: small files that say what they are, floors named once, everything in the wheel."""

import ast
import configparser
import re
import statistics
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
PRODUCT = HOUSE / "pos_trace"
MODULES = sorted(PRODUCT.rglob("*.py"))
MOST_LINES, MEDIAN_LINES = 300, 120
ROLE_QUESTION = re.compile(r"\brole\s*(==|!=)\s*[\"'](station|province)")


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_three_hundred_lines_and_half_are_short() -> None:
    long = {str(path.relative_to(HOUSE)): lines(path) for path in MODULES if lines(path) > MOST_LINES}
    assert long == {}
    assert statistics.median(lines(path) for path in MODULES) <= MEDIAN_LINES


def test_every_module_says_first_what_it_is_for() -> None:
    silent = [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_nothing_runs_at_import() -> None:
    """A module's top level defines; it starts no thread, opens no file and asks nobody."""
    loose = [
        f"{path.relative_to(HOUSE)}:{node.lineno}"
        for path in MODULES
        if path.name not in ("__main__.py", "env.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    assert loose == []


def test_the_role_is_asked_in_one_place_only() -> None:
    asked = {
        str(path.relative_to(PRODUCT)) for path in MODULES if ROLE_QUESTION.search(path.read_text(encoding="utf-8"))
    }
    assert asked <= {"app.py"}


def test_setup_names_every_package() -> None:
    setup = configparser.ConfigParser()
    setup.read(HOUSE / "setup.cfg", encoding="utf-8")
    named = set(setup["options"]["packages"].split())
    found = {".".join(path.parent.relative_to(HOUSE).parts) for path in PRODUCT.rglob("__init__.py")}
    assert named == found | {"pos_trace.presets"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from a copy of the sources."""
    import shutil

    copy, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pos_trace", "config"):
        shutil.copytree(HOUSE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(HOUSE / name, copy)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(out),
        str(copy),
    ]
    subprocess.run(command, check=True, capture_output=True)
    with zipfile.ZipFile(next(out.glob("*.whl"))) as built:
        return set(built.namelist())


def test_the_wheel_carries_code_pages_presets_and_licence(wheel: set[str]) -> None:
    for path in [*MODULES, *(PRODUCT / "web").rglob("*.html"), *(PRODUCT / "web").rglob("*.js")]:
        assert str(path.relative_to(HOUSE)) in wheel
    for path in (HOUSE / "config").rglob("*.toml"):
        assert f"pos_trace/presets/{path.relative_to(HOUSE / 'config')}" in wheel
    assert any(name.endswith("LICENSE") for name in wheel)
