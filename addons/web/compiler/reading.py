"""View files on disk, and the spot in one of them that a fault is told about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from kernel.addons.discovery.source import TomlSource, read_toml
from kernel.addons.findings import Findings, shown_path
from kernel.orm.registry.registry import ModelInfo


@dataclass(frozen=True, slots=True)
class ViewFile:
    """One `views/*.toml` of one addon."""

    addon: str
    source: TomlSource


@dataclass(frozen=True, slots=True)
class Spot:
    """Where we are: a key of a view file, and the model that the view is about."""

    file: ViewFile
    keys: tuple[str | int, ...]
    findings: Findings
    subject: str
    model: ModelInfo | None = None

    @property
    def place(self) -> str:
        """`addons/crm/views/lead.toml:12`."""
        return f"{self.file.source.shown}:{self.file.source.line(*self.keys)}"

    def at(self, *keys: str | int) -> Spot:
        """A spot further inside."""
        return replace(self, keys=(*self.keys, *keys))

    def about(self, model: ModelInfo | None) -> Spot:
        """The same spot, speaking of another model: the lines of a one2many."""
        return replace(self, model=model)

    def fault(self, rule: str, text: str, value: object = "") -> None:
        """Note a fault here, or at the line below where `value` stands; `rule` is without its "view-"."""
        quoted = f'"{value}"' if value else ""
        line = self.file.source.line(*self.keys, value=quoted)
        self.findings.add(self.file.source.shown, line, self.subject, text, rule=f"view-{rule}")


def read_view_files(addon: str, folder: Path, findings: Findings) -> list[ViewFile]:
    """The view files of the addon in `folder`, by name."""
    found: list[ViewFile] = []
    for path in sorted((folder / "views").glob("*.toml")):
        source = read_toml(path, shown_path(path, folder), findings)
        if source is not None:
            found.append(ViewFile(addon, source))
    return found


def read_all(addons: Iterable[tuple[str, Path]], findings: Findings) -> list[ViewFile]:
    """The view files of several addons, in load order."""
    return [file for name, folder in addons for file in read_view_files(name, folder, findings)]
