"""Health: `/health/live` says that the process answers, `/health/ready` that it can serve tenants."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from kernel.http.responses import json_response

Check = Callable[[], object]
"""Raises what is wrong; what it returns does not matter."""


class Health:
    """Answers the two probes. While draining, the process is alive but not ready."""

    def __init__(self, needed: Mapping[str, Check], wanted: Mapping[str, Check]) -> None:
        """`needed`: without these no tenant can be served. `wanted`: their failure is only shown."""
        self._needed = dict(needed)
        self._wanted = dict(wanted)
        self.draining = False

    def respond(self, path: str) -> Response:
        """The answer to a probe."""
        if path == "/health/live":
            return json_response({"status": "live"})
        if path == "/health/ready":
            return self._ready()
        raise NotFound

    def _ready(self) -> Response:
        checks = {name: _passes(check) for name, check in (*self._needed.items(), *self._wanted.items())}
        ready = not self.draining and all(checks[name] for name in self._needed)
        status = "draining" if self.draining else "ready" if ready else "unavailable"
        answer = {"status": status, "checks": {name: "ok" if ok else "failed" for name, ok in checks.items()}}
        return json_response(answer, 200 if ready else 503)


def _passes(check: Check) -> bool:
    try:
        check()
    except Exception:
        return False
    return True
