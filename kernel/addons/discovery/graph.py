"""The graph of addons: what an addon needs, in which order addons load, and what stands in the way.

Terms. An addon *needs* what it `depends` on and what it `bridges`. It *follows* what it needs and, where
present, what is named in `after`. The *depth* of an addon is the length of the longest chain it follows:

    base 0 <- web 1 <- crm 2 <--.
                    <- booking 2 <- crm_booking_bridge 3

The load order is (depth, name), so it is the same on every machine. A cycle or a gap is shown as a path.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from packaging.version import Version

from kernel.addons.discovery.manifest import Manifest
from kernel.addons.findings import Finding, Findings
from kernel.errors import GraphError, suggest


def closure(manifests: Mapping[str, Manifest], wanted: Iterable[str]) -> frozenset[str]:
    """`wanted` and everything they need. Names without a manifest are left out."""
    found: set[str] = set()
    todo = [name for name in wanted if name in manifests]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(need.name for need in manifests[name].needs if need.name in manifests)
    return frozenset(found)


def resolve(
    manifests: Mapping[str, Manifest], wanted: Iterable[str], *, tenon: Version | None = None
) -> tuple[str, ...]:
    """The load order of `wanted` and all they need; GraphError with every gap, wrong version and cycle."""
    names = list(dict.fromkeys(wanted))
    unknown = [name for name in names if name not in manifests]
    if unknown:
        raise GraphError(
            " ".join(f'There is no addon "{name}".{suggest(name, manifests)}' for name in unknown),
            hint="`tenon addon list` shows the addons that can be found.",
        )
    members = closure(manifests, names)
    findings = Findings()
    for name in sorted(members):
        findings.extend(unmet(manifests, names, name, tenon))
    findings.raise_if_any("These addons cannot be installed together:", GraphError)
    return load_order({name: manifests[name] for name in members})


def unmet(
    manifests: Mapping[str, Manifest], wanted: Sequence[str], name: str, tenon: Version | None
) -> Iterable[Finding]:
    """What the addon `name` needs that is not there, or of a wrong version; the way to it begins at `wanted`."""
    manifest = manifests[name]
    if tenon is not None and not manifest.tenon.contains(tenon, prereleases=True):
        text = f"needs Tenon {manifest.tenon}, this is Tenon {tenon}"
        yield Finding(manifest.shown, manifest.lines.get("tenon", 0), "tenon", text, "manifest-wrong-tenon")
    for kind, needs in (("depends", manifest.depends), ("bridges", manifest.bridges)):
        for need in needs:
            other = manifests.get(need.name)
            way = " -> ".join((*path_to(manifests, wanted, name), need.name))
            if other is None:
                text = f'no addon "{need.name}".{suggest(need.name, manifests)} Needed by: {way}'
                yield Finding(manifest.shown, need.line, kind, text, "manifest-unknown-dependency")
            elif not need.accepts(other.version):
                text = f'needs "{need}", but {other.name} is {other.version}. Needed by: {way}'
                yield Finding(manifest.shown, need.line, kind, text, "manifest-wrong-version")


def path_to(manifests: Mapping[str, Manifest], wanted: Sequence[str], goal: str) -> tuple[str, ...]:
    """A shortest chain of needs from one of `wanted` to `goal`, both ends included."""
    ways: dict[str, tuple[str, ...]] = {name: (name,) for name in wanted}
    todo = list(ways)
    for name in todo:
        if name == goal:
            return ways[name]
        for need in manifests[name].needs if name in manifests else ():
            if need.name not in ways:
                ways[need.name] = (*ways[name], need.name)
                todo.append(need.name)
    return (goal,)


def follows(manifest: Manifest, present: Iterable[str]) -> list[str]:
    """The names that must load before this addon, among those present."""
    among = set(present)
    return sorted({need.name for need in manifest.needs + manifest.after} & among)


def load_order(manifests: Mapping[str, Manifest]) -> tuple[str, ...]:
    """All names of `manifests` by (depth, name). Raises GraphError with the path of a cycle."""
    before = {name: follows(manifest, manifests) for name, manifest in manifests.items()}
    depths: dict[str, int] = {}
    waiting = sorted(before)
    while waiting:
        ready = [name for name in waiting if all(other in depths for other in before[name])]
        if not ready:
            way = " -> ".join(_cycle(before, waiting))
            raise GraphError(
                f"Addons follow each other in a circle: {way}",
                hint="One of them must let go: name the other in neither `depends`, `bridges` nor `after`.",
            )
        for name in ready:
            depths[name] = max((depths[other] + 1 for other in before[name]), default=0)
        waiting = [name for name in waiting if name not in depths]
    return tuple(sorted(depths, key=lambda name: (depths[name], name)))


def _cycle(before: Mapping[str, Sequence[str]], waiting: Sequence[str]) -> list[str]:
    stuck = set(waiting)
    way: list[str] = []
    name = waiting[0]
    while name not in way:
        way.append(name)
        name = next(other for other in before[name] if other in stuck)
    circle = way[way.index(name) :]
    first = circle.index(min(circle))
    circle = circle[first:] + circle[:first]
    return [*circle, circle[0]]


def suggested_bridges(manifests: Mapping[str, Manifest], names: Iterable[str]) -> tuple[str, ...]:
    """Bridges whose ends are all among `names`, and which are not there; what else they need can be found."""
    present = set(names)
    return tuple(
        name
        for name, manifest in sorted(manifests.items())
        if manifest.bridges
        and name not in present
        and {need.name for need in manifest.bridges} <= present
        and {need.name for need in manifest.depends} <= {*manifests}
    )


def missing_requirements(manifests: Iterable[Manifest]) -> list[Finding]:
    """Python distributions that addons ask for and that are absent or of a wrong version."""
    findings: list[Finding] = []
    for manifest in manifests:
        line = manifest.lines.get("python", 0)
        for requirement in manifest.python:
            if requirement.marker and not requirement.marker.evaluate():
                continue
            try:
                found = version(requirement.name)
            except PackageNotFoundError:
                text = f'"{requirement}" is not installed; run: {sys.executable} -m pip install "{requirement}"'
                findings.append(Finding(manifest.shown, line, "python", text, "manifest-missing-distribution"))
                continue
            if not requirement.specifier.contains(found, prereleases=True):
                text = f'"{requirement}" is needed, {requirement.name} {found} is installed'
                findings.append(Finding(manifest.shown, line, "python", text, "manifest-missing-distribution"))
    return findings
