"""A case without HTTP: the Department asked directly, one sent, rows looked at."""

import orjson
from sqlalchemy import func, select

from pos_trace.core.ports import Delivered
from pos_trace.services import case_intake, cases, outbox
from tests.services.two_nodes import SITE_ID, as_station, trader


class Straight:
    """The Department asked without HTTP, in the station's name; no write of the station may be open meanwhile."""

    def __init__(self, pair, now, site_id=SITE_ID):
        self.pair, self.now, self.who, self.sent = pair, now, as_station(site_id), []

    def send(self, kind, event_id, body):
        assert not self.pair.station.db.in_write(), "a port was called inside a write"
        told = orjson.loads(body)
        self.sent.append((kind, event_id, told))
        if kind == "case_events":
            answer = case_intake.take_events(self.pair.province, self.who, told["events"], self.now)
            rejected = any(item["result"] == "rejected" for item in answer["items"])
            return Delivered("dead" if rejected else "done", "200", answer)
        return Delivered("done", "200", case_intake.take_evidence(self.pair.province, self.who, told, self.now))


def sent_case(both, stall, ids, now):
    """A case opened at the stall and delivered; answers its id."""
    case_id = cases.send_flag(both.station, trader(both.station, stall), ids["flag"], now)["case_id"]
    outbox.deliver_due(both.station, now)
    return case_id


def one(node, model, *where):
    with node.db.read() as session:
        row = session.scalars(select(model).where(*where)).one()
        session.expunge(row)
        return row


def count(node, model):
    with node.db.read() as session:
        return session.scalar(select(func.count()).select_from(model))
