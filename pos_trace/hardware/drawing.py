"""The one pure call a drawing child process makes: slip and paper in, bytes for the printer out."""

from pos_trace.core.slips import Slip
from pos_trace.hardware import escpos
from pos_trace.hardware.page import draw
from pos_trace.hardware.paper import Paper


def draw_and_encode(slip: Slip, paper: Paper, process_id: int | None = None) -> bytes:
    """ESC/POS bytes of ``slip``; raises ``Invalid`` when it cannot be printed readably."""
    return escpos.encode(draw(slip, paper), paper, process_id)
