"""``pos-trace demo --once --json``: the main job in twenty-one steps on real parts, told as the contract says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from pos_trace.demo import once_play

pytestmark = pytest.mark.xdist_group("once")
STEPS = (
    "scan_verified", "scan_recalled", "scan_unknown", "scan_photo", "scan_offline", "receive_without_code",
    "close_delivery", "sale", "receipt_printed", "receipt_qr_decodes", "trace_page", "report_acknowledged",
    "inspector_concludes", "conclusion_at_station", "recall_blocks_sale", "old_receipt_turns_red",
    "two_stalls_apart", "partial_refusal", "transfer_received_in_one_scan", "correction_after_close",
    "confirm_lot_at_till",
)  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the command printed: one JSON document and nothing else."""
    folder = tmp_path_factory.mktemp("once")
    command = [sys.executable, "-m", "pos_trace", "demo", "--once", "--json", "--data", str(folder / "demo")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(150)
def test_all_twenty_one_steps_are_done_in_order(told: dict[str, list[dict[str, object]]]) -> None:
    assert told["ok"] is True
    assert [step["name"] for step in told["steps"]] == list(STEPS)
    assert all(set(step) == {"name", "ok", "ms", "detail"} and step["ok"] for step in told["steps"])


@pytest.mark.timeout(150)
def test_a_decoder_that_had_no_part_in_it_reads_the_receipts_address(told: dict[str, dict[str, str]]) -> None:
    """zxing reads what the play read with zbar; neither drew it."""
    paper = Image.open(told["files"]["receipt_png"]).convert("L")
    texts = [code.text for code in zxingcpp.read_barcodes(paper, formats=zxingcpp.BarcodeFormat.QRCode)]
    steps = {step["name"]: step["detail"] for step in told["steps"]}  # type: ignore[index]
    assert texts == [steps["receipt_qr_decodes"]]
    assert texts[0].lower() == str(steps["trace_page"]).lower()
    assert Path(told["files"]["receipt_escpos"]).stat().st_size > 10_000


@pytest.mark.timeout(150)
def test_the_codes_on_the_traders_slip_are_read_by_a_decoder_that_had_no_part_in_it(
    told: dict[str, dict[str, str]],
) -> None:
    paper = Image.open(Path(told["files"]["receipt_png"]).with_name("transfer.png")).convert("L")
    texts = [code.text for code in zxingcpp.read_barcodes(paper, formats=zxingcpp.BarcodeFormat.QRCode)]
    assert texts
    assert all(text.startswith("PT1:") for text in texts)


@pytest.mark.timeout(150)
def test_the_steps_say_what_somebody_can_find_again(told: dict[str, list[dict[str, str]]]) -> None:
    said = {step["name"]: step["detail"] for step in told["steps"]}
    assert said["two_stalls_apart"] == "10 × 404, 8 danh sách"
    assert "trả lại 3, nhận 425 kg" in said["partial_refusal"]
    assert "50 kg" in said["transfer_received_in_one_scan"]
    assert "-ĐC" in said["correction_after_close"]
    assert said["confirm_lot_at_till"].startswith("confirm_lot; ")


def test_a_step_that_is_answered_where_it_must_be_refused_says_so() -> None:
    with pytest.raises(once_play.Wrong, match="found"):
        once_play.refused(lambda: {"found": True})
