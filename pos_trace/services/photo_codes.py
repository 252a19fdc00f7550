"""Which of the codes in one photo is meant."""

from pos_trace.core.codes import ScannedCode


def chosen(parsed: list[ScannedCode], why: str | None, unread: bool = False) -> ScannedCode:
    """The one trace code of a photo; a payment QR beside it, or the same product's bare EAN, is nobody's business.

    A code that is there but cannot be made out speaks before one that is no trace code: it is scanned again.
    """
    good = {code.key or code.code: code for code in parsed if code.outcome == "ok"}
    good = {key: code for key, code in good.items() if not any(str(other).startswith(f"{key}/") for other in good)}
    if len(good) == 1:
        return next(iter(good.values()))
    if len(good) > 1:
        names = tuple(sorted(str(key) for key in good))
        return ScannedCode("", "ambiguous", "text", reason="several_codes", candidates=names)
    doubtful = [code for code in parsed if code.outcome != "not_trace_code"]
    if doubtful or (parsed and not unread):
        return (doubtful or parsed)[0]
    if parsed:
        return ScannedCode("", "unreadable", "text")
    return ScannedCode("", "unreadable", "text", reason=why or "no_code")
