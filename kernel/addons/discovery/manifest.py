"""The manifest of an addon: what `manifest.toml` says, checked, with all faults at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from kernel.addons.discovery.source import TomlSource, read_toml
from kernel.addons.findings import Finding, Findings, shown_path
from kernel.addons.rules import GENERIC, RULES
from kernel.errors import suggest

FILE_NAME: Final = "manifest.toml"
NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
RESERVED: Final = frozenset({"tenon", "public", "information_schema", "control", "archive", "web_static"})
"""Names that would collide with schemas or addresses of the kernel."""


@dataclass(frozen=True, slots=True)
class Need:
    """Another addon that this one names, with the versions it accepts."""

    name: str
    versions: SpecifierSet
    line: int

    def accepts(self, version: Version) -> bool:
        """Whether a version of that addon will do."""
        return self.versions.contains(version, prereleases=True)

    def __str__(self) -> str:
        return f"{self.name} {self.versions}".strip()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an addon says about itself."""

    name: str
    """That of the folder: small letters, digits and underscores, a letter first."""
    path: Path
    title: str
    """What people call it, in the list of apps."""
    version: Version
    """Three numbers: `"1.2.0"`. Raise it with every release."""
    summary: str
    """One line: what it does for its users."""
    license: str
    """An SPDX name, such as `LGPL-3.0-or-later`."""
    tenon: SpecifierSet
    """The versions of Tenon it works with: `">=0.1,<2"`."""
    description: str = ""
    """Two or three sentences, shown before it is installed."""
    category: str = ""
    """Under which heading the apps screen shows it."""
    icon: str = ""
    """A name of an icon of the client."""
    author: str = ""
    """Who answers for it."""
    website: str = ""
    """Where one reads more."""
    command: str = ""
    """One line of `tenon --help`: the hook `cli_commands` brings a command that is named after the addon."""
    depends: tuple[Need, ...] = ()
    """Addons that must be installed; they are installed with it, and loaded before it. `"crm >=1.2,<2"` takes
    those versions only."""
    after: tuple[Need, ...] = ()
    """Addons that are loaded before it where they are installed; ask `env.has()` before using one."""
    bridges: tuple[Need, ...] = ()
    """Like `depends`, for an addon that connects these: it is suggested where all of them are installed."""
    python: tuple[Requirement, ...] = ()
    """Distributions it needs, `"phonenumbers >=8"`: checked, not installed."""
    paths: tuple[str, ...] = ()
    """Addresses that it claims beside `/<name>`: `/book`."""
    lines: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False)
    """Key -> the line where it stands."""
    waived: Mapping[str, str] = field(default_factory=dict)
    """Warnings and generic checks that do not hold for it, with the reason."""

    @property
    def needs(self) -> tuple[Need, ...]:
        """What must be installed: `depends`, and the addons it bridges."""
        return self.depends + self.bridges

    @property
    def shown(self) -> str:
        """The manifest's file as people name it."""
        return shown_path(self.path / FILE_NAME, self.path)


_TEXTS: Final = (
    "name", "title", "version", "summary", "license", "description",
    "category", "icon", "author", "website", "tenon", "command",
)  # fmt: skip
_REQUIRED: Final = ("name", "title", "version", "summary", "license", "tenon")
_LISTS: Final = ("depends", "after", "bridges", "python", "paths")


def read_manifest(folder: Path) -> tuple[Manifest | None, tuple[Finding, ...]]:
    """Read and check `manifest.toml` of an addon's folder: a manifest, or all its faults."""
    findings = Findings()
    manifest = read_leniently(folder, findings)
    return (None if findings else manifest), tuple(findings)


def read_leniently(folder: Path, findings: Findings) -> Manifest | None:
    """What can be made of `manifest.toml`, its faults noted; None where it is no TOML at all."""
    source = read_toml(folder / FILE_NAME, shown_path(folder / FILE_NAME, folder), findings)
    return _Reader(source, folder, findings).read() if source is not None else None


class _Reader:
    """Reads one document and collects its faults; a value with a fault is replaced by an empty one."""

    def __init__(self, source: TomlSource, folder: Path, findings: Findings) -> None:
        self.source = source
        self.folder = folder
        self.findings = findings

    def fault(self, rule: str, key: str, text: str, value: str = "") -> None:
        self.findings.add(self.source.shown, self.source.line(key, value=value), key, text, rule=rule)

    def read(self) -> Manifest:
        self._check_keys()
        values: dict[str, Any] = {key: self._text(key) for key in _TEXTS}
        self._check_name(values["name"])
        needs: dict[str, Any] = {key: self._needs(key) for key in ("depends", "after", "bridges")}
        self._check_twice(needs)
        self._check_bridges(needs["bridges"])
        values["version"] = self._version(values["version"])
        values["tenon"] = self._range(values["tenon"])
        values |= {"python": self._requirements(), "paths": self._paths(), "waived": self._waived()}
        lines = {key: self.source.line(key) for key in self.source.data}
        return Manifest(path=self.folder, lines=lines, **needs, **values)

    def _check_keys(self) -> None:
        known = (*_TEXTS, *_LISTS, "waived")
        for key in self.source.data:
            if key not in known:
                self.fault("manifest-unknown-key", key, f"no such key.{suggest(key, known)}")
        for key in _REQUIRED:
            if key not in self.source.data:
                self.findings.add(self.source.shown, 1, key, "is missing", rule="manifest-missing-key")

    def _text(self, key: str) -> str:
        value = self.source.data.get(key, "")
        if not isinstance(value, str):
            self.fault("manifest-wrong-type", key, f"must be a text, not {value!r}")
            return ""
        if key in _REQUIRED and key in self.source.data and not value.strip():
            self.fault("manifest-empty-value", key, "must not be empty")
        return value.strip()

    def _check_name(self, name: str) -> None:
        if not name:
            return
        if not NAME.fullmatch(name):
            self.fault(
                "manifest-bad-name", "name", f'"{name}" must be small letters, digits and "_", and begin with a letter'
            )
        elif name in RESERVED:
            self.fault("manifest-reserved-name", "name", f'"{name}" is reserved')
        elif name != self.folder.name:
            self.fault(
                "manifest-name-not-folder", "name", f'"{name}" is not the name of its folder, "{self.folder.name}"'
            )

    def _version(self, text: str) -> Version:
        try:
            return Version(text or "0")
        except InvalidVersion:
            self.fault("manifest-bad-version", "version", f'"{text}" is no version; write three numbers, like "1.2.0"')
            return Version("0")

    def _range(self, text: str) -> SpecifierSet:
        try:
            return SpecifierSet(text)
        except InvalidSpecifier:
            self.fault("manifest-bad-range", "tenon", f'"{text}" is no range of versions; write one like ">=1.0,<2"')
            return SpecifierSet()

    def _list(self, key: str) -> list[str]:
        value: Any = self.source.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fault("manifest-wrong-type", key, f"must be a list of texts, not {value!r}")
            return []
        return value

    def _parsed(self, key: str) -> list[tuple[str, Requirement]]:
        parsed = []
        for text in self._list(key):
            try:
                parsed.append((text, Requirement(text)))
            except InvalidRequirement:
                self.fault(
                    "manifest-bad-requirement",
                    key,
                    f'"{text}" cannot be understood; write "crm" or "crm >=1.2,<2"',
                    text,
                )
        return parsed

    def _needs(self, key: str) -> tuple[Need, ...]:
        needs = []
        for text, parsed in self._parsed(key):
            if not NAME.fullmatch(parsed.name):
                self.fault("manifest-bad-requirement", key, f'"{parsed.name}" is no name of an addon', text)
            elif parsed.name == self.folder.name:
                self.fault("manifest-depends-on-itself", key, "names the addon itself", text)
            else:
                needs.append(Need(parsed.name, parsed.specifier, self.source.line(key, value=text)))
        return tuple(needs)

    def _check_twice(self, needs: dict[str, tuple[Need, ...]]) -> None:
        seen: dict[str, str] = {}
        for key in ("depends", "bridges", "after"):
            for need in needs[key]:
                if need.name in seen:
                    before = seen[need.name]
                    where = "twice" if before == key else f"already in {before}"
                    text = f'"{need.name}" is named {where}'
                    self.findings.add(self.source.shown, need.line, key, text, rule="manifest-named-twice")
                seen.setdefault(need.name, key)

    def _check_bridges(self, bridges: tuple[Need, ...]) -> None:
        if len(bridges) == 1:
            self.fault("manifest-one-bridge", "bridges", f'names only "{bridges[0].name}"; a bridge connects two')

    def _paths(self) -> tuple[str, ...]:
        for path in self._list("paths"):
            if not path.startswith("/"):
                self.fault("manifest-wrong-type", "paths", f'"{path}" must begin with "/"', path)
        return tuple(self._list("paths"))

    def _waived(self) -> Mapping[str, str]:
        """`[waived]`: a warning or a generic check, and why it does not hold here."""
        found: Any = self.source.data.get("waived", {})
        if not isinstance(found, dict) or not all(isinstance(why, str) and why.strip() for why in found.values()):
            self.fault("manifest-wrong-type", "waived", 'is a table: [waived], then "file-missing-tests" = "why"')
            return {}
        for name in found:
            rule = RULES.get(name)
            if name in GENERIC or (rule is not None and rule.severity == "warning"):
                continue
            line = self.source.line("waived", name)
            known = [*GENERIC, *(rule.id for rule in RULES.values() if rule.severity == "warning")]
            text = f'"{name}" is no warning and no generic check.{suggest(name, known)}'
            self.findings.add(self.source.shown, line, "waived", text, rule="manifest-unknown-check")
        return found

    def _requirements(self) -> tuple[Requirement, ...]:
        return tuple(parsed for _, parsed in self._parsed("python"))
