"""Log lines are JSON objects with the request's id, tenant and user."""

import json
import logging

from kernel.log import JsonFormatter, RequestLog


def line_of(record: logging.LogRecord) -> dict[str, object]:
    found = json.loads(JsonFormatter().format(record))
    assert isinstance(found, dict)
    return found


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_each_line_of_a_request_carries_what_is_bound() -> None:
    logger, kept = logging.Logger("tenon.test"), Kept()
    logger.addHandler(kept)
    log = RequestLog(logger, {"request_id": "r1"})
    log.info("first")
    log.bind(tenant="demo", user=2)
    log.info("second", extra={"sql": 2})
    first, second = (line_of(record) for record in kept.records)
    assert first["request_id"] == "r1"
    assert "tenant" not in first
    assert (second["tenant"], second["user"], second["sql"], second["text"]) == ("demo", 2, 2, "second")


def test_an_error_is_one_line_with_its_traceback() -> None:
    logger, kept = logging.Logger("tenon.test"), Kept()
    logger.addHandler(kept)
    try:
        raise ValueError("broken\nthing")
    except ValueError:
        logger.exception("failed")
    text = JsonFormatter().format(kept.records[0])
    assert "\n" not in text
    assert "ValueError: broken" in str(json.loads(text)["error"])
