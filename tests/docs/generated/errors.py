"""Error codes: their classes and statuses, as the code has them.

A code belongs to the class that declares it, or to the place that gives it (`raise BusyError(..., code="locked")`).
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from kernel.errors import DeveloperError, TenonError, UserError, all_codes
from tests.docs.generated.docstrings import first_line
from tests.docs.pages import DOCS, ROOT

OF_HTTP: Final = {
    "bad_request": 400,
    "not_found": 404,
    "method": 405,
    "too_large": 413,
    "media_type": 415,
    "internal": 500,
}
"""Codes of answers that no error class stands for: `kernel/http/failures.py`."""
_HEADING: Final = re.compile(r"^(## `(\w+)`\n)(?:HTTP \d+[^\n]*\n)?\n*", re.MULTILINE)


@dataclass(frozen=True)
class Code:
    """An error code: the status over HTTP, the class that is raised, and what its docstring says of the code."""

    name: str
    status: int
    raised: type[TenonError] | None
    meaning: str = ""

    @property
    def line(self) -> str:
        """What stands under the heading of its section: ``HTTP 422, `ValidationError`. A value breaks ...``."""
        who = f", `{self.raised.__name__}`" if self.raised else ""
        return f"HTTP {self.answer}{who}. {self.meaning}".strip()

    @property
    def answer(self) -> str:
        """The status; faults of addons and of the configuration are answered like any other fault of the server."""
        told = self.raised is None or (issubclass(self.raised, (UserError, DeveloperError)) and self.status != 500)
        return str(self.status) if told else "500, as `internal`"

    @property
    def place(self) -> str:
        """The class, with its module where that is not `kernel.errors`."""
        if self.raised is None:
            return "by the server"
        module = self.raised.__module__
        return f"`{self.raised.__name__}`" if module == TenonError.__module__ else f"`{module}.{self.raised.__name__}`"


@cache
def error_codes() -> Mapping[str, Code]:
    """Every code that can be met, by name."""
    places = list(_given())
    for module in _modules_with_errors():
        importlib.import_module(module)
    owners = {code: cls for code, cls in all_codes().items() if "code" in vars(cls)} | {
        cls.code: cls for cls in _classes(TenonError) if "code" in vars(cls)
    }
    by_name = {cls.__name__: cls for cls in _classes(TenonError)}
    found = {name: Code(name, cls.status, cls, first_line(cls)) for name, cls in owners.items()}
    for name, raised in places:
        cls = by_name[raised]
        found.setdefault(name, Code(name, cls.status, cls))
    return found | {name: Code(name, status, None) for name, status in OF_HTTP.items()}


def code_table() -> str:
    """One row per code, in the order of the sections."""
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    rows = ["| Code | HTTP | Raised as |", "| --- | --- | --- |"]
    for name in re.findall(r"^## `(\w+)`$", text, re.MULTILINE):
        code = error_codes()[name]
        rows.append(f"| [`{name}`](#{name}) | {code.answer} | {code.place} |")
    return "\n".join(rows)


def with_statuses(text: str) -> str:
    """The page with the line under each heading written anew."""
    return _HEADING.sub(lambda found: f"{found[1]}{error_codes()[found[2]].line}\n\n", text)


def _classes(cls: type[TenonError]) -> Iterator[type[TenonError]]:
    yield cls
    for child in cls.__subclasses__():
        yield from _classes(child)


def _sources() -> Iterator[tuple[str, str]]:
    """Module name and text of every Python file of the product."""
    for folder in ("kernel", "addons", "cli"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts and "tests" not in path.parts:
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path.read_text(encoding="utf-8")


def _modules_with_errors() -> list[str]:
    return [module for module, text in _sources() if re.search(r"^class \w+Error\(", text, re.MULTILINE)]


def _given() -> Iterator[tuple[str, str]]:
    """Codes that are given where an error is raised, with the name of its class."""
    for _module, text in _sources():
        for node in ast.walk(ast.parse(text)) if 'code="' in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Error"):
                for keyword in node.keywords:
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                        yield str(keyword.value.value), node.func.id
