"""A folder as a printer: one file a job, whole or not at all. The demo's virtual printer."""

import os
import tempfile
from pathlib import Path

from pos_trace.hardware import status
from pos_trace.hardware.transports import Sent


class FileFolder:
    """``address`` is the folder."""

    def __init__(self, address: str) -> None:
        self._folder = Path(address)

    def send(self, data: bytes, job_id: str) -> Sent:
        """Write ``<job_id>.bin`` and make sure it is on the disk, name and all; else nothing is there."""
        name = "".join(sign for sign in job_id if sign.isalnum() or sign == "-")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, partial = tempfile.mkstemp(dir=self._folder, prefix=".part-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(partial).replace(self._folder / f"{name}.bin")
            except OSError:
                Path(partial).unlink(missing_ok=True)
                raise
            self._keep_name()
        except OSError as error:
            return Sent(0, "failed", status.NO_CONNECTION, str(error))
        return Sent(len(data), "confirmed")

    def _keep_name(self) -> None:
        if os.name != "posix":
            return
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
