"""What an addon's `security/` folder declares: groups, access rows and record rules.

The kernel reads and checks the files; what it means in a tenant is up to the addon that answers the hook
`security_declared`, because groups and rules are business tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kernel.addons.discovery.manifest import NAME
from kernel.addons.discovery.source import CsvSource, TomlSource, read_csv, read_toml
from kernel.addons.findings import Findings, shown_path
from kernel.errors import suggest

OPERATIONS: Final = ("read", "create", "write", "delete")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of users, known by its stable id. Its members are members of the implied groups too."""

    id: str
    name: str
    implies: tuple[str, ...] = ()
    description: str = ""
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Access:
    """What the members of a group (empty: everybody) may do with the records of a model."""

    model: str
    group: str
    operations: frozenset[str]
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """Which records of a model a rule lets through. Without groups it holds for everybody."""

    id: str
    model: str
    groups: tuple[str, ...]
    operations: frozenset[str]
    domain: tuple[Any, ...]
    name: str = ""
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class SecurityDeclaration:
    """All that one addon declares. Ids are whole stable ids, like `crm.manager`."""

    addon: str
    groups: tuple[Group, ...] = ()
    access: tuple[Access, ...] = ()
    rules: tuple[Rule, ...] = ()


def read_security(addon: str, folder: Path, findings: Findings) -> SecurityDeclaration:
    """Read `groups.toml`, `access.csv` and `rules.toml` below an addon's folder; each may be absent."""
    place = folder / "security"
    reader = _Reader(addon, folder, findings)
    return SecurityDeclaration(
        addon,
        groups=tuple(reader.groups(place / "groups.toml")),
        access=tuple(reader.access(place / "access.csv")),
        rules=tuple(reader.rules(place / "rules.toml")),
    )


class _Reader:
    def __init__(self, addon: str, folder: Path, findings: Findings) -> None:
        self.addon = addon
        self.folder = folder
        self.findings = findings

    def groups(self, path: Path) -> list[Group]:
        found = []
        for source, index, entry in self._tables(path, "group", ("id", "name", "implies", "description")):
            line = source.line("group", index)
            found.append(
                Group(
                    id=self._own_id(source, "group", index, entry),
                    name=self._text(source, "group", index, entry, "name", required=True),
                    implies=self._ids(source, "group", index, entry, "implies"),
                    description=self._text(source, "group", index, entry, "description"),
                    path=source.shown,
                    line=line,
                )
            )
        return found

    def rules(self, path: Path) -> list[Rule]:
        found = []
        keys = ("id", "name", "model", "groups", "operations", "domain")
        for source, index, entry in self._tables(path, "rule", keys):
            found.append(
                Rule(
                    id=self._own_id(source, "rule", index, entry),
                    model=self._text(source, "rule", index, entry, "model", required=True),
                    groups=self._ids(source, "rule", index, entry, "groups"),
                    operations=self._operations(source, index, entry),
                    domain=self._domain(source, index, entry),
                    name=self._text(source, "rule", index, entry, "name"),
                    path=source.shown,
                    line=source.line("rule", index),
                )
            )
        return found

    def access(self, path: Path) -> list[Access]:
        if not path.is_file():
            return []
        source = read_csv(path, shown_path(path, self.folder), self.findings)
        if source is None or not self._has_columns(source):
            return []
        return [self._access(source, line, row) for line, row in source.rows]

    def _access(self, source: CsvSource, line: int, row: Mapping[str, str]) -> Access:
        operations = set()
        for name in OPERATIONS:
            cell = row[name].strip()
            if cell not in ("0", "1", ""):
                self.findings.add(source.shown, line, name, f'write 1 or 0, not "{cell}"', rule="access-wrong-cell")
            elif cell == "1":
                operations.add(name)
        model, group = row["model"].strip(), row["group"].strip()
        if not model:
            self.findings.add(source.shown, line, "model", "is missing", rule="access-missing-model")
        return Access(model, self._whole(group), frozenset(operations), source.shown, line)

    def _has_columns(self, source: CsvSource) -> bool:
        needed = ("model", "group", *OPERATIONS)
        missing = [name for name in needed if name not in source.columns]
        if missing:
            text = f"no column {', '.join(missing)}; the first line must be {','.join(needed)}"
            self.findings.add(source.shown, 1, "", text, rule="access-missing-columns")
        return not missing

    def _tables(self, path: Path, kind: str, keys: tuple[str, ...]) -> list[tuple[TomlSource, int, Mapping[str, Any]]]:
        if not path.is_file():
            return []
        source = read_toml(path, shown_path(path, self.folder), self.findings)
        if source is None:
            return []
        for key in source.data:
            if key != kind:
                text = f"no such table; write [[{kind}]].{suggest(key, [kind])}"
                self.findings.add(source.shown, source.line(key), key, text, rule="security-unknown-table")
        entries = source.data.get(kind, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.findings.add(
                source.shown, source.line(kind), kind, f"write [[{kind}]] for each", rule="security-wrong-type"
            )
            return []
        for index, entry in enumerate(entries):
            for key in entry:
                if key not in keys:
                    line = source.line(kind, index, key)
                    self.findings.add(
                        source.shown, line, key, f"no such key.{suggest(key, keys)}", rule="security-unknown-key"
                    )
        return [(source, index, entry) for index, entry in enumerate(entries)]

    def _whole(self, name: str) -> str:
        return name if "." in name or not name else f"{self.addon}.{name}"

    def _text(
        self,
        source: TomlSource,
        kind: str,
        index: int,
        entry: Mapping[str, Any],
        key: str,
        *,
        required: bool = False,
    ) -> str:
        value = entry.get(key, "")
        if not isinstance(value, str) or (required and not value):
            text = "is missing" if key not in entry else f"must be a text, not {value!r}"
            rule = "security-wrong-type" if key in entry else "security-missing-key"
            self.findings.add(source.shown, source.line(kind, index, key), key, text, rule=rule)
            return ""
        return value

    def _own_id(self, source: TomlSource, kind: str, index: int, entry: Mapping[str, Any]) -> str:
        name = self._text(source, kind, index, entry, "id", required=True)
        local = name.removeprefix(f"{self.addon}.")
        if name and not NAME.fullmatch(local):
            text = f'"{name}" must be small letters, digits and "_", and begin with a letter'
            self.findings.add(source.shown, source.line(kind, index, "id"), "id", text, rule="security-bad-id")
        return f"{self.addon}.{local}"

    def _ids(self, source: TomlSource, kind: str, index: int, entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = entry.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            text = f"must be a list of stable ids, not {value!r}"
            self.findings.add(source.shown, source.line(kind, index, key), key, text, rule="security-wrong-type")
            return ()
        return tuple(self._whole(item) for item in value)

    def _operations(self, source: TomlSource, index: int, entry: Mapping[str, Any]) -> frozenset[str]:
        value = entry.get("operations", list(OPERATIONS))
        wrong = [item for item in value if item not in OPERATIONS] if isinstance(value, list) else [value]
        for item in wrong:
            text = f"{item!r} is no operation; there are {', '.join(OPERATIONS)}"
            line = source.line("rule", index, "operations", value=str(item))
            self.findings.add(source.shown, line, "operations", text, rule="security-unknown-operation")
        return frozenset() if wrong else frozenset(value)

    def _domain(self, source: TomlSource, index: int, entry: Mapping[str, Any]) -> tuple[Any, ...]:
        value = entry.get("domain", [])
        if not isinstance(value, list):
            line = source.line("rule", index, "domain")
            self.findings.add(source.shown, line, "domain", "must be a list", rule="security-wrong-type")
            return ()
        return tuple(value)
