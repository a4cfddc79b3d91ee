"""Health: `/health/live` says that the process answers, `/health/ready` that it can serve tenants."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from kernel.http.responses import json_response

FRESH = 1.0
Check = Callable[[], object]
"""Raises what is wrong; what it returns does not matter."""


class Health:
    """Answers the two probes."""

    def __init__(self, needed: Mapping[str, Check], wanted: Mapping[str, Check]) -> None:
        """`needed`: without these no tenant can be served. `wanted`: their failure is only shown."""
        self._needed = dict(needed)
        self._wanted = dict(wanted)
        self._known: tuple[float, dict[str, bool]] = (0.0, {})

    def respond(self, path: str) -> Response:
        """The answer to a probe."""
        if path == "/health/live":
            return json_response({"status": "live"})
        if path == "/health/ready":
            return self._ready()
        raise NotFound

    def _ready(self) -> Response:
        checks = self._checks()
        ready = all(checks[name] for name in self._needed)
        status = "ready" if ready else "unavailable"
        answer = {"status": status, "checks": {name: "ok" if ok else "failed" for name, ok in checks.items()}}
        return json_response(answer, 200 if ready else 503)

    def _checks(self) -> dict[str, bool]:
        """The results, at most a second old: anybody may ask, the database need not answer each time."""
        made, known = self._known
        if not known or time.monotonic() - made > FRESH:
            known = {name: _passes(check) for name, check in (*self._needed.items(), *self._wanted.items())}
            self._known = (time.monotonic(), known)
        return known


def _passes(check: Check) -> bool:
    try:
        check()
    except Exception:
        return False
    return True
