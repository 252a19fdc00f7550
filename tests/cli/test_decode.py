"""``decode``: codes of real photos with engine and corners, a reason where there is none, exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pos_trace.cli import cli
from tests.hardware.symbols import beside, label, png
from tests.hardware.test_photos import bomb

LINK = "https://txng.quangngai.example/01/09521234543213/10/LOT42"


def _photo(folder: Path, name: str, *texts: str) -> str:
    path = folder / name
    path.write_bytes(png(beside([label(text) for text in texts])))
    return str(path)


def test_decode_json_tells_each_code_of_each_photo(tmp_path: Path) -> None:
    one, two = _photo(tmp_path, "one.png", LINK), _photo(tmp_path, "two.png", LINK, "kt:CT-2611-0042")
    result = CliRunner().invoke(cli, ["decode", "--json", one, two])
    rows = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [row["file"] for row in rows] == [one, two]
    assert [{code["text"] for code in row["codes"]} for row in rows] == [{LINK}, {LINK, "kt:CT-2611-0042"}]
    for row in rows:
        assert row["ms"] > 0
        for code in row["codes"]:
            assert {"text", "symbology", "engine", "quad"} <= set(code)
            assert (code["symbology"], len(code["quad"])) == ("qr", 4)


def test_decode_tells_a_line_a_photo(tmp_path: Path) -> None:
    photo = _photo(tmp_path, "one.png", LINK)
    result = CliRunner().invoke(cli, ["decode", photo])
    assert (result.exit_code, result.stdout) == (0, f"{photo}\t{LINK}\n")


def test_decode_reads_a_labelled_photo_of_the_shared_set(shared: Path) -> None:
    manifest = json.loads((shared / "images" / "manifest.json").read_text(encoding="utf-8"))
    told = next(one for one in manifest if one["texts"] == ["Morden"])
    result = CliRunner().invoke(cli, ["decode", "--json", str(shared / "images" / told["file"])])
    assert [code["text"] for code in json.loads(result.stdout)[0]["codes"]] == ["Morden"]


def test_decode_names_bytes_that_are_no_text(shared: Path) -> None:
    manifest = json.loads((shared / "images" / "manifest.json").read_text(encoding="utf-8"))
    told = next(one for one in manifest if any(isinstance(text, dict) for text in one["texts"]))
    path = str(shared / "images" / told["file"])
    assert CliRunner().invoke(cli, ["decode", path]).stdout == f"{path}\t(không phải văn bản)\n"
    assert json.loads(CliRunner().invoke(cli, ["decode", "--json", path]).stdout)[0]["codes"][0]["text"] is None


@pytest.mark.parametrize("as_json", [True, False])
def test_decode_exits_1_when_a_photo_holds_no_code_and_still_tells_the_others(tmp_path: Path, as_json: bool) -> None:
    good = _photo(tmp_path, "good.png", LINK)
    paper, giant = tmp_path / "paper.pdf", tmp_path / "giant.png"
    paper.write_bytes(b"%PDF-1.7\n")
    giant.write_bytes(bomb())
    words = ["decode", *(["--json"] if as_json else []), str(paper), str(giant), good]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 1
    if as_json:
        rows = json.loads(result.stdout)
        assert [len(row["codes"]) for row in rows] == [0, 0, 1]
        assert all(row["why"] for row in rows[:2])
    else:
        assert LINK in result.stdout.splitlines()[2]


def test_a_photo_that_takes_too_long_is_a_row_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos_trace.cli.codes.DEADLINE_S", 0.001)
    photos = [_photo(tmp_path, "one.png", LINK), _photo(tmp_path, "two.png", LINK)]
    result = CliRunner().invoke(cli, ["decode", "--json", *photos])
    rows = json.loads(result.stdout)
    assert (result.exit_code, [row["file"] for row in rows]) == (1, photos)
    assert all(row["codes"] == [] and row["why"] for row in rows)
