"""One addon looked at without a database, however broken it is: every fault at once (`tenon addon check`).

What an installation checks is checked here by the same functions; only the way there forgives. A manifest with
faults is read as far as it goes, an addon that is needed and broken is left out, code that fails is run around
(`discovery.lenient`), models that do not fit are composed without what does not. What is missed only because of
another fault is not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from kernel.addons.assembly import Assembly, Faults, Library, tenon_version
from kernel.addons.discovery.catalog import PACKAGE, Catalog
from kernel.addons.discovery.graph import closure, load_order, missing_requirements, unmet
from kernel.addons.discovery.lenient import LenientImport
from kernel.addons.discovery.loader import Addon, collect, load
from kernel.addons.discovery.manifest import FILE_NAME, Manifest, Need, read_leniently
from kernel.addons.doctor.check import advise, check_addon
from kernel.addons.doctor.code import imported_addons
from kernel.addons.doctor.models import add_errors
from kernel.addons.doctor.quality import Quality, check_quality, judge
from kernel.addons.findings import Finding, Findings, shown_path
from kernel.errors import AddonError, GraphError, TenonError, suggest

_NEEDS: Final = re.compile(r"^\s*(?:depends|bridges)\s*=\s*\[([^\]]*)\]", re.MULTILINE)
_QUOTED: Final = re.compile(r'"([\w.]+)"')
_FAILED: Final = "python-import-failed"
_MISSES: Final = re.compile(r"[a-z]+-(unknown|missing)-|hook-unused|data-unknown|access-")


@dataclass(frozen=True, slots=True)
class Inspection:
    """An addon as far as it can be read, and everything that is wrong with it, in the order of its files."""

    findings: tuple[Finding, ...]
    manifest: Manifest | None = None
    addon: Addon | None = None

    @property
    def quality(self) -> Quality | None:
        """The levels that it states and reaches; None where it has no manifest that tells what it is."""
        return judge(self.addon, self.manifest, self.findings) if self.addon and self.manifest else None


def inspect(library: Library, folder: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with the addon in `folder`, in the order of its files."""
    return look_at(library, folder).findings


def look_at(library: Library, folder: Path) -> Inspection:
    """The addon in `folder` with all that is wrong with it."""
    certain, findings = Findings(), Findings()
    manifest = _manifest(library.catalog, folder, certain)
    if manifest is None:
        return Inspection(_tidied(certain, {}))
    lost: set[str] = set()
    order = _order(library, manifest, certain)
    needed = _needed(library, manifest, order, certain)
    with _loaded(manifest, certain, lost) as addon:
        _fit(library, needed, addon, findings)
        sound = [finding for finding in findings if not _follows(finding, lost)]
        told = _tidied([*certain, *sound], manifest.waived)
        levels = check_quality(addon, manifest, told)
    return Inspection(_tidied([*told, *levels], manifest.waived), manifest, addon)


def _manifest(catalog: Catalog, folder: Path, findings: Findings) -> Manifest | None:
    """The manifest, as far as it can be read; where it is no TOML, what is needed is guessed from words and imports."""
    shown = shown_path(folder / FILE_NAME, folder)
    if not (folder / FILE_NAME).is_file():
        near = suggest(FILE_NAME, [path.name for path in folder.iterdir()] if folder.is_dir() else [])
        findings.add(shown, 0, "", f"there is no such file.{near}", rule="file-missing-manifest")
        return None
    if folder.parent.name != PACKAGE:
        text = f'an addon lies in a folder named "{PACKAGE}", not in "{folder.parent.name}"'
        findings.add(shown, 0, "", text, rule="file-wrong-place")
        read_leniently(folder, findings)
        return None
    for fault in catalog.faults.get(folder.name, ()):
        if fault.rule == "manifest-duplicate-addon":
            findings.extend([fault])
    manifest = read_leniently(folder, findings)
    if manifest is None:
        named = imported_addons(folder) | _named_needs(folder / FILE_NAME)
        needs = sorted(name for name in named if name in catalog.manifests)
        depends = tuple(Need(name, SpecifierSet(), 1) for name in needs)
        manifest = Manifest(
            folder.name, folder, "", Version("0"), "", "", SpecifierSet(), description="unknown", depends=depends
        )
    return replace(manifest, name=folder.name)


def _named_needs(path: Path) -> set[str]:
    """The addons that a broken manifest seems to need."""
    lists = _NEEDS.findall(path.read_bytes().decode(errors="replace"))
    return {name for entries in lists for name in re.findall(r'"([a-z][a-z0-9_]*)', entries)}


def _order(library: Library, manifest: Manifest, findings: Findings) -> tuple[str, ...]:
    """The addons to load before this one; what cannot be met is noted and left out."""
    known: Mapping[str, Manifest] = {**library.catalog.manifests, manifest.name: manifest}
    for fault in unmet(known, [manifest.name], manifest.name, tenon_version()):
        broken = next((name for name in library.catalog.faults if f'no addon "{name}"' in fault.text), None)
        if broken is None:
            findings.extend([replace(fault, text=fault.text.partition(" Needed by:")[0])])
        else:
            text = f'"{broken}" has faults of its own; see: tenon addon check {broken}'
            findings.add(fault.path, fault.line, fault.subject, text, rule="manifest-broken-dependency")
    findings.extend(missing_requirements([manifest]))
    members = closure(known, [manifest.name])
    try:
        order = load_order({name: known[name] for name in members})
    except GraphError as error:
        needs = [need for need in manifest.needs if manifest.name in closure(known, [need.name])]
        line = needs[0].line if needs else 0
        findings.add(manifest.shown, line, "depends", error.text, rule="manifest-cycle", hint=error.hint)
        kept = [need.name for need in manifest.needs if need not in needs]
        order = load_order({name: known[name] for name in closure(known, kept)})
    return tuple(name for name in order if name != manifest.name)


def _needed(library: Library, manifest: Manifest, order: Iterable[str], findings: Findings) -> list[Addon]:
    """What is needed, loaded; what fails there is noted here in a line, and in full where it is checked."""
    found: dict[str, Addon] = {}
    for name in order:
        if any(need.name not in found for need in library.manifest(name).needs):
            continue
        try:
            found[name] = library.addon(name)
            library.assembly(tuple(found))
        except TenonError as error:
            found.pop(name, None)
            line = next((need.line for need in manifest.needs if need.name == name), 0)
            first = error.findings[0] if isinstance(error, AddonError) and error.findings else error.text
            text = f'"{name}" cannot be used: {first}; see: tenon addon check {name}'
            findings.add(manifest.shown, line, "depends", text, rule="manifest-broken-dependency")
    return list(found.values())


@contextmanager
def _loaded(manifest: Manifest, findings: Findings, lost: set[str]) -> Iterator[Addon]:
    """The addon, imported; where that fails, as much of it as runs. `lost` gets the words of the rest."""
    try:
        addon = load(manifest)
    except Exception:  # whatever an author's module raises: it is run again, and told in full
        with LenientImport(manifest, findings) as importing:
            modules = importing.modules()
            lost |= importing.lost
            yield collect(manifest, modules, findings)
    else:
        yield addon


def _fit(library: Library, needed: Iterable[Addon], addon: Addon, findings: Findings) -> None:
    """Put the addon together with what it needs, and check it as an installation would, and more."""
    faults = Faults(findings)
    assembly = Assembly((*needed, addon), faults)
    add_errors(addon, assembly, faults.errors, findings)
    try:
        check_addon(assembly, addon, findings)
    except TenonError as error:
        path = addon.manifest.shown
        findings.add(path, 0, "", error.text, rule="check-failed", hint=error.hint)
    advise(assembly, addon, library.catalog.names, findings)


def _follows(finding: Finding, lost: set[str]) -> bool:
    """Whether something is only missing because the code that brings it could not be run."""
    word = _QUOTED.search(finding.text)
    return bool(word and word[1] in lost and _MISSES.match(finding.rule))


def _tidied(findings: Iterable[Finding], waived: Mapping[str, str]) -> tuple[Finding, ...]:
    """Without what is waived or told twice, also by Python in its own words; sorted by place."""
    kept: dict[tuple[str, str, int, str], Finding] = {}
    told = {(finding.path, finding.line) for finding in findings if finding.rule != _FAILED}
    for finding in findings:
        if finding.severity == "warning" and finding.rule in waived:
            continue
        if finding.rule == _FAILED and (finding.path, finding.line) in told:
            continue
        kept.setdefault((finding.rule, finding.path, finding.line, finding.text), finding)
    return tuple(sorted(kept.values(), key=lambda finding: (finding.path, finding.line, finding.rule)))
