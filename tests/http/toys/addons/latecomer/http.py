"""One page."""

from __future__ import annotations

from kernel.http import Request, Response, route
from kernel.http.responses import json_response


@route("/latecomer/hello", auth="public")
def hello(request: Request) -> Response:
    return json_response({"hello": request.tenant.name})
