"""A slip becomes a 1-bit page: Vietnamese by our own fonts, columns aligned, the QR with its quiet zone inside."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import fontpkg_be_vietnam_pro
import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M

from pos_trace.core.errors import Invalid
from pos_trace.core.slips import Block, Slip
from pos_trace.hardware.paper import LEAST_MODULE_DOTS, Paper

SIZES = {"small": 20, "normal": 22, "large": 32}
LEADING = 1.6
BASELINE = 1.27  # of the size: room above for stacked marks on capitals (Ẫ, Ố)
INK_AT = 140
QUIET_MODULES = 4
GAP = 12
SIDE = 2  # white dots at both edges: a j reaches left of its place
INDENT = 6  # dots of one leading space, the same in every size
AIR = 10  # rows between columns and what stands in the middle below them
RULE_ROWS = 14
MOST_ROWS = 60_000
# a number and its short unit ("500 g"), a clock and its day, "lô" and its label are one word on paper
TOGETHER = re.compile(r"(?<=\d) (?=[^\W\d_]{1,3}\b|\d\d/)|(?<=\blô) (?=\S)")


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn slip: ``image`` mode "1", ink is black (0); as wide as the paper's head."""

    image: Image.Image
    dots: int


@lru_cache(maxsize=8)
def font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """Be Vietnam Pro out of its package, at ``size`` dots.

    Basic layout: the same on every system, and a right-to-left letter in a name turns no amount round.
    """
    name = "BeVietnamPro-Bold.ttf" if bold else "BeVietnamPro-Medium.ttf"
    path = str(fontpkg_be_vietnam_pro.ROOT / "files" / name)
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def printable(text: str) -> str:
    """NFC on one line without control, format or bidi signs: no data reaches a printer as a command or turns a line."""
    plain = unicodedata.normalize("NFC", "".join(" " if s in "\t\n\r\u2028\u2029" else s for s in text))
    return "".join(sign for sign in plain if not _hidden(sign))


def _hidden(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "C" or "\ufe00" <= sign <= "\ufe0f"


def draw(slip: Slip, paper: Paper) -> Page:
    """The page of ``slip``. Raises ``Invalid`` when a QR cannot be printed readably or the slip is endless."""
    parts: list[Image.Image] = []
    height, columns = 0, False
    for block in slip.blocks:
        if columns and block.align == "center":
            parts.append(_blank(paper.dots, AIR))
            height += AIR
        parts.append(_draw_block(block, paper))
        height += parts[-1].height
        if height > MOST_ROWS:
            raise Invalid("slip_too_long", "Phiếu quá dài để in; chia thành nhiều phiếu.")
        columns = block.kind in ("row", "text") and block.align != "center"
    sheet = _blank(paper.dots, max(height, 1))
    at = 0
    for part in parts:
        sheet.paste(part, (0, at))
        at += part.height
    return Page(sheet.point(lambda value: 255 if value >= INK_AT else 0).convert("1"), paper.dots)


def _blank(dots: int, rows: int) -> Image.Image:
    return Image.new("L", (dots, rows), 255)


def _draw_block(block: Block, paper: Paper) -> Image.Image:
    if block.kind == "rule":
        part = _blank(paper.dots, RULE_ROWS)
        ImageDraw.Draw(part).rectangle((0, 6, paper.dots, 7), fill=0)
        return part
    if block.kind == "code":
        return _draw_code(block.text, paper)
    face = font(SIZES[block.size], block.bold)
    left, right = printable(block.text), printable(block.right)
    if block.kind == "row" and right.strip():
        return _draw_row(left, right, face, paper.dots)
    if block.kind == "row" and not left.strip():
        return _blank(paper.dots, 0)
    return _draw_text(left, face, paper.dots, block.align)


def _draw_row(left: str, right: str, face: ImageFont.FreeTypeFont, dots: int) -> Image.Image:
    """``left`` and ``right`` on one line; what does not fit side by side stands below, at the right edge."""
    if not left.strip():
        return _draw_text(right, face, dots, "right")
    body, indent = _indented(left, dots)
    part = _draw_text(left, face, dots, "left")
    if indent + face.getlength(body) + GAP + face.getlength(right) > dots - 2 * SIDE:
        return _stacked(part, _draw_text(right, face, dots, "right"))
    ImageDraw.Draw(part).text((dots - SIDE, round(face.size * BASELINE)), right, fill=0, font=face, anchor="rs")
    return part


def _stacked(upper: Image.Image, lower: Image.Image) -> Image.Image:
    both = _blank(upper.width, upper.height + lower.height)
    both.paste(upper, (0, 0))
    both.paste(lower, (0, upper.height))
    return both


def _indented(text: str, dots: int) -> tuple[str, int]:
    """``text`` without its leading spaces, and how far in they put it: at most a quarter of the paper."""
    body = text.lstrip(" ")
    return body, min((len(text) - len(body)) * INDENT, dots // 4)


def _draw_text(text: str, face: ImageFont.FreeTypeFont, dots: int, align: str) -> Image.Image:
    body, indent = _indented(text, dots) if align == "left" else (text.strip(" "), 0)
    body = TOGETHER.sub("\u00a0", body)
    room = dots - 2 * SIDE - indent
    lines = balanced(body, face, room) if align == "center" else wrap(body, face, room)
    step = round(face.size * LEADING)
    part = _blank(dots, step * len(lines))
    pen = ImageDraw.Draw(part)
    x, anchor = {"left": (SIDE + indent, "ls"), "center": (dots // 2, "ms"), "right": (dots - SIDE, "rs")}[align]
    for row, line in enumerate(lines):
        pen.text((x, row * step + round(face.size * BASELINE)), line, fill=0, font=face, anchor=anchor)
    return part


def balanced(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """``text`` in as few lines as ``wrap`` needs, but about equally long: no lone word below a title."""
    lines = wrap(text, face, width)
    low = min(round(max(face.getlength(word) for word in text.split(" "))) + 1, width)
    high = width
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if len(wrap(text, face, middle)) <= len(lines) else (middle + 1, high)
    return wrap(text, face, high) if len(lines) > 1 else lines


def wrap(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` dots: at spaces, and inside a word that is too long by itself.

    At least one line; a no-break space holds its neighbours together.
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if face.getlength(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while face.getlength(line) > width and len(line) > 1:
            cut = _fitting(line, face, width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line or not lines else lines


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
    matrix = code.get_matrix()
    modules = len(matrix)
    dots = min(paper.module_dots, paper.dots // modules)
    if dots < LEAST_MODULE_DOTS:
        raise Invalid("qr_too_long", "Mã QR quá dài để in rõ trên khổ giấy này.")
    small = Image.new("L", (modules, modules), 255)
    small.putdata([0 if dark else 255 for row in matrix for dark in row])
    symbol = small.resize((modules * dots, modules * dots), Image.Resampling.NEAREST)
    part = _blank(paper.dots, symbol.height)
    part.paste(symbol, ((paper.dots - symbol.width) // 2, 0))
    return part
