"""After a measured run: branch coverage of ``core`` is 100 %, of every other floor at least 90 %."""

import io
import json
import sys
from collections import defaultdict
from contextlib import redirect_stdout
from pathlib import PurePath

from coverage import Coverage

ALL = 100.0
LEAST = {"core": ALL}
ELSEWHERE = 90.0


def floors(report: dict[str, dict[str, dict[str, dict[str, int]]]]) -> dict[str, tuple[int, int]]:
    """Of a coverage JSON report: floor → (lines and branches run, lines and branches there are)."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for path, file in report["files"].items():
        parts = PurePath(path).parts
        floor = parts[1] if len(parts) > 2 else "house"
        told = file["summary"]
        found[floor][0] += told["covered_lines"] + told["covered_branches"]
        found[floor][1] += told["num_statements"] + told["num_branches"]
    return {floor: (run, there) for floor, (run, there) in sorted(found.items())}


def main() -> int:
    """Print each floor's figure; 1 when one is under its bound."""
    measured = Coverage()
    measured.load()
    out = io.StringIO()
    with redirect_stdout(out):
        measured.json_report(outfile="-")
    below = 0
    for floor, (run, there) in floors(json.loads(out.getvalue())).items():
        percent = 100.0 * run / there if there else ALL
        least = LEAST.get(floor, ELSEWHERE)
        below += percent < least
        sys.stdout.write(
            f"{floor:<12}{percent:6.1f} %  of at least {least:.0f} %{'' if percent >= least else '  TOO LOW'}\n"
        )
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
