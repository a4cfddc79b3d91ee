"""The history of an addon's schema: its revisions, read without running them.

A revision is a file in `migrations/`. What the planner must know stands in it as constants, so it is read from
the syntax tree: `revision`, `down_revision`, and `requires = {"crm": "3f2a"}` for what must have happened in
other addons before; and what it does, as `steps.py` describes: PREPARE, UPGRADE and CLEAN. Instead of UPGRADE
it may have a function `upgrade()` that uses Alembic's `op`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from kernel.addons.findings import Findings, shown_path
from kernel.errors import MigrateError

PARTS: Final = ("PREPARE", "UPGRADE", "CLEAN")
"""What a revision may have, in the order in which it runs."""
KERNEL: Final = "tenon"
"""Name of the kernel's own history, first in every plan."""
HISTORY: Final = Path(__file__).parents[1] / "tenon" / "migrations"
"""The kernel's own revisions: the tables in schema `tenon` of every tenant."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One step of one addon's history."""

    addon: str
    id: str
    down: str
    path: Path
    requires: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    parts: frozenset[str] = frozenset()
    """Which of PREPARE, UPGRADE, CLEAN it has, and `upgrade` for a function of Alembic's."""

    @property
    def online(self) -> bool:
        """Whether something of it can happen while the tenant is served."""
        return not self.parts.isdisjoint(("PREPARE", "CLEAN"))

    @property
    def place(self) -> str:
        """Its file, as people name it."""
        return shown_path(self.path, self.path.parents[1])

    def __str__(self) -> str:
        return f"{self.addon}@{self.id}"


def read_revisions(addon: str, folder: Path, findings: Findings) -> tuple[Revision, ...]:
    """The revisions below `folder`, oldest first; a fork or a gap is a finding."""
    found: dict[str, Revision] = {}
    for path in sorted(folder.glob("*.py")):
        if path.name.startswith("_"):
            continue
        shown = shown_path(path, folder.parent)
        revision = _read(addon, path, shown, findings)
        if revision is None:
            continue
        if revision.id in found:
            other = found[revision.id].path.name
            findings.add(
                shown, 1, "revision", f'"{revision.id}" is the revision of {other} already', rule="migration-duplicate"
            )
        found[revision.id] = revision
    return _chain(found, folder, findings)


@cache
def kernel_history() -> tuple[Revision, ...]:
    """The revisions of the kernel's own tables."""
    findings = Findings()
    revisions = read_revisions(KERNEL, HISTORY, findings)
    findings.raise_if_any("The kernel's migrations have faults:", MigrateError)
    return revisions


def _read(addon: str, path: Path, shown: str, findings: Findings) -> Revision | None:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        findings.add(
            shown, getattr(error, "lineno", 0) or 0, "", f"is no valid Python: {error}", rule="migration-syntax"
        )
        return None
    values = _constants(tree)
    if not isinstance(values.get("revision"), str) or not values["revision"]:
        findings.add(shown, 1, "revision", 'is missing; write `revision = "..."`', rule="migration-missing-revision")
        return None
    down, requires = values.get("down_revision"), values.get("requires", {})
    if down is not None and not isinstance(down, str):
        findings.add(
            shown, 1, "down_revision", "must be one revision or None; histories are not merged", rule="migration-fork"
        )
        return None
    if not isinstance(requires, dict):
        findings.add(shown, 1, "requires", 'must be like {"crm": "3f2a"}', rule="migration-bad-requires")
        return None
    message = (ast.get_docstring(tree) or path.stem).splitlines()[0]
    return Revision(addon, values["revision"], down or "", path, requires, message, _parts(tree))


def _parts(tree: ast.Module) -> frozenset[str]:
    names = {target.id for node in tree.body for target in _targets(node) if target.id in PARTS}
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"}
    return frozenset(names | functions)


def _targets(node: ast.stmt) -> list[ast.Name]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target for target in targets if isinstance(target, ast.Name)]


def _constants(tree: ast.Module) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for node in tree.body:
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        if value is None:
            continue
        for target in _targets(node):
            try:
                values[target.id] = ast.literal_eval(value)
            except ValueError:
                continue
    return values


def _chain(found: Mapping[str, Revision], folder: Path, findings: Findings) -> tuple[Revision, ...]:
    followers: dict[str, list[Revision]] = {}
    for revision in found.values():
        followers.setdefault(revision.down, []).append(revision)
    chain: list[Revision] = []
    here = ""
    while here in followers:
        if len(followers[here]) > 1:
            names = " and ".join(revision.path.name for revision in followers[here])
            shown = shown_path(followers[here][1].path, folder.parent)
            findings.add(
                shown,
                1,
                "down_revision",
                f'{names} both follow "{here}"; put one after the other',
                rule="migration-fork",
            )
            return tuple(chain)
        chain.append(followers[here][0])
        here = chain[-1].id
    for revision in found.values():
        if revision not in chain:
            shown = shown_path(revision.path, folder.parent)
            findings.add(shown, 1, "down_revision", f'there is no revision "{revision.down}"', rule="migration-gap")
    return tuple(chain)


def sort_revisions(
    order: Sequence[str], histories: Mapping[str, Sequence[Revision]], new: Collection[str] = ()
) -> tuple[Revision, ...]:
    """All revisions in an order that keeps each history and every `requires`.

    `histories` holds what is still to be applied: a requirement that is not in it is met already. A revision was
    written for the revisions of other addons that it requires, not for those that came later, so it runs as
    soon as it may: those of dependants go first. What requires an addon that is `new` waits to the end, as its
    tables are made in between.
    """
    todo = {name: list(histories.get(name, ())) for name in order}
    pending = {(revision.addon, revision.id) for revisions in todo.values() for revision in revisions}
    done: list[Revision] = []
    while any(todo.values()):
        free = [
            name
            for name in reversed(order)
            if todo[name] and not any((other, id) in pending for other, id in todo[name][0].requires.items())
        ]
        early = [name for name in free if not todo[name][0].requires.keys() & {*new}]
        for name in (*early, *reversed(free)):
            done.append(todo[name].pop(0))
            pending.discard((done[-1].addon, done[-1].id))
            break
        else:
            stuck = " -> ".join(str(revisions[0]) for revisions in todo.values() if revisions)
            findings = Findings()
            findings.add(
                "migrations", 0, "requires", f"these revisions wait for each other: {stuck}", rule="migration-circular"
            )
            findings.raise_if_any("The migrations cannot be put in an order:")
    return tuple(done)
