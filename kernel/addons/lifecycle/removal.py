"""What a plan of uninstalling says: what stops, what is kept, what goes; in words of people, with counts of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from kernel.addons.assembly import Assembly
from kernel.addons.lifecycle.inventory import Column, added_columns, count, quoted, tables
from kernel.addons.lifecycle.remains import Remains
from kernel.db import Transaction

RIGHTS: Final = "groups and who is in them, rights and settings"
NAMES: Final = 6
"""How many names stand in one line."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a plan: whose, what, and how many records."""

    addon: str
    text: str
    rows: int | None = None

    def __str__(self) -> str:
        return f"{self.addon}: {self.text}" + (f": {self.rows}" if self.rows is not None else "")


@dataclass(frozen=True, slots=True)
class Removal:
    """What uninstalling will do to a tenant."""

    tenant: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    removed: tuple[str, ...]
    """In the order in which they go: what needs another goes before it."""
    stops: tuple[Item, ...] = ()
    keeps: tuple[Item, ...] = ()
    goes: tuple[Item, ...] = ()
    stays: tuple[Item, ...] = ()
    """Records that data files of the addons made in the tables of others, and that stay there."""
    notes: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    """Addons that were detached before, and whose archives go now."""
    purge: bool = False
    silent: bool = False
    """Nobody can be told: the code of an addon is gone, or at another revision."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Addon -> what people call it; only of those that can be found."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.removed and not self.archives

    @property
    def kind(self) -> str:
        """What the operation is called."""
        return "purge" if self.purge else "uninstall"

    @property
    def steps(self) -> tuple[str, ...]:
        """What is done, in order."""
        return (
            *(f"{self.kind} {name}" for name in self.removed),
            *(f"drop what was kept of {name}" for name in self.archives),
        )

    def as_json(self) -> dict[str, Any]:
        """The plan for programs."""
        steps = [{"kind": self.kind, "addon": name} for name in self.removed]
        steps += [{"kind": "drop", "addon": name} for name in self.archives]
        parts = {"stops": self.stops, "keeps": self.keeps, "goes": self.goes, "stays": self.stays}
        shown = {name: [asdict(item) for item in items] for name, items in parts.items()}
        return {"tenant": self.tenant, "steps": steps, **shown, "notes": list(self.notes)}


def stops(assembly: Assembly | None, name: str) -> Iterator[Item]:
    """What people cannot do any more."""
    if assembly is None:
        yield Item(name, "all it does")
        return
    registry, addon = assembly.registry, assembly.addon(name)
    own = [model.label for model in registry.models.values() if model.addon == name]
    if own:
        yield Item(name, f"lists and forms of {_names(own)}")
    for model in registry.models.values():
        fields = [bound.field.label for bound in model.fields.values() if bound.addon == name]
        if fields and model.addon != name:
            yield Item(name, f"{_names(fields)} of {model.label}")
    if addon.module("http"):
        yield Item(name, "its pages")
    if addon.module("hooks"):
        yield Item(name, "what it does when others change")


def held(tx: Transaction, assembly: Assembly | None, name: str) -> Iterator[Item]:
    """What the addon holds, most records first; tables and columns have their own names where the code is gone."""
    labels = _labels(assembly, name)
    rows = {table: count(tx, quoted(name, table)) for table in tables(tx, name)}
    links = sum(found for table, found in rows.items() if assembly is not None and table not in labels)
    for table, found in sorted(rows.items(), key=lambda item: (-item[1], item[0])):
        if found and (assembly is None or table in labels):
            yield Item(name, labels.get(table, table), found)
    if links:
        yield Item(name, "links between records", links)
    if empty := sum(not found for found in rows.values()):
        yield Item(name, f"{empty} empty table{'s' * (empty > 1)}")
    yield from _values(tx, assembly, name)
    yield Item(name, RIGHTS)


def left(remains: Remains, assembly: Assembly, *, purge: bool) -> tuple[list[Item], list[Item]]:
    """Records of data files in the tables of others: those that go, and those that stay."""
    name = remains.addon
    whys = {"changed by somebody": remains.changed, "in use": remains.used}
    items = {
        why: [Item(name, f"{assembly.registry.model(m).label}, {why}", len(ids)) for m, ids in sorted(found.items())]
        for why, found in whys.items()
    }
    unused = [
        Item(name, f"{assembly.registry.model(m).label}, which it brought along", len(ids))
        for m, ids in sorted(remains.unused.items())
    ]
    others = [item for found in items.values() for item in found]
    return (unused, others) if purge else ([], [*unused, *others])


def _labels(assembly: Assembly | None, name: str) -> dict[str, str]:
    """Table -> what people call its records."""
    if assembly is None:
        return {}
    return {model.table: model.label for model in assembly.registry.models.values() if model.addon == name}


def _values(tx: Transaction, assembly: Assembly | None, name: str) -> Iterator[Item]:
    """Columns in the tables of others, one line per table."""
    by_table: dict[str, list[Column]] = {}
    for column in added_columns(tx, name):
        by_table.setdefault(column.on, []).append(column)
    for table, columns in by_table.items():
        yield Item(name, _columns(assembly, columns), count(tx, table))


def _columns(assembly: Assembly | None, columns: Sequence[Column]) -> str:
    first = columns[0]
    models = assembly.registry.models.values() if assembly is not None else ()
    for model in models:
        if (model.schema, model.table) == (first.schema, first.table):
            labels = {bound.column: bound.field.label for bound in model.fields.values() if bound.column}
            return f"{_names([labels.get(column.name, column.name) for column in columns])} of {model.label}"
    return f"{_names([column.name for column in columns])} of {first.schema}.{first.table}"


def _names(names: Sequence[str]) -> str:
    """`A, B and C`; a long list is cut."""
    shown = list(dict.fromkeys(names))
    if len(shown) > NAMES + 1:
        shown = [*shown[:NAMES], f"{len(shown) - NAMES} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
