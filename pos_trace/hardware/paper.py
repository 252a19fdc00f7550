"""Papers: what a printer's head and cutter can do, as ``config/printers`` says."""

import tomllib
from dataclasses import dataclass
from importlib import resources

from pos_trace.core.errors import Misconfigured

LEAST_MODULE_DOTS = 5
MOST_DOTS = 4096
MOST_FEED = 255


@dataclass(frozen=True, slots=True)
class Paper:
    """``dots``: width of the print head; ``module_dots``: dots of one QR module wanted, never under 5.

    ``slice_rows``: most rows in one raster command; ``feed_rows`` brings the last line past the blade.
    ``process_id``: the printer confirms a printed job by Epson's GS ( H.
    """

    name: str
    dots: int = 576
    cutter: bool = True
    module_dots: int = 6
    slice_rows: int = 120
    feed_rows: int = 24
    process_id: bool = False
    status: bool = True

    def __post_init__(self) -> None:
        """Raises ``Misconfigured`` for what no printer can be."""
        whole_bytes = 0 < self.dots <= MOST_DOTS and self.dots % 8 == 0
        if not (whole_bytes and self.module_dots >= LEAST_MODULE_DOTS and self.slice_rows > 0):
            raise Misconfigured("bad_paper", f"Mẫu máy in '{self.name}': dots là bội của 8, module_dots từ 5 trở lên.")
        if not 0 <= self.feed_rows <= MOST_FEED:
            raise Misconfigured("bad_paper", f"Mẫu máy in '{self.name}': feed_rows từ 0 đến {MOST_FEED}.")


def preset(name: str) -> Paper:
    """The paper of ``config/printers/<name>.toml``; raises ``Misconfigured``."""
    found = resources.files("pos_trace.presets").joinpath(f"printers/{name}.toml")
    if not name.replace("-", "").isalnum() or not found.is_file():
        raise Misconfigured("unknown_printer", f"Không có mẫu máy in '{name}'.")
    return Paper(name=name, **tomllib.loads(found.read_text(encoding="utf-8"))["paper"])
