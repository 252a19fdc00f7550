"""The paper a stream of bytes gives, made from the bytes alone: it shares nothing with what drew them."""

from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from pos_trace.hardware.commands import Command, commands

LINE_ROWS = 30
TEXT_SIZE = 24
MOST_ROWS = 200_000
SILENT = frozenset(
    {"NUL", "FS .", "FS &", "GS W", "ESC t", "ESC E", "ESC M", "GS !", "ESC -", "GS r", "GS a", "GS I", "DLE EOT"}
    | {"GS ( H", "GS P", "ESC !", "ESC G", "ESC p", "CR", "ESC R", "GS ( D", "GS ( E", "GS ( K", "ESC SP", "DLE ENQ"}
)
ONLY_OFF = {"ESC {": 0, "GS B": 0, "ESC V": 0, "ESC =": 1}
"""What would print otherwise than this picture shows, but for its usual setting."""


@dataclass(frozen=True, slots=True)
class Picture:
    """``image`` mode "1", ink black; ``cuts``: rows where the paper was cut; ``unknown``: commands nobody knows, and
    known ones whose ink this picture does not show.
    """

    image: Image.Image
    cuts: tuple[int, ...]
    unknown: tuple[Command, ...]
    text: str


@dataclass
class _Paper:
    """The roll while it is printed on."""

    dots: int
    parts: list[Image.Image] = field(default_factory=list)
    rows: int = 0
    cuts: list[int] = field(default_factory=list)
    unknown: list[Command] = field(default_factory=list)
    line: str = ""
    columns: list[Image.Image] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    align: int = 0
    margin: int = 0
    spacing: int = LINE_ROWS
    waiting: Image.Image | None = None

    def add(self, part: Image.Image) -> None:
        """``part`` below all there is, where alignment and margin put it; the head cuts off what is too wide."""
        rows = min(part.height, MOST_ROWS - self.rows)
        if rows > 0:
            sheet = Image.new("1", (self.dots, rows), 1)
            room = max(self.dots - self.margin - part.width, 0)
            sheet.paste(part, (self.margin + (0, room // 2, room)[self.align], 0))
            self.parts.append(sheet)
            self.rows += rows

    def feed(self, rows: int) -> None:
        """Blank paper, as long as there is any."""
        rows = min(rows, MOST_ROWS - self.rows)
        if rows > 0:
            self.parts.append(Image.new("1", (self.dots, rows), 1))
            self.rows += rows

    def end_line(self) -> None:
        """Print what stands in the line: text, or images of ``ESC *`` side by side."""
        if self.line:
            self.text.append(self.line)
            self.add(_letters(self.line, self.dots, self.spacing))
        elif self.columns:
            height = max(self.spacing, *(part.height for part in self.columns))
            whole = Image.new("1", (sum(part.width for part in self.columns), height), 1)
            at = 0
            for part in self.columns:
                whole.paste(part, (at, 0))
                at += part.width
            self.add(whole)
        else:
            self.feed(self.spacing)
        self.line = ""
        self.columns = []


def render(stream: bytes, dots: int = 576) -> Picture:
    """The paper of ``stream`` on a head of ``dots``; never raises for odd bytes, they are listed in ``unknown``."""
    paper = _Paper(dots)
    for command in commands(stream):
        _print(paper, command)
    if paper.line or paper.columns:
        paper.end_line()
    sheet = Image.new("1", (dots, max(paper.rows, 1)), 1)
    at = 0
    for part in paper.parts:
        sheet.paste(part, (0, at))
        at += part.height
    return Picture(sheet, tuple(paper.cuts), tuple(paper.unknown), "\n".join(paper.text))


def _print(paper: _Paper, command: Command) -> None:
    name, data = command.name, command.data
    if name == "text":
        paper.line += data.decode("cp437")
    elif name == "LF":
        paper.end_line()
    elif name == "GS v" and data[3] % 48 < 4:
        _add_raster(paper, data)
    elif name == "ESC *":
        paper.columns.append(_columns(data))
    elif name in ("GS ( L", "GS 8 L"):
        _graphics(paper, command, data[5:] if name == "GS ( L" else data[7:])
    elif name in ("ESC d", "ESC J"):
        paper.feed(data[2] * (paper.spacing if name == "ESC d" else 1))
    elif name in ("GS V", "ESC i", "ESC m"):
        if len(data) == 4:
            paper.feed(data[3])
        paper.cuts.append(paper.rows)
    elif not (name in SILENT or ONLY_OFF.get(name) == data[-1] or _remembered(paper, name, data)):
        paper.unknown.append(command)


def _remembered(paper: _Paper, name: str, data: bytes) -> bool:
    """Whether ``name`` is a setting the roll keeps."""
    if name == "ESC a" and data[2] % 48 < 3:
        paper.align = data[2] % 48
    elif name == "GS L":
        paper.margin = data[2] | data[3] << 8
    elif name == "ESC 3":
        paper.spacing = data[2]
    elif name == "ESC 2":
        paper.spacing = LINE_ROWS
    elif name == "ESC @":
        paper.spacing, paper.align, paper.margin, paper.line, paper.columns = LINE_ROWS, 0, 0, "", []
    else:
        return False
    return True


def _letters(line: str, dots: int, rows: int) -> Image.Image:
    """Text in some font: where it stands matters here, not how it looks."""
    part = Image.new("L", (dots, max(rows, 1)), 255)
    ImageDraw.Draw(part).text((0, 0), line, fill=0, font=ImageFont.load_default(TEXT_SIZE))
    return part.convert("1")


def _add_raster(paper: _Paper, data: bytes) -> None:
    """GS v 0: modes 1 to 3 print every dot twice as wide, as high, or both."""
    width, height = data[4] | data[5] << 8, data[6] | data[7] << 8
    if width and height:
        raster = _raster(data[8:], width, height)
        paper.add(raster.resize((raster.width << (data[3] & 1), raster.height << (data[3] >> 1 & 1))))


def _raster(bits: bytes, width: int, height: int) -> Image.Image:
    """Rows of ``width`` bytes, ink is 1."""
    return Image.frombytes("1", (width * 8, height), bytes(byte ^ 0xFF for byte in bits))


def _columns(data: bytes) -> Image.Image:
    """ESC *: columns of 8 or 24 dots, top first."""
    each = 3 if data[2] in (32, 33) else 1
    width = data[3] | data[4] << 8
    image = Image.new("1", (max(width, 1), each * 8), 1)
    for x in range(width):
        column = int.from_bytes(data[5 + x * each : 5 + (x + 1) * each], "big")
        for y in range(each * 8):
            if column >> (each * 8 - 1 - y) & 1:
                image.putpixel((x, y), 0)
    return image


def _graphics(paper: _Paper, command: Command, body: bytes) -> None:
    """GS ( L and GS 8 L: function 112 keeps a raster, function 50 prints it."""
    if len(body) >= 10 and body[1] == 112:
        width, height = body[6] | body[7] << 8, body[8] | body[9] << 8
        if width and height and len(body) - 10 == (width + 7) // 8 * height:
            paper.waiting = _raster(body[10:], (width + 7) // 8, height)
            return
    elif len(body) >= 2 and body[1] in (2, 50):
        if paper.waiting is not None:
            paper.add(paper.waiting)
            paper.waiting = None
        return
    paper.unknown.append(command)
