"""Plans of installing and upgrading: everything is checked, from graph to data files, and nothing is touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from kernel.addons.assembly import Assembly, Library
from kernel.addons.contents.survey import Survey, survey
from kernel.addons.discovery.graph import missing_requirements
from kernel.addons.discovery.loader import Addon
from kernel.addons.doctor.check import Contents, read_contents
from kernel.addons.findings import Findings
from kernel.addons.lifecycle.archive import Archived, archive_of, archived
from kernel.addons.lifecycle.bridges import refused_bridges, suggestions
from kernel.addons.lifecycle.preview import preview_install
from kernel.addons.lifecycle.restore import describe, refuse_other_neighbours
from kernel.addons.lifecycle.schedule import Scheduled, schedule
from kernel.addons.lifecycle.state import State
from kernel.addons.migrations.revisions import KERNEL, Revision, kernel_history, sort_revisions
from kernel.addons.migrations.running import following, pending
from kernel.addons.runtime import Runtime, Tenant
from kernel.db import Transaction, transaction
from kernel.errors import LoadError


@dataclass(frozen=True, slots=True)
class Step:
    """One thing an operation will do."""

    kind: Literal["kernel", "drop", "install", "restore", "upgrade", "demo", "clean", "undo"]
    addon: str
    version: str
    before: str = ""
    """The version there was."""

    def __str__(self) -> str:
        if self.kind == "drop":
            return f"drop what was kept of {self.addon} {self.version}"
        if self.kind == "clean":
            return f"clean up after the upgrade of {self.addon}"
        if self.kind == "undo":
            return f"take back what was prepared for another version of {self.addon}"
        way = f"{self.before} -> " if self.before and self.before != self.version else ""
        more = " from its archive" if self.kind == "restore" else ""
        return f"{self.kind} {self.addon} {way}{self.version}{more}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an operation will do to a tenant; shown by `--dry-run`, then executed as it is."""

    tenant: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    steps: tuple[Step, ...]
    suggested: tuple[str, ...] = ()
    """Bridges that would connect what is installed; `with_bridges` takes them along."""
    demo: bool = False
    notes: tuple[str, ...] = ()
    """What people should know before: what comes back from an archive, and what does not."""
    schedule: tuple[Scheduled, ...] = ()
    """The revisions to apply, in order, and what of them happens beside the switch."""
    records: Mapping[str, Survey] = field(default_factory=dict)
    """By addon: the records of its data files that the upgrade keeps, deletes or leaves behind."""
    cleaning: tuple[Revision, ...] = ()
    """What an earlier run, which was stopped, has left to clean up."""

    @property
    def switches(self) -> bool:
        """Whether the tenant becomes another by it."""
        return any(step.kind not in ("clean", "undo") for step in self.steps)

    @property
    def online(self) -> bool:
        """Whether something is done beside the switch."""
        aside = any(step.kind in ("clean", "undo") for step in self.steps)
        return aside or any(each.prepared or each.cleaned for each in self.schedule)

    @property
    def to_clean(self) -> tuple[Revision, ...]:
        """The revisions whose CLEAN runs at the end."""
        return (*self.cleaning, *(each.revision for each in self.schedule if each.cleaned))

    @property
    def kind(self) -> str:
        """What the operation is called."""
        return "install" if self.added and not self.upgraded else "upgrade"

    @property
    def restored(self) -> dict[str, str]:
        """The addons that come back from their archives, with the version they had."""
        return {step.addon: step.before for step in self.steps if step.kind == "restore"}

    @property
    def dropped(self) -> tuple[str, ...]:
        """The addons whose archives are dropped first."""
        return tuple(step.addon for step in self.steps if step.kind == "drop")

    @property
    def added(self) -> tuple[str, ...]:
        """The addons that the tenant has afterwards and not before, in load order."""
        return tuple(step.addon for step in self.steps if step.kind in ("install", "restore"))

    @property
    def upgraded(self) -> dict[str, str]:
        """The addons to upgrade, with the version they have now."""
        return {step.addon: step.before for step in self.steps if step.kind == "upgrade"}

    @property
    def new(self) -> tuple[str, ...]:
        """The addons to install anew, in load order."""
        return tuple(step.addon for step in self.steps if step.kind == "install")

    def lines(self) -> list[str]:
        """The plan as text."""
        shown = [
            f"tenant {self.tenant}:",
            *(f"  {step}" for step in self.steps),
            *(f"  ({note})" for note in self.notes),
        ]
        shown += [f"  ({line})" for found in self.records.values() for line in found.lines()]
        shown += [f"  (suggested: {name}, which connects addons that are installed)" for name in self.suggested]
        return shown

    def as_json(self) -> dict[str, Any]:
        """The plan for programs."""
        steps = [{"kind": s.kind, "addon": s.addon, "version": s.version} for s in self.steps]
        answer = {"tenant": self.tenant, "steps": steps, "suggested": list(self.suggested), "demo": self.demo}
        records = {addon: asdict(found) for addon, found in self.records.items()}
        return answer | {"notes": list(self.notes), "records": records}


def plan_install(
    runtime: Runtime,
    tenant: Tenant,
    names: Iterable[str],
    *,
    demo: bool = False,
    with_bridges: bool = False,
    fresh: bool = False,
) -> Plan:
    """Plan to install addons and all they need. Everything is checked, nothing is changed.

    What has an archive is restored from it; with `fresh` the archive is dropped instead. A plan without steps has
    nothing to do: all of it is installed.
    """
    names = tuple(names)
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        before, kept, refused = installed(tx), archived(tx), refused_bridges(tx)
    library = runtime.library
    after = library.resolve([*before, *names])
    if with_bridges:
        while more := suggestions(library, after, ()):
            after = library.resolve([*after, *more])
    new = [name for name in after if name not in before]
    if not new:
        return Plan(tenant.name, before, after, (), suggestions(library, after, refused))
    assembly = check_install(runtime, after, new)
    back = {} if fresh else kept
    steps = [Step("drop", name, kept[name].version) for name in new if name in kept and fresh]
    steps += [_adding(assembly.addon(name), back) for name in new]
    steps += [Step("demo", name, assembly.addon(name).version) for name in new if demo and name not in back]
    suggested = suggestions(library, after, refused)
    notes = _check_archives(runtime, tenant, assembly, [name for name in new if name in back])
    notes += preview_install(runtime, tenant, assembly, before, [name for name in new if name not in back])
    return Plan(tenant.name, before, assembly.names, tuple(steps), suggested, demo, notes)


def _adding(addon: Addon, kept: Mapping[str, Archived]) -> Step:
    if addon.name in kept:
        return Step("restore", addon.name, addon.version, kept[addon.name].version)
    return Step("install", addon.name, addon.version)


def _check_archives(runtime: Runtime, tenant: Tenant, assembly: Assembly, names: Sequence[str]) -> tuple[str, ...]:
    """What the archives of these addons bring back; MigrateError for one that this code cannot upgrade."""
    notes: list[str] = []
    if names:
        with transaction(runtime.pool, tenant.row.dsn) as tx:
            for name in names:
                refuse_other_neighbours(tx, name)
                pending(tx, name, assembly.addon(name).revisions, archive_of(name))
                notes += [f"{name}: {line}" for line in describe(tx, name)]
    return tuple(notes)


def plan_upgrade(runtime: Runtime, tenant: Tenant, names: Iterable[str] = ()) -> Plan:
    """Plan to bring addons (all that have changed, or `names` and what they need) to the code at hand.

    A plan without steps has nothing to do. What an addon needs newly is installed. What an earlier run, which
    was stopped, has begun is gone on with, or taken back where it was of other code.
    """
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        state = State.read(tx)
    library = runtime.library
    after = library.resolve(state.addons)
    wanted = set(library.resolve(names)) if (names := tuple(names)) else set(after)
    steps = _steps(library, state, after, wanted)
    histories = {
        step.addon: following(step.addon, library.addon(step.addon).revisions, state.addons[step.addon].revision)
        for step in steps
        if step.kind == "upgrade"
    }
    assembly, contents = _checked(runtime, after, [step.addon for step in steps if step.kind != "kernel"])
    todo = sort_revisions(after, histories, {*after} - state.addons.keys())
    scheduled = schedule(todo, state.addons if state.notes_steps else ())
    cleaning = tuple(revision for addon in assembly.addons for revision in state.cleaning(addon))
    return Plan(
        tenant.name,
        tuple(state.addons),
        assembly.names,
        (*steps, *_left_over(state, scheduled, cleaning)),
        notes=_check_archives(runtime, tenant, assembly, [step.addon for step in steps if step.kind == "restore"]),
        schedule=scheduled,
        records=_surveys(runtime, tenant, assembly, [contents[name] for name in histories]),
        cleaning=cleaning,
    )


def _steps(library: Library, state: State, after: Sequence[str], wanted: Collection[str]) -> list[Step]:
    """What differs between the tenant and the code."""
    newest = kernel_history()[-1].id
    steps = [Step("kernel", KERNEL, newest, state.kernel)] if state.kernel != newest else []
    for name in after:
        addon, known = library.addon(name), state.addons.get(name)
        if known is None:
            steps.append(_adding(addon, state.kept))
        elif name in wanted and not known.fits(addon):
            steps.append(Step("upgrade", name, addon.version, known.version))
    return steps


def _left_over(state: State, scheduled: Sequence[Scheduled], cleaning: Sequence[Revision]) -> Iterator[Step]:
    """What a run that was stopped has left and this one does not go on with by itself."""
    again = {(each.revision.addon, each.revision.id) for each in scheduled if each.prepared}
    for addon in dict.fromkeys(addon for addon, id in state.prepared if (addon, id) not in again):
        yield Step("undo", addon, "")
    for addon in dict.fromkeys(revision.addon for revision in cleaning):
        yield Step("clean", addon, "")


def _surveys(
    runtime: Runtime, tenant: Tenant, assembly: Assembly, contents: Sequence[Contents]
) -> Mapping[str, Survey]:
    if not contents:
        return {}
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        return {
            each.addon: survey(tx, assembly.registry, each.addon, each.records, each.demo, each.deletions)
            for each in contents
        }


def check_install(runtime: Runtime, names: Sequence[str], new: Sequence[str]) -> Assembly:
    """Everything that can be known to fail without a database; the assembly if nothing does."""
    return _checked(runtime, names, new)[0]


def _checked(runtime: Runtime, names: Sequence[str], new: Sequence[str]) -> tuple[Assembly, dict[str, Contents]]:
    findings = Findings()
    findings.extend(missing_requirements(runtime.library.manifest(name) for name in new))
    findings.raise_if_any("Python distributions are missing:", LoadError)
    assembly = runtime.library.assembly(names)
    return assembly, read_contents(assembly, new)


def installed(tx: Transaction) -> tuple[str, ...]:
    """The names of the addons a tenant's database has; none in an empty one."""
    if tx.rows("SELECT to_regclass('tenon.addon')")[0][0] is None:
        return ()
    rows = tx.rows("SELECT name FROM tenon.addon WHERE state = 'installed' ORDER BY name")
    return tuple(row[0] for row in rows)
