"""Pictures and documents by their SHA-256: written whole or not at all, never by a name from outside."""

import hashlib
import os
import tempfile
from pathlib import Path

from pos_trace.core.errors import NotFound, Unavailable

HEX = frozenset("0123456789abcdef")
PARTIAL = ".part-"


class Files:
    """A folder of content-addressed files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """Keep ``data``; answers its SHA-256. Raises ``Unavailable`` when the disk refuses."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, partial = tempfile.mkstemp(dir=path.parent, prefix=PARTIAL)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(partial).replace(path)
            finally:
                Path(partial).unlink(missing_ok=True)
            sync_folder(path.parent)
        except OSError as error:
            raise Unavailable("disk_unavailable", "Máy chưa lưu được ảnh: kiểm tra dung lượng đĩa.") from error
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of ``digest``; raises ``NotFound``."""
        path = self._path(digest)
        if not path.exists():
            raise NotFound("file_unknown", "Không có tệp này.")
        return path.read_bytes()

    def size(self, digest: str) -> int:
        """How many bytes the file of ``digest`` has, without reading it; raises ``NotFound``."""
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            raise NotFound("file_unknown", "Không có tệp này.") from None

    def has(self, digest: str) -> bool:
        """Whether the file is here."""
        return self._path(digest).exists()

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= HEX:
            raise NotFound("file_unknown", "Không có tệp này.")
        return self.folder / digest[:2] / digest


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` safe from a power cut; Windows cannot open a folder and needs not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
