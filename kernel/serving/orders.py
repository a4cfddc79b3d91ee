"""Orders to a server that runs: one line of JSON on its control socket, one line back when it is done."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from kernel.errors import ServeError
from kernel.serving.launcher import Launcher
from kernel.serving.place import Place


@dataclass(frozen=True, slots=True)
class Reload:
    """Take up the code that this launcher starts."""

    launcher: Launcher
    retire: bool = False
    """Let every older generation end, also one that tenants still need."""


def read_order(line: bytes) -> Reload:
    """ServeError for what is none."""
    try:
        raw = orjson.loads(line)
        return Reload(Launcher(tuple(raw["words"]), str(raw["python_path"])), bool(raw["retire"]))
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ServeError(f"The order is not understood: {error!r}.") from None


async def write_answer(writer: asyncio.StreamWriter, answer: dict[str, Any]) -> None:
    """One line; whoever asked may have gone."""
    with suppress(OSError):
        writer.write(orjson.dumps(answer) + b"\n")
        await writer.drain()
    writer.close()


def give_order(place: Place, order: Reload) -> dict[str, Any]:
    """Give the order and wait until it is carried out; ServeError with what the server says, or if there is none."""
    words = {"words": order.launcher.words, "python_path": order.launcher.python_path, "retire": order.retire}
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(place.control))
            line.sendall(orjson.dumps(words) + b"\n")
            with line.makefile("rb") as answers:
                said = answers.readline()
        except OSError:
            said = None
    if said is None:
        raise ServeError(
            f"No server runs here: nobody listens at {place.control}.",
            hint="`tenon serve` starts one. Data folder and port (--port, TENON_PORT) must be those of the server.",
        )
    answer: dict[str, Any] = orjson.loads(said) if said else {"error": "The server has ended.", "hint": ""}
    if "error" in answer:
        raise ServeError(answer["error"], hint=answer["hint"])
    return answer
