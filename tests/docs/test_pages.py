"""What pages say of commands, files, hooks and names is what the code has."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from dataclasses import fields as fields_of
from pathlib import Path

import pytest

import kernel.addons
import kernel.http
import kernel.orm
from addons.web.compiler.anchors import ROOTS
from addons.web.compiler.merge import CONTENT, OPERATIONS
from addons.web.compiler.shapes import ACTION, BUTTON, CARD, FILTER, GROUP, MENU, SECTION, TONES, VIEWS
from addons.web.compiler.takes import DATE_PARTS, ITEM
from kernel import testing
from kernel.addons import hookspecs
from kernel.addons.contents.datafiles import POLICIES
from kernel.addons.discovery import manifest
from kernel.addons.hooks import HookSpec
from kernel.config import Settings
from kernel.orm import Env, Model, fields
from kernel.orm.domains.operators import SPLIT
from kernel.orm.fields.base import Options
from kernel.orm.query.group import FUNCTIONS
from tests.docs.commands import exists, groups, parse
from tests.docs.conftest import ORM
from tests.docs.pages import DOCS, PAGES, ROOT, Block, blocks

AUTHORS = DOCS / "authors"
CLIENT = ROOT / "addons" / "web" / "client" / "src"
SHELL = [(block, line) for page in PAGES for block in blocks(page, "sh") for line in block.text.splitlines()]
CALLS = [pytest.param(line, id=f"{block} {line}") for block, line in SHELL if line.startswith("tenon ")]
TOML = [pytest.param(block, id=str(block)) for page in PAGES for block in blocks(page, "toml")]


def unmentioned(names: Iterable[str], *pages: Path) -> list[str]:
    """Names that the pages never show as code."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    code = "\n".join(re.findall(r"```.*?```|``[^\n]+?``|`[^`\n]+`", text, re.DOTALL))
    return [name for name in names if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code)]


# -- commands ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("line", CALLS)
def test_a_command_in_a_shell_block_can_be_called(line: str) -> None:
    parse(shlex.split(line, comments=True)[1:])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_command_in_a_text_exists(page: Path) -> None:
    calls = re.findall(r"`(tenon [^`\n]+)`", page.read_text(encoding="utf-8"))
    assert [call for call in calls if not exists(call)] == []


def test_a_command_in_a_hint_exists() -> None:
    """What errors advise, and what commands print."""
    found = re.compile(rf"\btenon (?:{'|'.join(groups())}) [a-z]+")
    calls = [
        (path.relative_to(ROOT).as_posix(), call)
        for folder in ("kernel", "cli", "addons", "examples")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "node_modules" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for call in found.findall(node.value)
    ]
    assert calls
    assert [(path, call) for path, call in calls if not exists(call)] == []


# -- files ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("block", TOML)
def test_a_toml_block_can_be_read(block: Block) -> None:
    assert tomllib.loads(block.text)


def test_the_settings_in_toml_blocks_exist() -> None:
    known = {item.name for item in fields_of(Settings)}
    for page in (DOCS / "integrators").glob("*.md"):
        assert {key for block in blocks(page, "toml") for key in tomllib.loads(block.text)} <= known


def test_no_setting_lacks_in_the_manifest_chapter() -> None:
    assert unmentioned([*manifest._TEXTS, *manifest._LISTS], AUTHORS / "manifest.md") == []
    assert unmentioned(POLICIES, AUTHORS / "data.md") == []


def test_every_key_of_view_files_is_described() -> None:
    shapes = (*VIEWS.values(), ACTION, MENU, BUTTON, SECTION, FILTER, GROUP, CARD)
    keys = {key for shape in shapes for key in shape.keys} | set(ITEM)
    words = {*keys, *OPERATIONS, *CONTENT, *ROOTS, *TONES, *DATE_PARTS}
    assert unmentioned(sorted(words), AUTHORS / "views.md") == []


# -- hooks ---------------------------------------------------------------------------------------------------
def specs() -> list[HookSpec[..., object]]:
    return [value for value in vars(hookspecs).values() if isinstance(value, HookSpec)]


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_every_hook_has_its_section_with_signature_and_example(spec: HookSpec[..., object]) -> None:
    page = AUTHORS / "hooks.md"
    section = page.read_text(encoding="utf-8").partition(f"\n## `{spec.name}`\n")[2].partition("\n## ")[0]
    signature = str(inspect.signature(spec.function)).replace("'", "")
    assert section.lstrip().startswith(f"`{spec.name}{signature}`")
    assert f"@hookimpl\ndef {spec.name}(" in section


# -- names ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("module", [kernel.orm, kernel.addons, kernel.http, fields], ids=lambda module: module.__name__)
def test_every_public_name_is_mentioned(module: object) -> None:
    assert unmentioned(module.__all__, *AUTHORS.rglob("*.md")) == []  # type: ignore[attr-defined]


def test_every_fixture_of_the_plugin_is_mentioned() -> None:
    fixtures = [name for name, value in vars(testing).items() if type(value).__name__ == "FixtureFunctionDefinition"]
    assert len(fixtures) > 10
    assert unmentioned([*fixtures, "Web", "RpcError", "QueryCount"], AUTHORS / "testing.md") == []


def test_what_recordsets_fields_and_the_env_offer_is_mentioned() -> None:
    assert unmentioned([name for name in vars(Model) if not name.startswith("_")], *ORM) == []
    options = [*Options.__annotations__, "nullable", "digits", "currency", "ondelete", "inverse"]
    assert unmentioned(options, AUTHORS / "orm" / "fields.md") == []
    assert unmentioned([*SPLIT, "any", "not any"], AUTHORS / "orm" / "finding.md") == []
    assert unmentioned(FUNCTIONS, AUTHORS / "orm" / "grouping.md") == []
    env = {name for name, value in vars(Env).items() if not name.startswith("_")}
    internal = {
        *("open", "variables", "records", "may", "rule", "readable", "satisfying", "view", "search_terms"),
        *("hidden_names", "hides", "grant", "changeable", "over", "sees_all"),
    }
    assert unmentioned(sorted(env - internal), *ORM) == []


@pytest.mark.parametrize("floor", ["orm", "addons"])
def test_every_module_is_on_the_map(floor: str) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    begin = page.index(f"The rooms of `kernel/{floor}/`")
    table = page[begin:].split("\n\n", 2)[1]
    rooms = dict(re.findall(rf"^\| `(?:kernel/{floor}/)?(\w*)/?`[^|]*\| (.*) \|$", table, re.MULTILINE))
    folder = ROOT / "kernel" / floor
    paths = [
        path
        for path in folder.rglob("*.py")
        if path.stem != "__init__" and path.relative_to(folder).parts[0] not in NOT_LISTED
    ]
    room_of = {path: "" if path.parent == folder else path.parent.name for path in paths}
    missing = [path for path in paths if f"`{path.stem}`" not in rooms.get(room_of[path], "")]
    assert [str(path.relative_to(folder)) for path in sorted(missing)] == []


NOT_LISTED = ("fields", "tenon")
"""Folders whose files are told by their names: one per family of types; the kernel's own revisions."""


# -- the client ----------------------------------------------------------------------------------------------
def test_every_keyboard_shortcut_is_described() -> None:
    found = re.compile(r"keys: '[^']+', label: '([^']+)'")
    labels = {label for path in CLIENT.rglob("*.ts*") for label in found.findall(path.read_text(encoding="utf-8"))}
    text = (DOCS / "users.md").read_text(encoding="utf-8")
    assert len(labels) > 10
    assert [label for label in sorted(labels) if label not in text] == []


def test_what_addons_import_from_the_client_is_described() -> None:
    exports = (CLIENT / "tenon-web.ts").read_text(encoding="utf-8")
    names = re.findall(r"^export (?:const )?(?:\{ )?([\w, ]+?) ?(?:\}|=|;)", exports, re.MULTILINE)
    wanted = [name.strip() for part in names for name in part.split(",")]
    assert {"registry", "html", "rpc"} <= set(wanted)
    assert unmentioned(wanted, AUTHORS / "client.md") == []
    props = re.findall(r"^  (\w+)\??:", (CLIENT / "widgets" / "types.ts").read_text().partition("}")[0], re.MULTILINE)
    assert unmentioned(props, AUTHORS / "client.md") == []


def test_every_icon_is_listed() -> None:
    source = (CLIENT / "shell" / "icons.tsx").read_text().partition("> = {")[2].partition("};")[0]
    names = re.findall(r"(?:'([a-z-]+)'|\b([a-z]+)): [A-Z]", source)
    icons = [quoted or plain for quoted, plain in names]
    assert len(icons) > 20
    assert unmentioned(icons, AUTHORS / "views.md") == []


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
@pytest.mark.parametrize("block", blocks(AUTHORS / "client.md", "js"), ids=str)
def test_a_client_module_is_valid(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "main.mjs"
    path.write_text(block.text)
    done = subprocess.run(["node", "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
