"""``parse(text, rules)``: what a scanned text is. Total: any text, of any length, never raises."""

import re
from typing import Final
from urllib.parse import unquote

from pos_trace.core.codes import damage, digital_link, in_store, money_codes
from pos_trace.core.codes.build import from_elements, key_of, scheme_key
from pos_trace.core.codes.digital_link import label_uri
from pos_trace.core.codes.digits import GTIN_LENGTHS, gtin14, is_digits
from pos_trace.core.codes.elements import FNC1, from_brackets, in_brackets, split
from pos_trace.core.codes.lost_separators import readings
from pos_trace.core.codes.scanned import Pairs, ScannedCode, as_json, not_trace, unreadable
from pos_trace.core.codes.table import ELEMENT_MARKS, PLAIN_MARKS
from pos_trace.core.policy import CodeRules, HostRule

__all__ = ["BUILTIN", "ScannedCode", "as_json", "key_of", "label_uri", "parse"]

BUILTIN: Final = CodeRules()
LONGEST: Final = 2048
LONGEST_SLIP: Final = 7100
SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
BARE_PATH: Final = re.compile(r"(?:00|01|8006)/[0-9]{8,18}(?:/|$)")
OWN_PATHS: Final = re.compile(r"(?i)/[rsm](?:[/?#]|$)")
SSCC_LENGTH: Final = 18


def parse(text: str, rules: CodeRules = BUILTIN) -> ScannedCode:
    """The one entry: damage is named, then the text is routed by its shape (facts: GS1, section 8)."""
    plain = damage.trimmed(text)
    if len(plain) > (LONGEST_SLIP if plain.startswith("PT1:") else LONGEST):
        return unreadable(text[:LONGEST], "text", "too_long")
    text = text[:LONGEST_SLIP]
    if not plain:
        return unreadable(text, "text", "bad_content")
    if plain.startswith("PT1:"):
        return not_trace(text, "transfer_slip", "transfer_slip")
    money = money_codes.kind_of(plain)
    if money is not None:
        return not_trace(text, money, money)
    mended, repaired = damage.with_separators(plain, rules)
    hurt = damage.damage(mended, rules)
    if hurt is not None:
        return unreadable(text, "text", hurt)
    code = _route(text, mended, rules, ("repaired_separator",) if repaired else ())
    if code.outcome == "unreadable" and damage.damage(plain, rules) == "ime_damage":
        return unreadable(text, "text", "ime_damage")  # an è was no separator but an input method's work
    return code


def _route(raw: str, text: str, rules: CodeRules, warnings: tuple[str, ...]) -> ScannedCode:
    mark = text[:3]
    if SYMBOLOGY.match(text):
        text = text[3:]
        if not text:
            return unreadable(raw, "text", "bad_content")
        if mark in ELEMENT_MARKS and not text.lower().startswith("http"):
            return _element_string(raw, text, rules, warnings, certain=True)
        if mark not in PLAIN_MARKS + ELEMENT_MARKS:
            warnings = (*warnings, "unknown_symbology")
    if "://" in text[:8] or BARE_PATH.match(text):
        return _link(raw, text, rules, warnings)
    scheme = _scheme(raw, text, rules, warnings)
    if scheme is not None:
        return scheme
    if text.startswith("("):
        return _bracketed(raw, text, rules, warnings)
    digits = text.replace(" ", "")  # people type the groups they see under the bars
    if is_digits(digits):
        number = _number(raw, digits, rules, warnings)
        if number is not None:
            return number
    if FNC1 in text or _looks_like_elements(text):
        return _element_string(raw, text, rules, warnings, certain=FNC1 in text)
    return unreadable(raw, "text", "unknown_code", warnings)


def _scheme(raw: str, text: str, rules: CodeRules, warnings: tuple[str, ...]) -> ScannedCode | None:
    """An opaque provincial code by the configured schemes."""
    for rule in rules.schemes:
        match = re.match(rule.regex, text)
        code = _code_in(match)
        if code:
            return ScannedCode(
                raw, "ok", "province_code", key=scheme_key(rule.scheme, code), code=code, warnings=warnings
            )
    return None


def _code_in(match: re.Match[str] | None) -> str:
    """The group named ``code``, the whole match where the pattern has none, "" without a match."""
    if match is None:
        return ""
    return match["code"] or "" if "code" in match.re.groupindex else match[0]


def _number(raw: str, text: str, rules: CodeRules, warnings: tuple[str, ...]) -> ScannedCode | None:
    """Bare digits: a scale's code, a GTIN, an SSCC; None when their count fits none and they may be elements."""
    if in_store.is_local(text):
        local = in_store.parse(raw, text[-13:], rules)
        return local or unreadable(raw, "in_store", "no_in_store_rule", warnings)
    if len(text) in GTIN_LENGTHS:
        return from_elements(raw, "gtin", (("01", gtin14(text)),), rules, warnings)
    if len(text) == SSCC_LENGTH:
        return from_elements(raw, "sscc", (("00", text),), rules, warnings)
    return None


def _looks_like_elements(text: str) -> bool:
    return text[:2] in {"00", "01", "02"} and len(text) >= 16 and is_digits(text[2:16])


def _bracketed(raw: str, text: str, rules: CodeRules, warnings: tuple[str, ...]) -> ScannedCode:
    elements, error = from_brackets(text)
    if error is not None:
        return unreadable(raw, "gs1_hri", error, warnings, elements=elements)
    return from_elements(raw, "gs1_hri", elements, rules, warnings)


def _element_string(raw: str, text: str, rules: CodeRules, warnings: tuple[str, ...], certain: bool) -> ScannedCode:
    """``certain``: the symbology or a separator says it is one.

    One separator, wherever it stands, shows that this scanner sends them; without any they may have been lost.
    """
    kind = "gs1_element_string"
    elements, error = split(text)
    if FNC1 not in text:
        other = _recovered(raw, text, elements if error is None else (), rules, warnings)
        if other is not None:
            return other
    if error is not None:
        return unreadable(raw, kind if certain else "text", error, warnings, elements=elements)
    return from_elements(raw, kind, elements, rules, warnings)


def _recovered(raw: str, text: str, straight: Pairs, rules: CodeRules, warnings: tuple[str, ...]) -> ScannedCode | None:
    """What a text may have been before its separators were lost; None when it can only be ``straight`` or nothing.

    Several legal readings are candidates for a look-up or a second scan, never a guess.
    """
    possible = readings(text, rules.reference_year, rules.max_candidates)
    found = possible.found
    if possible.complete and len(found) <= 1:
        if not found or found[0] == straight:
            return None
        return from_elements(raw, "gs1_element_string", found[0], rules, (*warnings, "recovered"))
    return ScannedCode(
        raw,
        "ambiguous",
        "gs1_element_string",
        warnings=warnings,
        reason="lost_separator",
        candidates=tuple(in_brackets(one) for one in found),
        gtin=dict(found[0]).get("01") if found else None,
    )


def _link(raw: str, text: str, rules: CodeRules, warnings: tuple[str, ...]) -> ScannedCode:
    if "://" not in text[:8]:
        path, _, query = text.partition("?")
        link = digital_link.parse_path("", f"/{path}", query)
        host = None
    else:
        found = digital_link.parse_uri(text)
        if found is None:
            return not_trace(raw, "url", "unknown_url")
        link, host = found, found.host
    rule = _host_rule(host, rules)
    own = _own_page(host, text, rules)
    if own:
        return not_trace(raw, "url", "own_page", host=host)
    if rule is not None and rule.code_regex:
        known = _host_code(raw, text, rule, host, warnings)
        if known is not None:
            return known
    if not link.is_link:
        return _plain_url(raw, text, link, rule)
    warnings = (*warnings, *link.warnings)
    if link.error is not None:
        return unreadable(raw, "gs1_digital_link", link.error, warnings, elements=link.elements, host=host)
    return from_elements(raw, "gs1_digital_link", link.elements, rules, warnings, host)


def _plain_url(raw: str, text: str, link: digital_link.Link, rule: HostRule | None) -> ScannedCode:
    host = link.host or None
    if link.error is not None:
        return unreadable(raw, "url", link.error, host=host)
    known_page = rule is not None and rule.mode != "record"
    if not known_page and digital_link.is_compressed(_path(text).split("?")[0].split("#")[0]):
        return not_trace(raw, "compressed_link", "compressed_link", host=host)
    return not_trace(raw, "url", f"{rule.mode}_page" if rule is not None else "unknown_url", host=host)


def _host_rule(host: str | None, rules: CodeRules) -> HostRule | None:
    bare = (host or "").split(":")[0]
    return next((rule for rule in rules.hosts if rule.host == bare), None)


def _own_page(host: str | None, text: str, rules: CodeRules) -> bool:
    return host in rules.own_hosts and OWN_PATHS.match(_path(text)) is not None


def _path(text: str) -> str:
    return "/" + text.split("://", 1)[-1].partition("/")[2]


def _host_code(raw: str, text: str, rule: HostRule, host: str | None, warnings: tuple[str, ...]) -> ScannedCode | None:
    """A provincial code out of a known host's path; escaped controls are no code."""
    code = unquote(_code_in(re.search(rule.code_regex, _path(text))))
    if not code or not code.isprintable():
        return None
    key = scheme_key(rule.scheme or rule.host, code)
    return ScannedCode(raw, "ok", "province_code", key=key, code=code, host=host, warnings=warnings)
