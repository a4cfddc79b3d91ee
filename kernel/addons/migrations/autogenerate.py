"""Writing revisions from models, and proving that an addon's history gives what a fresh install gives.

The first revision is the DDL of a fresh install. A later one is found by comparing two scratch databases:
one that was migrated to the newest revision, one freshly installed; both hold the addon and what it needs.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from psycopg.sql import Literal

from kernel.addons.assembly import Assembly, Library
from kernel.addons.migrations.drafting import UNSAID, Draft, draft, rename_hints
from kernel.addons.migrations.renames import rename_parts, rename_statements
from kernel.addons.migrations.revisions import sort_revisions
from kernel.addons.migrations.running import apply, run_ddl
from kernel.addons.migrations.snapshot import Snapshot, differences, statements, take
from kernel.addons.migrations.sql import tables_of
from kernel.addons.migrations.steps import Fill, Step
from kernel.db import Cluster, Pool, Transaction, transaction
from kernel.db.scratch import scratch_database
from kernel.errors import MigrateError
from kernel.orm.registry.registry import Registry
from kernel.orm.schema import create_statements

_HEAD: Final = '''"""{message}"""
{imports}
revision = "{revision}"
down_revision = {down}
requires: dict[str, str] = {requires}
'''
_PARTS: Final = (
    ("prepare", "# Before: the tenant is served by the old code, which must not notice."),
    ("upgrade", ""),
    ("clean", "# After: the tenant is served by the new code."),
)


@dataclass(frozen=True, slots=True)
class Drafted:
    """The next revision of an addon, before it is written."""

    path: Path
    text: str
    hints: tuple[str, ...]
    """What its author should know: what to fill in, what looks like a rename."""

    def write(self) -> Path:
        """Put the file in its place."""
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(self.text, encoding="utf-8")
        return self.path


def draft_revision(
    cluster: Cluster, library: Library, name: str, message: str = "", renames: Sequence[str] = ()
) -> Drafted | None:
    """What the next revision of an addon is by its models; None where they have not moved on.

    `renames` are told as `loyalty.partner.points=score` or `loyalty.partner=loyalty.member`; UserError for one
    that does not fit. Only what the addon owns can differ: all else is in both databases that are compared.
    """
    assembly = library.assembly(library.resolve([name]))
    if not assembly.addon(name).revisions:
        return _first(assembly, name, message)
    wanted = _installed(cluster, assembly, name)
    with _migrated_up(cluster, assembly, name) as tx:
        before = take(tx)
        lines = rename_statements(renames, before, wanted)
        run_ddl(tx, lines)
        lines += (parts := rename_parts(take(tx), wanted))
        run_ddl(tx, parts)
        renamed = take(tx)
    made = draft(statements(renamed, wanted), renamed, partial(_value, assembly.registry))
    made.upgrade[:0] = lines
    made.hints[:0] = [f"if it is a rename, say so: {hint}" for hint in rename_hints(renamed, wanted)]
    return _drafted(assembly, name, message or "changes", made) if made else None


def write_revision(
    cluster: Cluster, library: Library, name: str, message: str = "", renames: Sequence[str] = ()
) -> Path | None:
    """Write the next revision of an addon from its models; None where nothing has changed."""
    drafted = draft_revision(cluster, library, name, message, renames)
    return drafted.write() if drafted else None


def write_first_revision(assembly: Assembly, name: str, message: str = "") -> Path:
    """Write the revision that a history begins with; no database is needed."""
    return _first(assembly, name, message).write()


def _first(assembly: Assembly, name: str, message: str) -> Drafted:
    made = Draft(upgrade=[*create_statements(assembly.registry, name)])
    return _drafted(assembly, name, message or "the first schema", made)


def _value(registry: Registry, table: str, column: str) -> str | None:
    """What rows that are there get in a new column that may not be empty: its default, where that is a constant."""
    for bound in registry.bounds:
        if f"{bound.model.schema}.{bound.model.table}" == table and bound.column == column:
            item = bound.field
            if bound.stored and bound.computed:
                return None
            if item.has_default and not item.default_name and not callable(item._default):
                value = item.convert(item.default_value(), bound)
                return Literal(bound.encode(value) if bound.encode else value).as_string()
    return UNSAID


def migration_faults(cluster: Cluster, library: Library, name: str) -> list[str]:
    """How the schema after all revisions of an addon differs from that of a fresh install; empty if not."""
    assembly = library.assembly(library.resolve([name]))
    return differences(_installed(cluster, assembly, name), _migrated(cluster, assembly, name))


def _installed(cluster: Cluster, assembly: Assembly, name: str) -> Snapshot:
    with _scratch(cluster, assembly, name) as tx:
        run_ddl(tx, create_statements(assembly.registry, name))
        return take(tx)


def _migrated(cluster: Cluster, assembly: Assembly, name: str) -> Snapshot:
    with _migrated_up(cluster, assembly, name) as tx:
        return take(tx)


@contextmanager
def _migrated_up(cluster: Cluster, assembly: Assembly, name: str) -> Iterator[Transaction]:
    """A transaction in a scratch database in which all revisions of the addon have run.

    The addons that it needs are freshly installed, so that faults in their histories stay theirs. Where an old
    revision needs what they have taken away since, all histories run, each revision in its time.
    """
    with ExitStack() as stack:
        tx = stack.enter_context(_scratch(cluster, assembly, name))
        try:
            with tx.savepoint():
                apply(tx, assembly.addon(name).revisions)
        except MigrateError:
            if not any(need.name for need in assembly.addon(name).manifest.needs):
                raise
            stack.close()
            tx = stack.enter_context(_scratch(cluster, assembly, *assembly.names))
            apply(tx, sort_revisions(assembly.names, {each.name: each.revisions for each in assembly.addons}))
        yield tx


@contextmanager
def _scratch(cluster: Cluster, assembly: Assembly, *without: str) -> Iterator[Transaction]:
    """A transaction in a scratch database that has the addons but some, freshly installed."""
    with scratch_database(cluster) as dsn, closing(Pool(1)) as pool, transaction(pool, dsn) as tx:
        for other in assembly.names:
            if other not in without:
                run_ddl(tx, create_statements(assembly.registry, other))
        yield tx


def _drafted(assembly: Assembly, name: str, message: str, made: Draft) -> Drafted:
    addon = assembly.addon(name)
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:40] or "changes"
    heads = _required(assembly, name, made)
    fills = any(not isinstance(step, str) for step in made.prepare)
    text = _HEAD.format(
        message=message[:1].upper() + message[1:].rstrip(".") + ".",
        imports="\nfrom kernel.addons import Fill\n" if fills else "",
        revision=secrets.token_hex(4),
        down=f'"{addon.head}"' if addon.head else "None",
        requires="{" + ", ".join(f'"{other}": "{head}"' for other, head in heads.items()) + "}",
    )
    for part, comment in _PARTS:
        steps: list[Step] = getattr(made, part)
        if steps:
            text += f"\n{comment}\n" if comment else "\n"
            text += f"{part.upper()} = (\n{''.join(map(_written, steps))})\n"
    path = addon.path / "migrations" / f"{len(addon.revisions) + 1:04d}_{slug}.py"
    return Drafted(path, text, tuple(made.hints))


def _required(assembly: Assembly, name: str, made: Draft) -> dict[str, str]:
    """The newest revision of what an addon needs, and of those farther off whose tables the steps name."""
    direct = [need.name for need in assembly.addon(name).manifest.needs]
    named = {table.partition(".")[0] for table in tables_of((*made.prepare, *made.upgrade, *made.clean))}
    others = [other for other in assembly.names if other in named and other not in (*direct, name)]
    heads = {other: assembly.addon(other).head for other in (*direct, *others)}
    return {other: head for other, head in heads.items() if head}


def _written(step: Step) -> str:
    """A step as an author would write it."""
    if isinstance(step, Fill):
        values = ", ".join(f'"{name}": {_quoted(value)}' for name, value in step.values.items())
        return f'    Fill("{step.table}", {{{values}}}, where={_quoted(step.where)}),\n'
    return _literal(str(step))


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text and "\\" not in text else repr(text)


def _literal(statement: str) -> str:
    """A statement as a literal of Python."""
    prefix = "r" if "\\" in statement else ""
    for quote in ('"', "'"):
        if len(statement) < 100 and quote not in statement and "\n" not in statement:
            return f"    {prefix}{quote}{statement}{quote},\n"
    body = _wrapped(statement).replace("\n", "\n    ")
    return f'    {prefix}"""\n    {body}\n    """,\n'


def _wrapped(statement: str) -> str:
    """One column a line in CREATE TABLE, and lines of readable length; texts in quotes stay whole."""
    if "\n" in statement:
        return statement
    lines, line, depth, quoted = [], "", 0, False
    table = statement.startswith("CREATE TABLE")
    for letter in statement:
        quoted = quoted != (letter == "'")
        depth += 0 if quoted else (letter == "(") - (letter == ")")
        line += letter
        ends_column = table and depth == 1 and letter in "(,"
        if not quoted and (ends_column or (letter == " " and len(line) > 80)):
            lines.append(line.strip())
            line = "    "
    return "\n    ".join([*lines, line.strip()])


def begin_history(roots: Iterable[Path], name: str) -> Path:
    """Write the first revision of an addon that was just written; it is read by a library of its own."""
    library = Library(roots)
    return write_first_revision(library.assembly(library.resolve([name])), name)
