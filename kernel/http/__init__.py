"""HTTP: what an addon's `http.py` needs. `@route` functions take a Request and return a Response."""

from werkzeug.wrappers import Response

from kernel.http.request import Request
from kernel.http.routes import route

__all__ = ["Request", "Response", "route"]
