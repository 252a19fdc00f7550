"""The paper a stream of bytes gives, made from the bytes alone: it shares nothing with what drew them."""

from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from pos_trace.hardware.commands import Command, commands

DOTS_OF_FEED = 1
LINE_ROWS = 30
TEXT_SIZE = 24
BLOCK_AFTER_FEED = 66
SILENT = frozenset(
    {"ESC @", "FS .", "FS &", "GS L", "GS W", "ESC a", "ESC t", "ESC 2", "ESC 3", "ESC E", "ESC M", "GS !", "ESC -"}
    | {"GS r", "GS a", "GS I", "DLE EOT", "GS ( H", "GS P", "ESC =", "ESC !", "ESC {", "ESC G", "ESC p", "CR", "GS B"}
    | {"ESC R", "GS ( D", "GS ( E", "GS ( K", "ESC  ", "ESC 20"}
)


@dataclass(frozen=True, slots=True)
class Picture:
    """``image`` mode "1", ink black; ``cuts``: rows where the paper was cut; ``unknown``: commands nobody knows."""

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
    text: list[str] = field(default_factory=list)
    align: int = 0
    spacing: int = LINE_ROWS
    waiting: Image.Image | None = None

    def add(self, part: Image.Image) -> None:
        sheet = Image.new("1", (self.dots, part.height), 1)
        room = max(self.dots - part.width, 0)
        sheet.paste(part, ((0, room // 2, room)[self.align], 0))
        self.parts.append(sheet)
        self.rows += part.height

    def feed(self, rows: int) -> None:
        if rows:
            self.parts.append(Image.new("1", (self.dots, rows), 1))
            self.rows += rows

    def end_line(self) -> None:
        if self.line:
            self.text.append(self.line)
            part = Image.new("L", (self.dots, self.spacing), 255)
            face = ImageFont.load_default(TEXT_SIZE)
            ImageDraw.Draw(part).text((0, 0), self.line, fill=0, font=face)
            self.add(part.convert("1"))
            self.line = ""
        else:
            self.feed(self.spacing)


def render(stream: bytes, dots: int = 576) -> Picture:
    """The paper of ``stream`` on a head of ``dots``; never raises for odd bytes, they are listed in ``unknown``."""
    paper = _Paper(dots)
    for command in commands(stream):
        _print(paper, command)
    if paper.line:
        paper.end_line()
    sheet = Image.new("1", (dots, max(paper.rows, 1)), 1)
    at = 0
    for part in paper.parts:
        sheet.paste(part, (0, at))
        at += part.height
    return Picture(sheet, tuple(paper.cuts), tuple(paper.unknown), "\n".join(paper.text))


def _print(paper: _Paper, command: Command) -> None:
    name, data = command.name, command.data
    if name == "unknown":
        paper.unknown.append(command)
    elif name == "text":
        paper.line += data.decode("cp437")
    elif name == "LF":
        paper.end_line()
    elif name == "GS v":
        paper.add(_raster(data[8:], data[4] | data[5] << 8, data[6] | data[7] << 8))
    elif name == "ESC *":
        paper.add(_columns(data))
    elif name in ("GS ( L", "GS 8 L"):
        _graphics(paper, data[5:] if name == "GS ( L" else data[7:])
    elif name in ("ESC d", "ESC J"):
        paper.feed(data[2] * (paper.spacing if name == "ESC d" else DOTS_OF_FEED))
    elif name in ("GS V", "ESC i", "ESC m"):
        if len(data) == 4:
            paper.feed(data[3])
        paper.cuts.append(paper.rows)
    elif name in SILENT:
        _remember(paper, name, data)
    else:
        paper.unknown.append(command)


def _remember(paper: _Paper, name: str, data: bytes) -> None:
    if name == "ESC a":
        paper.align = data[2] % 48 % 3
    elif name == "ESC 3":
        paper.spacing = data[2]
    elif name in ("ESC 2", "ESC @"):
        paper.spacing = LINE_ROWS
        paper.align = 0 if name == "ESC @" else paper.align


def _raster(bits: bytes, width: int, height: int) -> Image.Image:
    """Rows of ``width`` bytes, ink is 1."""
    inverted = bytes(byte ^ 0xFF for byte in bits)
    return Image.frombytes("1", (width * 8, height), inverted)


def _columns(data: bytes) -> Image.Image:
    """ESC *: columns of 8 or 24 dots, top first."""
    each = 3 if data[2] in (32, 33) else 1
    width = data[3] | data[4] << 8
    image = Image.new("1", (max(width, 1), each * 8), 1)
    pixels = image.load()
    assert pixels is not None
    for x in range(width):
        column = int.from_bytes(data[5 + x * each : 5 + (x + 1) * each], "big")
        for y in range(each * 8):
            if column >> (each * 8 - 1 - y) & 1:
                pixels[x, y] = 0
    return image


def _graphics(paper: _Paper, body: bytes) -> None:
    """GS ( L: function 112 keeps a raster, function 50 prints it."""
    if len(body) >= 10 and body[1] == 112:
        width, height = body[6] | body[7] << 8, body[8] | body[9] << 8
        paper.waiting = _raster(body[10:], (width + 7) // 8, height)
    elif len(body) >= 2 and body[1] in (2, 50) and paper.waiting is not None:
        paper.add(paper.waiting)
        paper.waiting = None
