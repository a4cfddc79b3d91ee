"""What pages say of commands, files, hooks, names and keys is what the code has."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pytest

import kernel.addons
import kernel.http
import kernel.orm
from addons.web.compiler.merge import CONTENT, OPERATIONS
from addons.web.compiler.shapes import ACTION, BUTTON, CARD, FILTER, GROUP, MENU, SECTION, TONES, VIEWS
from addons.web.compiler.takes import DATE_PARTS, ITEM
from cli.main import root
from kernel import testing
from kernel.addons import hookspecs
from kernel.addons.datafiles import POLICIES
from kernel.addons.hooks import HookSpec
from kernel.addons.manifest import _LISTS, _TEXTS
from kernel.config import Settings
from kernel.orm import Env, Model, fields
from kernel.orm.fields.base import Options
from kernel.orm.operators import SPLIT
from kernel.orm.query.group import FUNCTIONS
from tests.docs.pages import DOCS, PAGES, ROOT, Block, blocks

AUTHORS = DOCS / "authors"
CLIENT = ROOT / "addons" / "web" / "client" / "src"


def unmentioned(page: Path | str, names: Iterable[str]) -> list[str]:
    """Names that a page never shows as code."""
    text = page if isinstance(page, str) else page.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    return [name for name in names if not re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", code)]


# -- commands ------------------------------------------------------------------------------------------------
def shell_lines() -> Iterator[tuple[Block, str]]:
    for page in PAGES:
        for block in blocks(page, "sh"):
            for line in block.text.replace("\\\n", " ").splitlines():
                if line.startswith("tenon "):
                    yield block, line


@pytest.mark.parametrize(("block", "line"), [pytest.param(b, s, id=f"{b} {s}") for b, s in shell_lines()])
def test_a_command_in_a_shell_block_can_be_called(block: Block, line: str) -> None:
    parse(shlex.split(line, comments=True)[1:])


def parse(words: list[str]) -> None:
    """Parse a call of `tenon` as click does; nothing is run."""
    command: click.Command = root
    context: click.Context | None = None
    while True:
        try:
            context = command.make_context(command.name or "tenon", list(words), parent=context)
        except click.exceptions.Exit:  # --version, --help
            return
        words = [*context._protected_args, *context.args]
        if not isinstance(command, click.Group) or not words:
            return
        _, found, words = command.resolve_command(context, words)
        assert found is not None
        command = found


def named_commands(text: str) -> Iterator[str]:
    return re.finditer_texts(text) if hasattr(re, "finditer_texts") else iter(re.findall(r"`(tenon [^`\n]+)`", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_command_in_a_text_exists(page: Path) -> None:
    wrong = [call for call in re.findall(r"`(tenon [^`\n]+)`", page.read_text(encoding="utf-8")) if not exists(call)]
    assert wrong == []


def test_a_command_in_a_hint_exists() -> None:
    """Hints of errors, and what commands print."""
    groups = "|".join(name for name in root.commands_by_name() if isinstance(root.commands_by_name()[name], click.Group))
    wrong = [
        f"{path.relative_to(ROOT)}: {call}"
        for folder in ("kernel", "cli", "addons", "examples")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "node_modules" not in path.parts
        for text in texts_of(path)
        for call in re.findall(rf"\btenon (?:{groups}) [a-z]+", text)
        if not exists(call)
    ]
    assert wrong == []


def texts_of(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def exists(call: str) -> bool:
    """Whether the words of a call in small letters are commands, and its options theirs."""
    command: click.Command = root
    for word in call.replace("[", " ").replace("]", " ").split()[1:]:
        options = {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | {"--help"}
        if word.startswith("-"):
            if word.split("=")[0] not in options:
                return False
        elif isinstance(command, click.Group):
            if word == "..." or word.isupper() or "/" in word:
                continue
            found = command.get_command(click.Context(command), word)
            if found is None:
                return False
            command = found
    return True
