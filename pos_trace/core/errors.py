"""One root for everything pos_trace refuses, with stable codes and Vietnamese detail.

The web turns the class into a status and the fields into ``application/problem+json`` (RFC 9457);
commands print ``detail`` and exit 1, 2 or 3.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: ``pointer`` is a JSON pointer ("/lines/0/qty"), ``code`` is stable."""

    pointer: str
    code: str


class PosTraceError(Exception):
    """Root. ``code`` is stable and machine-readable, ``detail`` is Vietnamese and says what to do."""

    def __init__(self, code: str, detail: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.errors = errors

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the constructor's arguments, so a child process's refusal arrives as itself."""
        return type(self), (self.code, self.detail, self.errors)


class Invalid(PosTraceError):
    """The input cannot mean anything here; ``errors`` point at the fields (422)."""


class Unauthorised(PosTraceError):
    """Nobody known is asking (401)."""


class Forbidden(PosTraceError):
    """Somebody known asks for what is not theirs (403)."""


class NotFound(PosTraceError):
    """No such thing, or not visible to this stall: the answer is the same (404)."""


class Conflict(PosTraceError):
    """The thing is not in a state that allows this (409)."""


class TooMany(PosTraceError):
    """Too often; ``retry_after_s`` says when to come back (429)."""

    def __init__(self, code: str, detail: str, retry_after_s: int) -> None:
        super().__init__(code, detail)
        self.retry_after_s = retry_after_s

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.code, self.detail, self.retry_after_s)


class Unavailable(PosTraceError):
    """Our own database or disk cannot answer now (503)."""


class Misconfigured(PosTraceError):
    """Configuration is wrong; the start stops with the nearest right name (exit 2)."""
