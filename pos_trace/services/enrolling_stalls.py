"""A whole market enrolled in one morning: stalls with their owners out of a sheet, then one-time cards for them."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from pos_trace.core.errors import NotFound
from pos_trace.core.stall_rows import COLUMNS, RowError, StallRow
from pos_trace.core.text import fold
from pos_trace.services import access_log, accounts, people, stall_list
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Device, Membership, Organisation, Site, Stall, User

CARD_LASTS = people.GIVEN_LASTS
OFFICE: Final = "Ban quản lý chợ"
PIN_DIGITS = 4
WEAK_PINS = frozenset({"0000", "1111", "1234", "2222", "3333", "4321", "4444", "5555", "6666", "7777", "8888", "9999"})
NO_STALL = "Không tìm thấy sạp."


def enrol(node: Node, who: Actor, rows: Sequence[StallRow], now: datetime) -> Answer:
    """Add the stalls of a sheet with their owners; a number that is there already is brought up to date, never doubled.

    ``{stalls: [{line, number, name, state}], errors: [{line, column, expected}]}``; ``state``: mới | đã sửa | đã có.
    An owner has no PIN until a card is made (``cards``). Start and practice of a stall that is there stay.
    """
    told: list[Answer] = []
    errors: list[RowError] = []
    with node.write(who, now) as tx:
        known = {row.number: row for row in tx.session.scalars(select(Stall).where(Stall.site_id == node.id))}
        holders = {row.gln: row.number for row in known.values() if row.gln}
        logins = set(tx.session.scalars(select(User.login).where(User.site_id == node.id)))
        for row in rows:
            if row.gln and holders.get(row.gln, row.number) != row.number:
                other = holders[row.gln]
                errors.append(RowError(row.line, COLUMNS["gln"], f"GLN của riêng sạp này (đang là của sạp {other})"))
                continue
            found = known.get(row.number)
            state = "mới" if found is None else _bring_up(tx, found, row, logins)
            if found is None:
                found = _add(tx, row, logins)
            if row.gln:
                holders[row.gln] = row.number
            told.append({"line": row.line, "number": found.number, "name": found.name, "state": state})
        wrong = [{"line": one.line, "column": one.column, "expected": one.expected} for one in errors]
        tx.audit("stalls_enrolled", f"site:{node.id}", {"stalls": len(told), "refused": len(wrong)})
        stall_list.changed(tx)
        return tx.answer({"stalls": told, "errors": wrong})


def _add(tx: Transaction, row: StallRow, logins: set[str]) -> Stall:
    stall = Stall(site_id=tx.node.id, id=tx.id(), created_at=tx.now, number=row.number, name=row.name)
    stall.gln, stall.commune = row.gln, row.commune or None
    stall.golive_date = row.golive or tx.now.astimezone(tx.node.zone).date()
    stall.practice_until = stall.golive_date + timedelta(days=tx.node.policy.clocks.practice_days)
    stall.settings = {"goods_groups": list(row.groups), "devices": row.devices}
    stall.organisation_id = _organisation(tx, row)
    tx.session.add(stall)
    tx.session.flush()
    tx.audit("stall_added", f"stall:{stall.id}", {"number": row.number, "gln": row.gln}, stall.id)
    add_owner(tx, stall, row.owner, logins)
    return stall


def _bring_up(tx: Transaction, stall: Stall, row: StallRow, logins: set[str]) -> str:
    before = (stall.name, stall.gln, stall.commune, stall.organisation_id, stall.settings)
    stall.name, stall.gln, stall.commune = row.name, row.gln or stall.gln, row.commune or stall.commune
    groups = list(row.groups) or (stall.settings or {}).get("goods_groups", [])
    stall.settings = (stall.settings or {}) | {"goods_groups": groups, "devices": row.devices}
    stall.organisation_id = _organisation(tx, row) or stall.organisation_id
    if owner_of(tx, stall.id) is None:
        add_owner(tx, stall, row.owner, logins)
    tx.session.flush()
    if before == (stall.name, stall.gln, stall.commune, stall.organisation_id, stall.settings):
        return "đã có"
    tx.audit("stall_changed", f"stall:{stall.id}", {"number": row.number, "gln": stall.gln}, stall.id)
    return "đã sửa"


def _organisation(tx: Transaction, row: StallRow) -> str | None:
    if row.tax_code is None:
        return None
    same = select(Organisation).where(Organisation.site_id == tx.node.id, Organisation.tax_code == row.tax_code)
    found = tx.session.scalars(same.order_by(Organisation.id)).first()
    if found is None:
        found = Organisation(site_id=tx.node.id, id=tx.id(), created_at=tx.now, name=row.owner, tax_code=row.tax_code)
        tx.session.add(found)
        tx.session.flush()
    return found.id


def owner_of(tx: Transaction, stall_id: str) -> User | None:
    """The stall's first active owner, of those whose work here has not ended."""
    mine = (
        select(User)
        .join(Membership, (Membership.site_id == User.site_id) & (Membership.user_id == User.id))
        .where(User.site_id == tx.node.id, User.active, Membership.stall_id == stall_id, Membership.role == "owner")
    )
    return tx.session.scalars(mine.where(people.living(tx.now)).order_by(User.id)).first()


def add_owner(tx: Transaction, stall: Stall, name: str, logins: set[str]) -> User:
    """The stall's owner, who cannot log in before a card gave a PIN. ``logins``: those taken, the new one added."""
    base = "chu-" + "".join(sign if sign.isalnum() else "-" for sign in fold(stall.number))[:60]
    login = next(one for one in (base, *(f"{base}-{n}" for n in range(2, len(logins) + 3))) if one not in logins)
    logins.add(login)
    user = User(site_id=tx.node.id, id=tx.id(), created_at=tx.now, login=login, name=name, secret_kind="pin")
    tx.session.add(user)
    tx.session.flush()
    row = Membership(site_id=tx.node.id, id=tx.id(), created_at=tx.now, user_id=user.id, role="owner")
    row.stall_id = stall.id
    tx.session.add(row)
    tx.audit("user_added", f"user:{user.id}", {"login": login, "roles": ["owner"]}, stall.id)
    return user


def fresh_pin() -> str:
    """Four digits, none of those everybody tries first."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
        if pin not in WEAK_PINS:
            return pin


def cards(
    node: Node,
    who: Actor,
    numbers: Sequence[str] | None,
    now: datetime,
    *,
    reset: bool = False,
    step: Callable[[int, int], None] = lambda _done, _all: None,
) -> Answer:
    """One-time codes for the stalls' phones, and a PIN for each owner who has none yet (``reset``: for every owner).

    The PIN opens nothing but the way to one of the owner's own (``people.check_given``). All cards are one write of a
    few milliseconds a stall.
    ``{site, until, cards: [{number, name, owner, code, pin}]}``, as many per stall as it has phones; ``pin`` None: the
    owner keeps the old one. Codes and PINs are shown this once; nothing keeps them. ``numbers`` None: stalls without
    a phone. ``step(done, all)`` tells how far it is. Raises ``NotFound`` for a number no stall has.
    """
    wanted = _wanted(node, numbers)
    pins = []
    for done, number in enumerate(wanted, 1):
        pin = fresh_pin()
        pins.append((number, pin, accounts.hash_secret(pin, node.signing_key)))  # slow on purpose: not inside the write
        step(done, len(wanted))
    with node.write(who, now) as tx:
        made = [card for one in pins for card in _cards_of(tx, *one, reset)]
        site = tx.session.get(Site, (node.id, node.id))
        told = {"site": site.name if site else node.id, "until": (now + CARD_LASTS).isoformat(), "cards": made}
        return tx.answer(told, secret=True)


def _wanted(node: Node, numbers: Sequence[str] | None) -> list[str]:
    with node.db.read() as session:
        known = list(session.execute(select(Stall.number, Stall.id).where(Stall.site_id == node.id)))
        reached = set(session.scalars(select(Device.stall_id).where(Device.site_id == node.id)))
    if numbers is None:
        return sorted(number for number, stall_id in known if stall_id not in reached)
    lost = sorted(set(numbers) - {number for number, _ in known})
    if lost:
        raise NotFound("stall_unknown", f"Không có sạp {', '.join(lost[:5])}.")
    return sorted(set(numbers))


def _cards_of(tx: Transaction, number: str, pin: str, hashed: str, reset: bool) -> list[Answer]:
    stall = tx.session.scalars(select(Stall).where(Stall.site_id == tx.node.id, Stall.number == number)).one()
    owner = owner_of(tx, stall.id)
    if owner is None:
        logins = set(tx.session.scalars(select(User.login).where(User.site_id == tx.node.id)))
        owner = add_owner(tx, stall, stall.name[:120], logins)
    shown = None
    if owner.secret_hash is None or reset:
        _give_pin(tx, owner, hashed, stall.id)
        shown = pin
    if _has_phone(tx, stall):
        _tell(tx, stall.id, "device_card", stall.id)
    count = int((stall.settings or {}).get("devices", 1))
    codes = [accounts.new_code(tx, "device", stall.id, CARD_LASTS) for _ in range(count)]
    tx.audit("cards_made", f"stall:{stall.id}", {"cards": count, "pin": shown is not None}, stall.id)
    head = {"number": stall.number, "name": stall.name, "owner": owner.name}
    return [head | {"code": code, "pin": shown} for code in codes]


def reset_pin(node: Node, who: Actor, number: str, now: datetime, login: str | None = None) -> Answer:
    """A new PIN for the owner of stall ``number``, or for who works there as ``login``: ``{number, owner, pin}``.

    The old one and its log-ins end. The new one is good for a week and opens nothing but the way to a PIN of their
    own, so nobody at the office knows the PIN they work with; "Ai đã xem" of every stall they work at says for good
    who gave it. Raises ``NotFound``.
    """
    pin = fresh_pin()
    hashed = accounts.hash_secret(pin, node.signing_key)
    with node.write(who, now) as tx:
        stall = tx.session.scalars(select(Stall).where(Stall.site_id == node.id, Stall.number == number)).first()
        owner = None if stall is None else _named(tx, stall.id, login) if login else owner_of(tx, stall.id)
        if stall is None or owner is None:
            raise NotFound("stall_unknown", NO_STALL)
        _give_pin(tx, owner, hashed, stall.id)
        return tx.answer({"number": stall.number, "owner": owner.name, "pin": pin}, secret=True)


def _named(tx: Transaction, stall_id: str, login: str) -> User | None:
    """Who works at the stall and logs in as ``login``."""
    found = select(User).where(User.site_id == tx.node.id, User.login == login, User.active)
    user = tx.session.scalars(found).first()
    here = user is not None and any(one.stall_id == stall_id for one in people.places_of(tx.session, user, tx.now))
    return user if here else None


def _give_pin(tx: Transaction, owner: User, hashed: str, stall_id: str) -> None:
    before = owner.secret_hash
    people.set_pin(tx, owner, hashed, given=True, act="pin_set", stall_id=stall_id)
    if before is not None:
        stalls = {one.stall_id for one in people.places_of(tx.session, owner, tx.now) if one.stall_id is not None}
        for one in sorted(stalls):
            _tell(tx, one, "pin", owner.id, owner.name)


def _has_phone(tx: Transaction, stall: Stall) -> bool:
    mine = select(Device.id).where(Device.site_id == tx.node.id, Device.stall_id == stall.id)
    return tx.session.scalars(mine.limit(1)).first() is not None


def _tell(tx: Transaction, stall_id: str, subject: str, subject_id: str, about: str = "") -> None:
    """A line of the owner's "Ai đã xem": the office opened a way to this stall."""
    name, agency = (tx.who.name, OFFICE) if tx.who.kind == "user" else (OFFICE, "")
    access_log.write(tx, stall_id, name, agency, subject, subject_id, "", tx.now, about=about)
