"""Every fault of an addon that is reported has its rule, and every rule is reported somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kernel.addons.rules import RULES
from tests.architecture.test_tree import python_files

WORDS = re.compile(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"')
VIEW_FAULT = re.compile(r'\.fault\(\s*"([a-z-]+)"')


def source(*folders: str) -> str:
    return "\n".join(path.read_text() for path in python_files(*folders) if path.name != "rules.py")


def given(*folders: str) -> Iterator[str]:
    """The rules of all calls of `findings.add`."""
    for path in python_files(*folders):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add":
                rules = [option.value for option in node.keywords if option.arg == "rule"]
                yield from (str(rule.value) for rule in rules if isinstance(rule, ast.Constant))


def test_rules_are_those_that_the_source_reports() -> None:
    views = {f"view-{rule}" for rule in VIEW_FAULT.findall(source("addons/web/compiler"))}
    reported = set(WORDS.findall(source("kernel", "addons"))) | views
    assert sorted(set(RULES) - reported) == []
    assert sorted({*given("kernel", "addons"), *views} - set(RULES)) == []


def test_rules_explain_themselves() -> None:
    for rule in RULES.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.id)
        assert rule.meaning.endswith(".")
        assert len(rule.meaning) < 120
