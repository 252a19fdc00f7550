"""``stall``: template, import by the sheet with its bad rows, cards as PDF, list; twice the same changes nothing."""

from pathlib import Path

from openpyxl import load_workbook

from tests.cli.terminal import Terminal


def filled(terminal: Terminal, station: Path, folder: Path, *rows: list[object]) -> Path:
    """The template with ``rows`` in it."""
    file = folder / "sap.xlsx"
    assert terminal.run("stall", "template", file, "--config", station).code == 0
    book = load_workbook(file)
    page = book.worksheets[0]
    for cell in page[2]:
        cell.value = None
    for line, row in enumerate(rows, 2):
        for place, value in enumerate(row, 1):
            page.cell(line, place, value)
    book.save(file)
    return file


def test_a_sheet_goes_in_bad_rows_come_out_and_cards_are_drawn(
    terminal: Terminal, station: Path, tmp_path: Path
) -> None:
    file = filled(terminal, station, tmp_path, ["B-1", "Rau", "Hoa"], ["B-2", "Cá", ""])
    cards = tmp_path / "the.pdf"
    words = ("stall", "import", file, "--cards", cards, "--url", "http://10.0.0.5:8080", "--config", station)
    done = terminal.run(*words, "--json")
    assert done.code == 1
    told = done.document
    assert [row["state"] for row in told["stalls"]] == ["mới"]
    assert (told["errors"][0]["line"], told["errors"][0]["column"]) == (3, "Chủ sạp")
    assert Path(told["bad_file"]).name == "sap-can-sua.xlsx"
    assert told["cards"] == 2
    assert cards.read_bytes().startswith(b"%PDF")
    assert cards.stat().st_mode & 0o077 == 0
    again = terminal.run("stall", "import", file, "--config", station)
    assert "đã có: 1" in again.out
    assert "dòng 3, cột Chủ sạp" in again.out


def test_cards_need_an_address_a_phone_can_open_and_overwrite_nothing(
    terminal: Terminal, station: Path, tmp_path: Path
) -> None:
    out = tmp_path / "the.pdf"
    refused = terminal.run("stall", "cards", out, "--config", station)
    assert refused.code == 2
    assert "--url" in refused.err
    url = ("--url", "http://10.0.0.5:8080", "--config", station)
    assert terminal.run("stall", "cards", out, "A-12", *url, "--json").document["cards"] == 1
    assert terminal.run("stall", "cards", out, "A-12", *url).code == 2
    assert terminal.run("stall", "cards", out, "A-12", "--force", "--reset-pin", *url).code == 0


def test_the_list_tells_practice_and_phones(terminal: Terminal, station: Path) -> None:
    plain = terminal.run("stall", "list", "--config", station)
    assert "A-12  Rau  –  0 máy  tập dùng đến" in plain.out
    assert terminal.run("stall", "list", "--config", station, "--json").document["stalls"][0]["number"] == "A-12"
