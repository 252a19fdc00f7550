"""The factory: one node and its Flask application; the two roles differ by the two lists below."""

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_openapi import APIBlueprint, Info, OpenAPI
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine

from pos_trace import settings as configuration
from pos_trace.core.errors import Misconfigured
from pos_trace.hardware import transports
from pos_trace.runtime.attaching import attach
from pos_trace.runtime.beats import Beats, node_beats, province_beats, station_beats
from pos_trace.runtime.children import Children, PageDrawer, PhotoReader
from pos_trace.runtime.leader import Leader
from pos_trace.runtime.link import ProvinceLink
from pos_trace.runtime.outbox_worker import OutboxWorker
from pos_trace.runtime.own_register import OwnRegister
from pos_trace.runtime.printing_worker import PrintingWorker
from pos_trace.runtime.server import Worker, bind, serve
from pos_trace.services import snapshots
from pos_trace.services.node import Node, Ports
from pos_trace.settings import Settings
from pos_trace.store import migrations
from pos_trace.store.base import Base
from pos_trace.store.database import Database
from pos_trace.store.files import Files
from pos_trace.web.shared import context, guard, language, problems, public, published, wire

LOG = logging.getLogger(__name__)
MEGABYTE = 2**20
BOTH = ("pos_trace.web.shared.login", "pos_trace.web.shared.public", "pos_trace.web.shared.health")
BLUEPRINTS: dict[str, tuple[str, ...]] = {
    "station": (
        *BOTH,
        "pos_trace.web.station.api_scans",
        "pos_trace.web.station.api_receiving",
        "pos_trace.web.station.api_papers",
        "pos_trace.web.station.api_suppliers",
        "pos_trace.web.station.api_sales",
        "pos_trace.web.station.api_cards",
        "pos_trace.web.station.pages_selling",
        "pos_trace.web.station.api_stock",
        "pos_trace.web.station.api_transfers",
        "pos_trace.web.station.pages_transfers",
        "pos_trace.web.station.api_handing",
        "pos_trace.web.station.pages_stock",
        "pos_trace.web.station.api_printing",
        "pos_trace.web.station.api_cases",
        "pos_trace.web.station.api_trust",
        "pos_trace.web.station.api_private",
        "pos_trace.web.station.pages_private",
        "pos_trace.web.station.api_devices",
        "pos_trace.web.station.pages",
        "pos_trace.web.station.pages_owner",
        "pos_trace.web.station.pages_receiving",
        "pos_trace.web.station.api_market",
        "pos_trace.web.station.pages_market",
        "pos_trace.web.station.api_first_days",
        "pos_trace.web.station.pages_first_days",
    ),
    "province": (
        *BOTH,
        "pos_trace.web.province.api_stations",
        "pos_trace.web.province.api_intake",
        "pos_trace.web.province.api_cases",
        "pos_trace.web.province.api_desk",
        "pos_trace.web.province.api_register",
        "pos_trace.web.province.api_desk_checks",
        "pos_trace.web.province.pages_desk_checks",
        "pos_trace.web.province.pages_doubts",
        "pos_trace.web.province.api_ranges",
        "pos_trace.web.province.api_lot_files",
        "pos_trace.web.province.pages_register",
        "pos_trace.web.province.pages",
    ),
}
DEMO_BLUEPRINTS: dict[str, tuple[str, ...]] = {"station": (), "province": ("pos_trace.web.province.api_faults",)}


class SharedEngine(SQLAlchemy):
    """Flask-SQLAlchemy on the engine ``store.database`` already made: there is only one."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(model_class=Base)
        self._shared = engine

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return self._shared


def utc_now() -> datetime:
    """The clock of a running node."""
    return datetime.now(UTC)


def build_node(settings: Settings, children: Children | None) -> Node:
    """The node of ``settings``: data folder, migrated database, rules, and the ports its role has."""
    folder = settings.node.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    migrations.upgrade(database, backup_to=folder / "backups")
    link = ProvinceLink(database, settings.node.id, settings.province, utc_now)
    found = attach(configuration.sources(settings), link, utc_now, os.environ)
    outside: dict[str, dict[str, Any]] = {
        "station": {"sources": found.sources, "feed": found.feed, "department": found.department},
        "province": {"sources": (OwnRegister(database, utc_now),)},
    }
    ports = Ports(
        **outside[settings.node.role],
        photos=PhotoReader(children, settings.children.decode_deadline_s) if children else None,
        drawer=PageDrawer(children, settings.children.draw_deadline_s) if children else None,
        transport=transports.open_transport,
    )
    return Node(
        id=settings.node.id,
        role=settings.node.role,
        db=database,
        files=Files(folder / "files"),
        policy=configuration.policy(settings),
        ports=ports,
        public_base_url=settings.public.base_url or None,
        former_base_urls=settings.public.former_base_urls,
        demo=settings.node.demo,
        signing_key=signing_key(folder / "node.key"),
    )


def signing_key(path: Path) -> bytes:
    """The node's Ed25519 key, 32 bytes, made at first start in a file only the owner may read."""
    if not path.exists():
        fresh = Ed25519PrivateKey.generate().private_bytes_raw()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(fresh)
    key = path.read_bytes()
    if len(key) != 32:
        raise Misconfigured("bad_key", f"{path}: khóa của máy phải dài 32 byte.")
    return key


def create_app(settings: Settings, node: Node, clock: Callable[[], datetime] = utc_now) -> OpenAPI:
    """The Flask application of ``node``: shared guard and problems, then the role's blueprints."""
    app = OpenAPI(
        "pos_trace.web",
        info=Info(title=f"pos_trace {settings.node.role}", version="1"),
        doc_prefix="/api/v1",
        validation_error_callback=problems.of_validation,
        static_folder="static",
        template_folder="templates",
    )
    app.config.update(
        SECRET_KEY=node.signing_key,
        MAX_CONTENT_LENGTH=13 * MEGABYTE,
        SESSION_COOKIE_NAME="pt_csrf",
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.server.secure_cookies,
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
        SQLALCHEMY_DATABASE_URI=str(node.db.engine.url),
    )
    app.json = wire.Wire(app)
    app.extensions[context.EXTENSION] = context.Web(node, clock, settings.server.secure_cookies)
    shared = SharedEngine(node.db.engine)
    shared.init_app(app)
    Migrate(app, shared, directory=str(Path(migrations.__file__).parent))
    Bootstrap5(app)
    Babel(app, locale_selector=language.chosen)
    language.install(app, settings.server.secure_cookies)
    problems.install(app)
    guard.install(app)
    faults = DEMO_BLUEPRINTS[settings.node.role] if settings.node.demo else ()
    for name in (*BLUEPRINTS[settings.node.role], *faults):
        blueprint = import_module(name).blueprint()
        if isinstance(blueprint, APIBlueprint):
            published.mount(app, blueprint)
        else:
            app.register_blueprint(blueprint)
    tries = public.limiter()
    tries.init_app(app)
    for view, rate in public.LIMITS.items():
        app.view_functions[view] = tries.limit(rate)(getattr(public, view.rpartition(".")[2]))
    return app


def workers(settings: Settings, node: Node) -> list[Worker]:
    """What runs beside the server: a station prints, reports and follows its clocks; a province tidies up."""
    if not settings.beats.enabled:
        return []
    pace = settings.beats
    own = node_beats(node, utc_now, settings.node.data_dir / "backups")
    by_role: dict[str, list[Worker]] = {
        "station": [
            PrintingWorker(node, utc_now),
            OutboxWorker(node, utc_now, pace.outbox_s),
            Beats([*own, *station_beats(node, utc_now, pace)]),
        ],
        "province": [Beats([*own, *province_beats(node, utc_now, pace)])],
    }
    return [Leader(settings.node.data_dir / "leader.lock", by_role[settings.node.role])]


def run_node(settings: Settings, ready: Callable[[int], None]) -> None:
    """Serve ``settings`` until told to stop: children, node, application, workers, then the way back."""
    children = Children(settings.children.count)
    node = build_node(settings, children)
    try:
        if (wrong := snapshots.check_file(node, utc_now())) is not None:
            LOG.warning(wrong)
        application = create_app(settings, node)
        told = settings.server
        server = bind(application, told.host, told.port, told.threads, told.trusted_proxy)
        serve(server, workers(settings, node), ready)
    finally:
        children.close()
        node.db.close()
