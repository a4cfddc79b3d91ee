"""The page that the client runs in: import map, style sheets, boot data; or why there is no client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from addons.web.boot import addon_modules, boot_data
from kernel.http import Request, Response
from kernel.http.responses import script_json

FOLDER: Final = "client"
MANIFEST: Final = Path(__file__).parent / "static" / FOLDER / "web-manifest.json"
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


def shell(request: Request) -> Response:
    """The client's page, or one that says how to build the client."""
    place = page_language(request)
    if not MANIFEST.is_file():
        return request.render("web/unbuilt.html", place, status=503)
    built = json.loads(MANIFEST.read_text(encoding="utf-8"))
    boot = boot_data(request)

    def url(path: str) -> str:
        return request.static("web", f"{FOLDER}/{path.lstrip('/')}")

    values: dict[str, Any] = {
        **place,
        "title": boot["tenant"]["title"],
        "import_map": Markup(script_json({"imports": {k: url(v) for k, v in built["imports"].items()}})),  # noqa: S704
        "styles": [url(path) for path in built["css"]],
        "modules": [module["url"] for module in addon_modules(request)],
        "main": url(built["main"]),
        "boot": Markup(script_json(boot)),  # noqa: S704
    }
    return request.render("web/shell.html", values)


def page_language(request: Request) -> dict[str, str]:
    """Language and direction of a page."""
    language = request.env.language
    return {"language": language, "direction": "rtl" if language[:2] in RIGHT_TO_LEFT else "ltr"}
