"""Writing revisions from models, and proving that an addon's history gives what a fresh install gives.

The first revision is the DDL of a fresh install. A later one is found by comparing two scratch databases:
one that was migrated to the newest revision, one freshly installed; both hold the addon and what it needs.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from kernel.addons.assembly import Assembly, Library
from kernel.addons.migrations.running import apply, run_ddl
from kernel.addons.migrations.snapshot import Snapshot, differences, statements, take
from kernel.db import Cluster, Pool, Transaction, transaction
from kernel.db.scratch import scratch_database
from kernel.orm.schema import create_statements

_FILE: Final = '''"""{message}"""

revision = "{revision}"
down_revision = {down}
requires: dict[str, str] = {requires}

UPGRADE = (
{statements})
'''


def write_revision(cluster: Cluster, library: Library, name: str, message: str = "") -> Path | None:
    """Write the next revision of an addon from its models; None where nothing has changed."""
    assembly = library.assembly(library.resolve([name]))
    history = assembly.addon(name).revisions
    if not history:
        return write_first_revision(assembly, name, message)
    lines = statements(_migrated(cluster, assembly, name), _installed(cluster, assembly, name))
    return _write(assembly, name, message or "changes", lines) if lines else None


def write_first_revision(assembly: Assembly, name: str, message: str = "") -> Path:
    """Write the revision that a history begins with; no database is needed."""
    return _write(assembly, name, message or "the first schema", create_statements(assembly.registry, name))


def migration_faults(cluster: Cluster, library: Library, name: str) -> list[str]:
    """How the schema after all revisions of an addon differs from that of a fresh install; empty if not."""
    assembly = library.assembly(library.resolve([name]))
    return differences(_installed(cluster, assembly, name), _migrated(cluster, assembly, name))


def _installed(cluster: Cluster, assembly: Assembly, name: str) -> Snapshot:
    with _scratch(cluster, assembly, name) as tx:
        run_ddl(tx, create_statements(assembly.registry, name))
        return take(tx)


def _migrated(cluster: Cluster, assembly: Assembly, name: str) -> Snapshot:
    with _scratch(cluster, assembly, name) as tx:
        apply(tx, assembly.addon(name).revisions)
        return take(tx)


@contextmanager
def _scratch(cluster: Cluster, assembly: Assembly, name: str) -> Iterator[Transaction]:
    """A transaction in a scratch database that has what the addon needs, freshly installed."""
    with scratch_database(cluster) as dsn, closing(Pool(1)) as pool, transaction(pool, dsn) as tx:
        for other in assembly.names:
            if other != name:
                run_ddl(tx, create_statements(assembly.registry, other))
        yield tx


def _write(assembly: Assembly, name: str, message: str, lines: Sequence[str]) -> Path:
    addon = assembly.addon(name)
    folder = addon.path / "migrations"
    folder.mkdir(exist_ok=True)
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:40] or "changes"
    path = folder / f"{len(addon.revisions) + 1:04d}_{slug}.py"
    heads = {need.name: assembly.addon(need.name).head for need in addon.manifest.needs}
    text = _FILE.format(
        message=message[:1].upper() + message[1:].rstrip(".") + ".",
        revision=secrets.token_hex(4),
        down=f'"{addon.head}"' if addon.head else "None",
        requires="{" + ", ".join(f'"{other}": "{head}"' for other, head in heads.items() if head) + "}",
        statements="".join(_literal(line) for line in lines),
    )
    path.write_text(text, encoding="utf-8")
    return path


def _literal(statement: str) -> str:
    """A statement as a literal of Python."""
    safe = statement
    prefix = "r" if "\\" in safe else ""
    for quote in ('"', "'"):
        if len(safe) < 100 and quote not in safe and "\n" not in safe:
            return f"    {prefix}{quote}{safe}{quote},\n"
    body = _wrapped(safe).replace("\n", "\n    ")
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
