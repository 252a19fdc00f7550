"""A slip becomes a 1-bit page: Vietnamese by our own fonts, columns aligned, the QR with its quiet zone inside."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import fontpkg_be_vietnam_pro
import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M

from pos_trace.core.errors import Invalid
from pos_trace.core.slips import Block, Slip
from pos_trace.hardware.paper import Paper

SIZES = {"small": 20, "normal": 23, "large": 32}
LEADING = 1.6
BASELINE = 1.27  # of the size: room above for stacked marks on capitals (Ẫ, Ố)
INK_AT = 140
QUIET_MODULES = 4
LEAST_MODULE_DOTS = 5
GAP = 12
MOST_ROWS = 20_000
NOT_PRINTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn slip: ``image`` mode "1", ink is black (0); as wide as the paper's head."""

    image: Image.Image
    dots: int


@lru_cache(maxsize=8)
def font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """Be Vietnam Pro out of its package, at ``size`` dots."""
    name = "BeVietnamPro-Bold.ttf" if bold else "BeVietnamPro-Medium.ttf"
    return ImageFont.truetype(str(fontpkg_be_vietnam_pro.ROOT / "files" / name), size)


def printable(text: str) -> str:
    """NFC without control, format or bidi signs: no data can reach a printer as a command or turn a line round."""
    plain = unicodedata.normalize("NFC", text.replace("\t", " "))
    return "".join(
        s for s in plain if unicodedata.category(s)[0] != "C" and unicodedata.category(s) not in ("Zl", "Zp")
    )


def draw(slip: Slip, paper: Paper) -> Page:
    """The page of ``slip``. Raises ``Invalid`` when a QR cannot be printed readably or the slip is endless."""
    parts = [_draw_block(block, paper) for block in slip.blocks]
    height = sum(part.height for part in parts)
    if height > MOST_ROWS:
        raise Invalid("slip_too_long", "Phiếu quá dài để in; chia thành nhiều phiếu.")
    sheet = Image.new("L", (paper.dots, max(height, 1)), 255)
    at = 0
    for part in parts:
        sheet.paste(part, (0, at))
        at += part.height
    return Page(sheet.point(lambda value: 255 if value >= INK_AT else 0).convert("1"), paper.dots)


def _draw_block(block: Block, paper: Paper) -> Image.Image:
    if block.kind == "rule":
        part = Image.new("L", (paper.dots, 14), 255)
        ImageDraw.Draw(part).rectangle((0, 6, paper.dots, 7), fill=0)
        return part
    if block.kind == "code":
        return _draw_code(block.text, paper)
    face = font(SIZES[block.size], block.bold)
    right = printable(block.right)
    if block.kind == "row" and right:
        return _draw_row(printable(block.text), right, face, paper)
    lines = wrap(printable(block.text), face, paper.dots)
    return _draw_lines(lines, face, paper.dots, block.align)


def _draw_row(left: str, right: str, face: ImageFont.FreeTypeFont, paper: Paper) -> Image.Image:
    """``left`` and ``right`` on one line; what does not fit side by side stands below, at the right edge."""
    room = paper.dots - GAP - face.getlength(right)
    beside = face.getlength(left) <= room
    part = _draw_lines(wrap(left, face, paper.dots), face, paper.dots, "left")
    if not beside:
        return _stacked(part, _draw_lines(wrap(right, face, paper.dots), face, paper.dots, "right"))
    base = part.height - round(face.size * LEADING) + round(face.size * BASELINE)
    ImageDraw.Draw(part).text((paper.dots, base), right, fill=0, font=face, anchor="rs")
    return part


def _stacked(upper: Image.Image, lower: Image.Image) -> Image.Image:
    both = Image.new("L", (upper.width, upper.height + lower.height), 255)
    both.paste(upper, (0, 0))
    both.paste(lower, (0, upper.height))
    return both


def _draw_lines(lines: list[str], face: ImageFont.FreeTypeFont, dots: int, align: str) -> Image.Image:
    step = round(face.size * LEADING)
    part = Image.new("L", (dots, step * max(len(lines), 1)), 255)
    pen = ImageDraw.Draw(part)
    for row, line in enumerate(lines):
        x, anchor = {"left": (0, "ls"), "center": (dots // 2, "ms"), "right": (dots, "rs")}[align]
        pen.text((x, row * step + round(face.size * BASELINE)), line, fill=0, font=face, anchor=anchor)
    return part


def wrap(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` dots: at spaces, and inside a word that is too long by itself.

    A no-break space holds its neighbours together; spaces in front of the first word are kept as indentation.
    """
    indent = text[: len(text) - len(text.lstrip(" "))]
    lines: list[str] = []
    line = indent
    for word in text.split(" "):
        if not word:
            continue
        joined = f"{line} {word}" if line.strip() else f"{line}{word}"
        if face.getlength(joined) <= width:
            line = joined
            continue
        if line.strip():
            lines.append(line)
        line = indent + word
        while face.getlength(line) > width and len(line) > 1:
            cut = _fitting(line, face, width)
            lines.append(line[:cut])
            line = line[cut:]
    if line.strip() or not lines:
        lines.append(line)
    return lines


def _fitting(word: str, face: ImageFont.FreeTypeFont, width: int) -> int:
    """How many signs of ``word`` fit; at least one."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if face.getlength(word[:middle]) <= width else (low, middle - 1)
    return low


def _draw_code(payload: str, paper: Paper) -> Image.Image:
    """A QR at level M, each module at least 5 dots, four white modules around it, in the middle of the paper."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(payload, optimize=20)
    try:
        code.make(fit=True)
    except (ValueError, qrcode.exceptions.DataOverflowError):
        raise Invalid("qr_too_long", "Mã QR quá dài để in rõ trên khổ giấy này.") from None
    modules = len(code.get_matrix())
    dots = min(paper.module_dots, paper.dots // modules)
    if dots < LEAST_MODULE_DOTS:
        raise Invalid("qr_too_long", "Mã QR quá dài để in rõ trên khổ giấy này.")
    matrix = code.get_matrix()
    small = Image.new("L", (modules, modules), 255)
    small.putdata([0 if dark else 255 for row in matrix for dark in row])
    symbol = small.resize((modules * dots, modules * dots), Image.Resampling.NEAREST)
    part = Image.new("L", (paper.dots, symbol.height), 255)
    part.paste(symbol, ((paper.dots - symbol.width) // 2, 0))
    return part
