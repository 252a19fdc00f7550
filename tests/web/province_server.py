"""A province's machine routes over real HTTP on loopback, on threads, as the application mounts them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module

from flask_openapi import Info, OpenAPI
from werkzeug.serving import make_server

from pos_trace.services.node import Node
from pos_trace.web.shared import context, guard, problems

MODULES = ("api_stations", "api_intake", "api_cases", "api_register", "api_faults")


def make_app(node: Node, clock: Callable[[], datetime], package: str = "province", names: tuple[str, ...] = MODULES):
    """The application with the named API modules of one role."""
    info = Info(title="test", version="1")
    answer = problems.of_validation
    app = OpenAPI("pos_trace.web", info=info, doc_prefix="/api/v1", validation_error_callback=answer)
    app.config.update(SECRET_KEY=b"k" * 32, MAX_CONTENT_LENGTH=16 * 2**20)
    app.extensions[context.EXTENSION] = context.Web(node, clock)
    problems.install(app)
    guard.install(app)
    for name in names:
        app.register_api(import_module(f"pos_trace.web.{package}.{name}").blueprint())
    return app


@contextmanager
def serving(app: OpenAPI) -> Iterator[str]:
    """Serve ``app`` on a free port; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
