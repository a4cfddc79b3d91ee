"""Reading an addon's revisions before anybody runs them: what would break a tenant, or keep it waiting for long.

An author overrules a finding with its reason, on the line of the step or above it:

    # lint: allow migration-index-locks because the table has a few rows in every tenant
    "CREATE INDEX card_level_idx ON cards.card (level)",
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kernel.addons.findings import Findings
from kernel.addons.migrations.lint_checks import NEUTRAL, Fault, Known, foreign_faults, lock_faults, online_faults
from kernel.addons.migrations.parts import load_parts
from kernel.addons.migrations.revisions import PARTS, Revision
from kernel.addons.migrations.running import ALEMBIC
from kernel.addons.migrations.sql import EVERYTHING, UnreadableError, inner_statements, parse, tables_of, texts_of
from kernel.addons.migrations.steps import Fill, FillInPython, Step, describe
from kernel.addons.rules import RULES
from kernel.errors import MigrateError, suggest

_ALLOW: Final = re.compile(r"#\s*lint:\s*allow\s+([\w-]+)(?:\s+because\s+(\S.*))?")


def lint_revisions(addon: str, revisions: Iterable[Revision], findings: Findings) -> None:
    """Note what is wrong with the revisions of an addon, oldest first. No database is asked."""
    known = Known(addon)
    required: set[str] = set()
    for revision in revisions:
        required |= revision.requires.keys()
        _Lint(revision, known, findings).run(required)


def check_requires(
    revisions: Iterable[Revision], histories: Mapping[str, Iterable[Revision]], named: Iterable[str], findings: Findings
) -> None:
    """Note what `requires` names that is not there: `histories` are those of the assembly, `named` the addons that
    this one needs, directly or through others."""
    names = {*named}
    for revision in revisions:
        for other, wanted in revision.requires.items():
            place = (revision.place, _Source(revision).line_of("requires"), "requires")
            if other not in names:
                text = f'"{other}" is none of the addons that this one needs.{suggest(other, names)}'
                findings.add(*place, text, rule="migration-unknown-requires")
            elif other in histories:
                ids = [each.id for each in histories[other]]
                if wanted not in ids:
                    text = f'"{other}" has no revision "{wanted}".{suggest(wanted, ids)}'
                    findings.add(*place, text, rule="migration-unknown-requires")


class _Lint:
    """The lint of one revision."""

    def __init__(self, revision: Revision, known: Known, findings: Findings) -> None:
        self.revision = revision
        self.known = known
        self.findings = findings
        self.source = _Source(revision)

    def run(self, required: set[str]) -> None:
        try:
            parts = load_parts(self.revision)
        except MigrateError as error:
            self.findings.add(self.revision.place, 0, "", error.text, rule="migration-bad-steps", hint=error.hint)
            return
        self.known.tables.clear()
        self.known.columns.clear()
        steps: list[tuple[str, int, Step]] = []
        for part in PARTS:
            values: tuple[Step, ...] = getattr(parts, part.lower())
            lines = self.source.lines_of(part, len(values))
            steps += [(part, line, step) for line, step in zip(lines, values, strict=True)]
        if parts.alembic is not None:
            texts = importlib.import_module(ALEMBIC).as_sql(parts.alembic) or []
            steps += [("UPGRADE", self.source.line_of("upgrade"), text) for text in texts]
        for part, line, step in steps:
            self._step(part, line, step)
        self._requires([step for _, _, step in steps], required)
        self._check_allowances()

    def _step(self, part: str, line: int, step: Step) -> None:
        for text in texts_of(step):
            try:
                statements = parse(text)
            except UnreadableError as error:
                self._add(
                    line, describe(step), ("migration-unreadable-sql", str(error), "Write what PostgreSQL reads.")
                )
                continue
            for statement in statements:
                faults = list(foreign_faults(statement, self.known)) if not isinstance(step, FillInPython) else []
                if self.revision.down and isinstance(step, str):
                    faults += online_faults(statement, self.known) if part == "PREPARE" else ()
                    faults += lock_faults(statement, part, self.known)
                for fault in faults:
                    self._add(line, describe(step), fault)
                if not isinstance(step, Fill):
                    self.known.note(statement)
                    for inner in inner_statements(statement):
                        self.known.note(inner)

    def _requires(self, steps: Iterable[Step], required: set[str]) -> None:
        tables = (name for name in tables_of(steps) if name != EVERYTHING)
        schemas = {name.partition(".")[0] for name in tables if "." in name}
        for schema in sorted(schemas - NEUTRAL - required - {self.revision.addon, "tenon"}):
            text = f"it names tables of {schema}, and no revision of that addon is required"
            hint = f'requires = {{"{schema}": "<its newest revision>"}}'
            self._add(self.source.line_of("requires"), "requires", ("migration-missing-requires", text, hint))

    def _add(self, line: int, subject: str, fault: Fault) -> None:
        rule, text, hint = fault
        if rule not in self.source.allowed_at(line):
            short = subject if len(subject) <= 60 else f"{subject[:57]}..."
            self.findings.add(self.revision.place, line, short, f"{text}. {hint}", rule=rule, hint=hint)

    def _check_allowances(self) -> None:
        for line, rule, reason in self.source.allowances():
            if rule not in RULES:
                text = f'there is no rule "{rule}".{suggest(rule, RULES)}'
            elif not reason:
                text = f"say why: # lint: allow {rule} because ..."
            else:
                continue
            self.findings.add(self.revision.place, line, "lint", text, rule="migration-bad-allowance")


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    end: int
    items: tuple[tuple[int, int], ...] = ()
    """First and last line of each element of a tuple."""


class _Source:
    """Where things stand in the file of a revision."""

    def __init__(self, revision: Revision) -> None:
        text = revision.path.read_text(encoding="utf-8")
        self.lines = text.splitlines()
        self.places = dict(_places(ast.parse(text)))
        self.spans = {first: last for place in self.places.values() for first, last in place.items}

    def line_of(self, name: str) -> int:
        """Where a constant or function begins; 1 for one that is not there."""
        return self.places[name].line if name in self.places else 1

    def lines_of(self, name: str, count: int) -> list[int]:
        """The line of each of `count` elements of a constant; that of the constant, where they are not written out."""
        place = self.places.get(name)
        if place is not None and len(place.items) == count:
            return [first for first, _ in place.items]
        return [self.line_of(name)] * count

    def allowances(self) -> Iterator[tuple[int, str, str]]:
        """(line, rule, reason) of each comment that overrules."""
        for number, line in enumerate(self.lines, 1):
            if found := _ALLOW.search(line):
                yield number, found[1], found[2] or ""

    def allowed_at(self, line: int) -> set[str]:
        """The rules that are overruled for the step that begins at a line: in it, or in the comments above it."""
        first = line - 1
        while first > 0 and self.lines[first - 1].lstrip().startswith("#"):
            first -= 1
        span = range(first + 1, self.spans.get(line, line) + 1)
        return {rule for number, rule, reason in self.allowances() if reason and number in span}


def _places(tree: ast.Module) -> Iterator[tuple[str, _Place]]:
    for node in tree.body:
        end = node.end_lineno or node.lineno
        if isinstance(node, ast.FunctionDef):
            yield node.name, _Place(node.lineno, end)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            items = node.value.elts if isinstance(node.value, (ast.Tuple, ast.List)) else []
            spans = tuple((item.lineno, item.end_lineno or item.lineno) for item in items)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    yield target.id, _Place(node.lineno, end, spans)
