"""``/healthz`` (the process answers), ``/readyz`` (the database does), ``/metrics`` (Prometheus text)."""

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from pos_trace.core.errors import Unavailable
from pos_trace.store.lots import records_age
from pos_trace.store.models import OutboxMessage, PrintJob, Site
from pos_trace.web.shared.context import node
from pos_trace.web.shared.guard import public


def blueprint() -> Blueprint:
    """The three routes."""
    pages = Blueprint("health", __name__)
    pages.add_url_rule("/healthz", "healthz", healthz)
    pages.add_url_rule("/readyz", "readyz", readyz)
    pages.add_url_rule("/metrics", "metrics", metrics)
    return pages


@public
def healthz() -> dict[str, str]:
    """Alive."""
    return {"status": "ok", "role": node().role}


@public
def readyz() -> dict[str, str]:
    """Able to answer from its database; ``Unavailable`` (503) when it is not."""
    try:
        with node().db.read() as session:
            session.execute(select(Site.id).limit(1))
    except SQLAlchemyError as error:
        raise Unavailable("database_unavailable", "Máy chưa đọc được dữ liệu.") from error
    return {"status": "ok"}


@public
def metrics() -> Response:
    """Counts by state of what must not be lost, and how far the records were read; nothing of any stall."""
    registry = CollectorRegistry()
    with node().db.read() as session:
        for name, model in (("outbox_messages", OutboxMessage), ("print_jobs", PrintJob)):
            gauge = Gauge(f"pos_trace_{name}", f"{name} by state", ["state"], registry=registry)
            for state, count in session.execute(select(model.state, func.count()).group_by(model.state)):
                gauge.labels(state).set(count)
        read = Gauge("pos_trace_records_version", "how far the province's feed was read", registry=registry)
        read.set(records_age(session).version)
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
