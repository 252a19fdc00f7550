"""A station becomes known to a province: a one-time code and a public key for a bearer key."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Invalid, Unavailable
from pos_trace.core.ports import EnrolmentAnswer
from pos_trace.core.roles import STATION_KEY_SCOPES
from pos_trace.services import accounts, register
from pos_trace.services.case_log import DESTINATION
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store import counters, outbox
from pos_trace.store.models import ApiKey, Enrolment, OutboxMessage, Site, Stall, StationRow
from pos_trace.store.snapshot import is_public_key, key_id_of

STALL_TEXTS = ("number", "name", "gln", "commune")
STALL_LIST: Final = "stall_list"
ENROLMENT: Final = "enrolment"
ENROLMENT_WORDS: Final = "Đăng ký máy của chợ với tỉnh (mã dùng một lần thay bằng dấu *)"
LIST_WORDS: Final = "Danh sách sạp của chợ: số sạp, tên, mã địa điểm, xã phường; khóa công khai của máy"


class Enroller(Protocol):
    """The province's side of an enrolment, reached by an adapter."""

    def enrol(self, code: str, public_key: str, site: dict[str, Any], stalls: list[dict[str, Any]]) -> EnrolmentAnswer:
        """Trade the code for a key."""
        ...


def public_key(node: Node) -> str:
    """The node's Ed25519 public key, base64 of its 32 bytes."""
    raw = Ed25519PrivateKey.from_private_bytes(node.signing_key).public_key().public_bytes_raw()
    return base64.b64encode(raw).decode()


def key_id(node: Node) -> str:
    """The short name of the node's public key."""
    return key_id_of(public_key(node))


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a station keeps of its enrolment, good beyond the session it was read in."""

    station_id: str
    province_url: str
    api_key: str
    province_key_id: str | None


def enrolled(session: Session, node_id: str) -> Enrolled | None:
    """The last enrolment this station keeps, or None."""
    rows = select(Enrolment).where(Enrolment.site_id == node_id).order_by(Enrolment.created_at.desc())
    row = session.scalars(rows).first()
    return Enrolled(row.station_id, row.province_url, row.api_key, row.province_key_id) if row else None


def trusted_keys(session: Session, node: Node) -> dict[str, str]:
    """Public keys (base64) by their id that the province's files may be signed with: told at enrolment, configured."""
    told = select(Enrolment.province_key).where(Enrolment.site_id == node.id).order_by(Enrolment.created_at.desc())
    newest = session.scalars(told.limit(1)).first()
    return {key_id_of(key): key for key in (*node.policy.province_keys, *([newest] if newest else []))}


def enrol(node: Node, who: Actor, code: str, province: Enroller, province_url: str, now: datetime) -> Answer:
    """Enrol this station with ``code``; what waited for a good key goes out again.

    What was told stays readable, the code masked, also of a try that came to nothing. Raises ``Invalid`` when the
    province refuses, ``Unavailable`` when silent.
    """
    with node.db.read() as session:
        known = facts(session, node)
    answer = province.enrol(code, known["public_key"], known["site"], known["stalls"])
    with node.write(who, now) as tx:
        _keep_told(tx, {**known, "code": "*" * len(code)}, answer)
        if answer.state == "ok":
            return _enrolled(tx, answer, known, province_url)
    if answer.state == "refused":
        raise Invalid("enrolment_refused", f"Tỉnh chưa nhận đăng ký: {answer.detail}")
    raise Unavailable("province_silent", f"Hệ thống của tỉnh chưa trả lời ({answer.detail}). Thử lại sau.")


def _keep_told(tx: Transaction, told: Answer, answer: EnrolmentAnswer) -> None:
    """The body as it went over the line stands among what was sent; it goes to nobody again."""
    message = tx.send(DESTINATION, ENROLMENT, ENROLMENT, told, ENROLMENT_WORDS, None)
    row = tx.session.get_one(OutboxMessage, (tx.node.id, message))
    row.state, row.attempts, row.done_at = "done", 1, tx.now
    row.last_status = f"{answer.state} {answer.detail}".strip()[:200]


def _enrolled(tx: Transaction, answer: EnrolmentAnswer, known: Answer, province_url: str) -> Answer:
    node, now = tx.node, tx.now
    row = Enrolment(site_id=node.id, id=tx.id(), created_at=now, station_id=answer.station_id)
    row.province_url, row.api_key, row.province_key_id = province_url, answer.api_key, answer.province_key_id
    row.province_key = answer.public_key if is_public_key(answer.public_key) else None
    tx.session.add(row)
    waiting = outbox.unpark(tx.session, node.id, DESTINATION, now)
    told = {"province": province_url, "stalls": len(known["stalls"]), "unparked": waiting}
    tx.audit("enrolled", f"enrolment:{row.id}", told)
    newest = facts(tx.session, node)
    if newest != known:  # a stall came while the province was answering
        tell_list(tx, newest)
    return tx.answer({"station_id": row.station_id, "province_key_id": row.province_key_id})


def facts(session: Session, node: Node) -> Answer:
    """What a station tells of itself, as the province's schemas want it: ``{public_key, site, stalls}``."""
    site = session.get(Site, (node.id, node.id))
    told: Answer = {"id": node.id, "name": node.id, "kind": "market"}
    if site is not None:
        told |= {name: getattr(site, name) for name in ("name", "kind", "gln", "commune")}
    rows = session.scalars(select(Stall).where(Stall.site_id == node.id).order_by(Stall.number))
    stalls = [{"id": row.id} | {name: getattr(row, name) for name in STALL_TEXTS} for row in rows]
    return {"public_key": public_key(node), "site": told, "stalls": stalls}


def tell_list(tx: Transaction, told: Answer) -> None:
    """Queue the market's list (``facts``) for the province, behind the one before it."""
    tx.send(DESTINATION, STALL_LIST, STALL_LIST, told, LIST_WORDS, None)


def take_station(
    node: Node, code: str, station_key: str, site: dict[str, Any], stalls: list[dict[str, Any]], now: datetime
) -> Answer:
    """The province takes a station in: ``{station_id, api_key, province_key_id, public_key}``, the key shown once.

    Enrolling again with the same public key gives a new key and ends the old ones. Raises ``NotFound`` (code),
    ``Invalid`` (key), ``Conflict`` when the site belongs to another key.
    """
    with node.write(node.machine("enrolment"), now) as tx:
        accounts.use_code(tx, "station", code)
        row = keep_site(tx, site, station_key, stalls)
        for old in tx.session.scalars(select(ApiKey).where(ApiKey.station_site_id == row.id)):
            old.revoked_at = old.revoked_at or now
        key = accounts.new_key(tx, f"station {row.name}"[:120], STATION_KEY_SCOPES, station_site_id=row.id)
        tx.audit("station_enrolled", f"site:{row.id}", {"name": row.name, "stalls": len(stalls)})
        answer = {"station_id": row.id, "api_key": key, "province_key_id": key_id(node)}
        return tx.answer(answer | {"public_key": public_key(node)}, 201)


def keep_site(tx: Transaction, site: dict[str, Any], station_key: str, stalls: list[dict[str, Any]]) -> Site:
    """Write down a station's site and stalls and let every other station know.

    Raises ``Invalid`` for what is no key, ``Conflict`` for a site that is enrolled with another one.
    """
    _check_key(station_key)
    row = _site(tx, site, station_key)
    for stall in stalls:
        upsert_stall(tx, row.id, stall)
    _publish(tx, row)
    return row


def upsert_stall(tx: Transaction, site_id: str, stall: dict[str, Any]) -> Stall:
    """The stall of a station as the province knows it; facts the station left out stay."""
    row = tx.session.get(Stall, (site_id, stall["id"]))
    if row is None:
        row = Stall(site_id=site_id, id=stall["id"], created_at=tx.now, settings={}, number="", name="")
        tx.session.add(row)
    same = select(Stall.id).where(Stall.site_id == site_id, Stall.number == stall.get("number"), Stall.id != row.id)
    with tx.session.no_autoflush:
        taken = tx.session.scalars(same).first() is not None
    for name in STALL_TEXTS:
        if stall.get(name) and not (name == "number" and taken):
            setattr(row, name, stall[name])
    row.number = row.number or row.id
    row.name = row.name or row.number
    tx.session.flush()
    return row


def _site(tx: Transaction, site: dict[str, Any], station_key: str) -> Site:
    if site["id"] == tx.node.id:
        raise Conflict("site_taken", "Mã địa điểm này là của chính hệ thống tỉnh.")
    row = tx.session.get(Site, (site["id"], site["id"]))
    if row is None:
        row = Site(site_id=site["id"], id=site["id"], created_at=tx.now, public_key=station_key)
        tx.session.add(row)
    if row.public_key != station_key:
        raise Conflict("site_taken", "Địa điểm này đã đăng ký bằng một máy khác. Liên hệ Sở để đổi máy.")
    row.name, row.kind = site["name"], site.get("kind") or "market"
    row.gln, row.commune = site.get("gln"), site.get("commune")
    return row


def _publish(tx: Transaction, site: Site) -> None:
    """Tell every station this one's key and stalls by the changes feed, when there is news."""
    mine = select(Stall).where(Stall.site_id == site.id).order_by(Stall.number)
    stalls = [{name: getattr(one, name) for name in ("id", *STALL_TEXTS)} for one in tx.session.scalars(mine)]
    told: dict[str, Any] = {"name": site.name, "public_key": site.public_key, "gln": site.gln, "commune": site.commune}
    told |= {"stalls": stalls}
    row = tx.session.get(StationRow, site.id)
    if row is not None and all(getattr(row, name) == value for name, value in told.items()):
        return
    row = row or StationRow(station_id=site.id)
    for name, value in told.items():
        setattr(row, name, value)
    row.version = counters.next_version(tx.session, register.RECORDS)
    tx.session.add(row)
    tx.session.flush()


def _check_key(text: str) -> None:
    try:
        good = len(base64.b64decode(text, validate=True)) == 32
    except (binascii.Error, ValueError):
        good = False
    if not good:
        raise Invalid(
            "public_key_invalid",
            "Khóa công khai phải là 32 byte Ed25519 viết bằng base64.",
            (FieldError("/public_key", "invalid"),),
        )
