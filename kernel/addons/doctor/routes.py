"""Checks of an addon's routes, read from the syntax of `http.py` so that they need neither import nor server."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kernel.addons.discovery.manifest import Manifest
from kernel.addons.findings import Findings, shown_path
from kernel.errors import suggest

OPTIONS: Final = ("path", "methods", "auth", "csrf", "isolation", "max_body")
AUTH: Final = ("user", "public", "none")
_VALUE: Final = re.compile(r"<(?:[^:<>]*:)?([^<>]*)>")


@dataclass(frozen=True, slots=True)
class _Route:
    path: str
    methods: tuple[str, ...]
    function: ast.FunctionDef
    call: ast.Call
    shown: str


def check_routes(manifest: Manifest, findings: Findings) -> None:
    """Paths below the addon's own, each once; who may call said; handlers that take what the path gives."""
    seen: dict[tuple[str, str], _Route] = {}
    for route in _routes(manifest.path):
        _check_path(manifest, route, findings)
        _check_options(route, findings)
        _check_handler(route, findings)
        for method in route.methods:
            first = seen.setdefault((_VALUE.sub("<>", route.path.rstrip("/")), method), route)
            if first is not route:
                text = f'"{method} {route.path}" is answered at {first.shown}:{first.call.lineno} already'
                findings.add(route.shown, route.call.lineno, route.function.name, text, rule="route-twice")


def _routes(folder: Path) -> Iterator[_Route]:
    files = [folder / "http.py", *sorted((folder / "http").glob("*.py"))]
    for path in files:
        if not path.is_file():
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError):
            continue  # told by the import
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                yield from _of_function(node, shown_path(path, folder))


def _of_function(node: ast.FunctionDef, shown: str) -> Iterator[_Route]:
    for call in node.decorator_list:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "route":
            path = call.args[0] if call.args else None
            if isinstance(path, ast.Constant) and isinstance(path.value, str):
                yield _Route(path.value, _methods(call), node, call, shown)


def _methods(call: ast.Call) -> tuple[str, ...]:
    for option in call.keywords:
        if option.arg == "methods":
            try:
                return tuple(str(method).upper() for method in ast.literal_eval(option.value))
            except ValueError:
                return ()
    return ("GET",)


def _check_path(manifest: Manifest, route: _Route, findings: Findings) -> None:
    allowed = (f"/{manifest.name}", *manifest.paths)
    if not any(route.path == path or (path != "/" and route.path.startswith(f"{path}/")) for path in allowed):
        text = f'"{route.path}" is not below /{manifest.name}'
        hint = f'Begin it so, or claim the place in {manifest.shown}: paths = ["{_first(route.path)}"].'
        findings.add(route.shown, route.call.lineno, route.function.name, text, rule="route-outside-addon", hint=hint)


def _first(path: str) -> str:
    return "/" + path.lstrip("/").partition("/")[0]


def _check_options(route: _Route, findings: Findings) -> None:
    given = {option.arg: option.value for option in route.call.keywords if option.arg}
    for name, value in given.items():
        if name not in OPTIONS:
            text = f'@route has no option "{name}".{suggest(name, OPTIONS)}'
            findings.add(route.shown, value.lineno, route.function.name, text, rule="route-bad-option")
    auth = given.get("auth")
    if auth is None:
        text = "does not say who may call it"
        hint = 'Write auth="user" (that is what holds now), "public" or "none".'
        findings.add(route.shown, route.call.lineno, route.function.name, text, rule="route-without-auth", hint=hint)
    elif isinstance(auth, ast.Constant) and auth.value not in AUTH:
        text = f"auth={auth.value!r} is none of {', '.join(AUTH)}.{suggest(str(auth.value), AUTH)}"
        findings.add(route.shown, auth.lineno, route.function.name, text, rule="route-bad-option")


def _check_handler(route: _Route, findings: Findings) -> None:
    """The function takes the request and the values of its path, by name."""
    arguments = route.function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    by_name = [*names[1:], *(argument.arg for argument in arguments.kwonlyargs)]
    values = _VALUE.findall(route.path)
    place = (route.shown, route.function.lineno, route.function.name)
    if not names and arguments.vararg is None:
        findings.add(*place, "does not take the request", rule="route-wrong-arguments")
        return
    for value in values:
        if value not in by_name and arguments.kwarg is None:
            text = f'does not take "{value}", which "{route.path}" gives.{suggest(value, by_name)}'
            findings.add(*place, text, rule="route-wrong-arguments")
    for name in _needed(arguments, names):
        if name not in values:
            text = f'needs "{name}", which "{route.path}" does not give.{suggest(name, values)}'
            findings.add(*place, text, rule="route-wrong-arguments")


def _needed(arguments: ast.arguments, names: Sequence[str]) -> list[str]:
    """Arguments behind the request that have no default."""
    plain = names[1 : len(names) - len(arguments.defaults)]
    keyword = [
        argument.arg
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    return [*plain, *keyword]
