"""Uploaded files of a request are closed with it, also when the form is refused halfway through."""

from typing import IO

from flask import Flask, Request

MOST_PARTS = 60


class UploadRequest(Request):
    """Remembers every file the form parser opened; werkzeug itself closes only those of a form it read to its end."""

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:  # fmt: skip
        stream = super()._get_file_stream(total_content_length, content_type, filename, content_length)
        self.__dict__.setdefault("opened_files", []).append(stream)
        return stream

    def close_files(self) -> None:
        """Close what was opened; once is enough."""
        for stream in self.__dict__.pop("opened_files", []):
            stream.close()


def install(app: Flask) -> None:
    """No form of ours has many parts; each part may be a file on the disk."""
    app.request_class = UploadRequest
    app.config["MAX_FORM_PARTS"] = MOST_PARTS


def close(request: Request) -> None:
    """At the end of a request."""
    if isinstance(request, UploadRequest):
        request.close_files()
