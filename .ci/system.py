"""Installs the packages of apt.txt that are missing, when it may; else stops with one line that says how."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = Path(__file__).parent.parent.joinpath("apt.txt").read_text(encoding="ascii").split()


def missing() -> list[str]:
    """The packages of apt.txt that dpkg does not know as installed."""
    if shutil.which("dpkg-query") is None:
        return [] if shutil.which("chromium") else list(NAMES)
    wanted = []
    for name in NAMES:
        asked = subprocess.run(["dpkg-query", "-W", "-f=${Status}", name], capture_output=True, text=True, check=False)
        if "install ok installed" not in asked.stdout:
            wanted.append(name)
    return wanted


def main() -> int:
    """Exit 0 when nothing is missing any more."""
    names = missing()
    if not names:
        return 0
    prefix: list[str] | None = [] if os.geteuid() == 0 else ["sudo", "-n"] if shutil.which("sudo") else None
    if prefix is not None and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*prefix, "apt-get", "update", "-qq"], check=False, env=quiet)
        subprocess.run([*prefix, "apt-get", "install", "-y", "-qq", *names], check=False, env=quiet)
        names = missing()
    if names:
        sys.stderr.write(f"Missing system packages: run 'sudo apt-get install {' '.join(names)}' and try again.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
