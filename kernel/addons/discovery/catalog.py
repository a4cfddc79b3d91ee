"""The catalog: which addons can be found on this machine, and where.

Places searched: `addons/` below every root of the addons path, in that order, and what installed distributions
bring. None goes before another: an addon that is in two places cannot be used until one of them is gone. Nothing of
an addon is imported here.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kernel.addons.discovery.distributions import ENTRY_POINTS, PACKAGE, shipped_addons
from kernel.addons.discovery.manifest import FILE_NAME, NAME, Manifest, read_manifest
from kernel.addons.findings import Finding, shown_path
from kernel.errors import ManifestError, suggest

__all__ = ["PACKAGE", "Catalog", "candidates", "make_importable", "search"]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every addon found: its manifest, or the faults that keep it from being used."""

    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    faults: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, usable or not."""
        return tuple(sorted({*self.manifests, *self.faults}))

    def manifest(self, name: str) -> Manifest:
        """The manifest of an addon; ManifestError with all its faults, or with the nearest name."""
        if name in self.manifests:
            return self.manifests[name]
        if name in self.faults:
            raise ManifestError(
                f'The addon "{name}" has a broken manifest:',
                findings=[str(finding) for finding in self.faults[name]],
            )
        raise ManifestError(
            f'There is no addon "{name}".{suggest(name, self.names)}',
            hint="`tenon addon list` shows what can be found; TENON_ADDONS_PATH names more places.",
        )


def search(roots: Iterable[Path]) -> Catalog:
    """Look through all places anew and read every manifest."""
    folders: dict[str, list[Path]] = {}
    for folder in _folders_of(roots):
        _note(folders, folder)
    faults: dict[str, tuple[Finding, ...]] = {}
    for shipped in shipped_addons():
        for folder in shipped.folders:
            _note(folders, folder)
        if shipped.fault:
            told = Finding(shipped.distribution, 0, ENTRY_POINTS, shipped.fault, "manifest-entry-point")
            faults[shipped.name] = (*faults.get(shipped.name, ()), told)
    manifests: dict[str, Manifest] = {}
    for name, places in sorted(folders.items()):
        manifest, found = _read(places)
        found = (*faults.get(name, ()), *found)
        if manifest is None or found:
            faults[name] = found
        else:
            manifests[name] = manifest
    return Catalog(manifests, faults)


def candidates(roots: Iterable[Path]) -> Iterator[Path]:
    """The folders of addons in all places, broken ones too; a name may come twice."""
    yield from _folders_of(roots)
    for shipped in shipped_addons():
        yield from shipped.folders


def _folders_of(roots: Iterable[Path]) -> Iterator[Path]:
    for root in roots:
        parent = root / PACKAGE
        if parent.is_dir():
            for folder in sorted(parent.iterdir()):
                if NAME.fullmatch(folder.name) and (folder / FILE_NAME).is_file():
                    yield folder


def _note(folders: dict[str, list[Path]], folder: Path) -> None:
    """One folder may be found in several ways."""
    known = folders.setdefault(folder.name, [])
    if not any(other.samefile(folder) for other in known):
        known.append(folder)


def _read(places: Sequence[Path]) -> tuple[Manifest | None, tuple[Finding, ...]]:
    manifest, found = read_manifest(places[0])
    if len(places) > 1:
        text = f'two addons have this name: "{places[0]}" and "{places[1]}"'
        found = (
            *found,
            Finding(shown_path(places[0] / FILE_NAME, places[0]), 0, "name", text, "manifest-duplicate-addon"),
        )
    return manifest, found


def make_importable(roots: Iterable[Path]) -> None:
    """Put the roots on `sys.path`, so that `addons.<name>` is found in each (`addons` is a namespace)."""
    for root in roots:
        if str(root) not in sys.path:
            sys.path.append(str(root))
    importlib.invalidate_caches()
