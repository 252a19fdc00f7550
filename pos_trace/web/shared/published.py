"""What openapi.json tells: every route with its body. The library loses some; here they are put back."""

import re
from typing import Final

from flask_openapi import APIBlueprint, OpenAPI

METHODS: Final = ("get", "put", "post", "delete", "patch")
PART: Final = re.compile(r"<(?:[^<>]+:)?([^<>:]+)>")
LIBRARYS_PART: Final = re.compile(r"<([^<:]+:)?")


def mount(app: OpenAPI, blueprint: APIBlueprint) -> None:
    """Register ``blueprint`` so that the document keeps

    - every method of a path that another blueprint serves too (the library keeps the last one's only);
    - the whole name of a path with a verb after an id (``/recalls/<recall_id>:end``).
    """
    shared = {path: item for path, item in app.paths.items() if path in blueprint.paths}
    app.register_api(blueprint)
    for path, item in shared.items():
        for method in METHODS:
            if getattr(app.paths[path], method) is None:
                setattr(app.paths[path], method, getattr(item, method))
    for rule in app.url_map.iter_rules():
        told = LIBRARYS_PART.sub("{", rule.rule).replace(">", "}")
        right = PART.sub(r"{\1}", rule.rule)
        if told != right and told in app.paths:
            app.paths[right] = app.paths.pop(told)
