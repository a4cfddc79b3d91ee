"""The client's RPC: `POST /rpc/<model>/<method>` with one JSON object, answered by `{"result": ...}`.

Callable are the methods listed here and those that a model marks `@exposed`; nothing else. A forbidden id
and a missing one give the same answer. Reading methods are in `rpc_read`, writing ones in `rpc_write`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Response

from kernel.addons import Assembly
from kernel.errors import MissingError, suggest
from kernel.http import rpc_read, rpc_write
from kernel.http.calls import Call
from kernel.http.casting import ArgumentError, cast_arguments
from kernel.http.failures import SessionError
from kernel.http.request import Request
from kernel.http.responses import json_response
from kernel.http.routes import Isolation, route
from kernel.http.wire import check_names, read_ids
from kernel.orm import Model
from kernel.orm.registry.declare import is_read_committed

METHODS: Mapping[str, Callable[[Call], Any]] = {**rpc_read.METHODS, **rpc_write.METHODS}


class UnknownMethodError(MissingError):
    """The model has no such method, or it is not exposed: one answer for both."""

    code = "unknown_method"


def isolation_of(assembly: Assembly, values: Mapping[str, Any]) -> Isolation:
    """READ COMMITTED for the methods that a model marks so: they lock before they read."""
    model = assembly.registry.models.get(values["model"])
    locks = model is not None and is_read_committed(model.cls, values["method"])
    return "read committed" if locks else "repeatable read"


@route("/rpc/<model>/<method>", methods=["POST"], auth="public", isolation=isolation_of)
def rpc(request: Request, model: str, method: str) -> Response:
    """Answer one call. Without a session only methods `@exposed(auth="public")` are there."""
    body = request.json
    if not isinstance(body, dict):
        raise ArgumentError("The body of a call is a JSON object.")
    known = METHODS.get(method)
    if known is not None:
        _need_session(request)
        return json_response({"result": known(Call.of(request.env, model, body))})
    return json_response({"result": call_exposed(request, model, method, body)})


def call_exposed(request: Request, model: str, method: str, body: Mapping[str, Any]) -> Any:
    """Call an exposed method on the records `ids` with `args`, cast by its annotations."""
    if request.session is None and not _is_public(request, model, method):
        raise SessionError("Log in first.")
    call = Call.of(request.env, model, body)
    function = _exposed(call.model.cls, method)
    if function is None:
        names = [name for name in dir(call.model.cls) if _exposed(call.model.cls, name)]
        raise UnknownMethodError(
            f'{call.model.name} has no method "{method}" that can be called.{suggest(method, [*METHODS, *names])}'
        )
    check_names(call.body, ("ids", "args"), method)
    arguments = call.body.get("args", {})
    if not isinstance(arguments, dict):
        raise ArgumentError("args: an object is needed.")
    records = call.visible(read_ids(call.body.get("ids", [])))
    result = getattr(records, method)(**cast_arguments(call.env, function, arguments))
    call.env.flush()
    return _plain(result)


def _need_session(request: Request) -> None:
    if request.session is None:
        raise SessionError("Log in first.")


def _is_public(request: Request, model: str, method: str) -> bool:
    info = request.env.registry.models.get(model)
    function = _exposed(info.cls, method) if info is not None else None
    return getattr(function, "__exposed__", "") == "public"


def _exposed(cls: type[Model], name: str) -> Callable[..., Any] | None:
    """The nearest declaration of a method that is marked; an override of it need not be marked again."""
    if name.startswith("_"):
        return None
    found = (base.__dict__.get(name) for base in cls.__mro__)
    return next((function for function in found if hasattr(function, "__exposed__")), None)


def _plain(result: Any) -> Any:
    """Records that a method returns become their ids and titles."""
    if isinstance(result, Model):
        return [{"id": record.id, "title": record.display_title} for record in result]
    return result
