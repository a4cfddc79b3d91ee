"""Structured logs: one JSON object per line, with tenant, user, request id, SQL count and time."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

FIELDS = "tenon"
"""The attribute of a log record that holds its structured fields."""


class JsonFormatter(logging.Formatter):
    """Renders a log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": record.getMessage(),
        }
        line.update(getattr(record, FIELDS, {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = "".join(traceback.format_exception(record.exc_info[1]))
        return orjson.dumps(line, default=str).decode()


class RequestLog(logging.LoggerAdapter[logging.Logger]):
    """A logger that writes the request's id, tenant and user into each of its lines."""

    def __init__(self, logger: logging.Logger, fields: Mapping[str, Any]) -> None:
        super().__init__(logger, dict(fields))

    def bind(self, **fields: Any) -> None:
        """Add fields to all lines from now on."""
        self.extra = {**(self.extra or {}), **fields}

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Put the fields where the formatter looks for them."""
        given = kwargs.pop("extra", None) or {}
        kwargs["extra"] = {FIELDS: {**(self.extra or {}), **given}}
        return msg, kwargs


def configure_logging(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send the process's log lines to `stream` (standard error) as JSON."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
