"""The documentation says what there is: every error code, setting and command, and no link leads nowhere."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click

from cli.main import root
from kernel.config import Settings
from kernel.errors import all_codes

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def test_every_error_code_has_its_section_and_no_section_is_left_over() -> None:
    sections = set(re.findall(r"^## `([a-z_]+)`$", (DOCS / "errors.md").read_text(), re.MULTILINE))
    assert sections == set(all_codes()) | codes_in_source()


def test_every_setting_is_documented() -> None:
    text = (DOCS / "configuration.md").read_text()
    missing = [item.name for item in fields(Settings) if f"`{item.name}`" not in text]
    assert missing == []


def test_every_command_is_documented() -> None:
    text = (DOCS / "integrators.md").read_text()
    missing = [command for command in _commands(root, "tenon") if f"`{command}" not in text]
    assert missing == []


def _commands(group: click.Command, path: str) -> list[str]:
    if not isinstance(group, click.Group):
        return [path]
    context = click.Context(group)
    found: list[str] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if not command.hidden:
            found += _commands(command, f"{path} {name}")
    return found


def test_no_link_of_the_documentation_leads_nowhere() -> None:
    broken = []
    for page in (ROOT / "README.md", *DOCS.rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if not target.startswith(("http", "mailto")) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_no_link_leads_to_a_heading_that_is_not_there() -> None:
    pages = (ROOT / "README.md", *DOCS.rglob("*.md"))
    anchors = {page.resolve(): set(map(_anchor, _headings(page))) for page in pages}
    broken = [
        f"{page.relative_to(ROOT)}: {target}#{anchor}"
        for page in pages
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text())
        if anchor not in anchors.get((page.parent / target).resolve() if target else page.resolve(), {anchor})
    ]
    assert broken == []


def _headings(page: Path) -> list[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def _anchor(heading: str) -> str:
    """The name by which a heading is linked to: small letters, dashes for blanks, no other signs."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def codes_in_source() -> set[str]:
    """Codes given where an error is raised, beside those of the classes."""
    return {
        code
        for folder in ("kernel", "addons", "cli")
        for path in (ROOT / folder).rglob("*.py")
        for code in re.findall(r'\bcode="([a-z_]+)"', path.read_text())
    }
