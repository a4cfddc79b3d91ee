"""An assembly: all that one ordered set of addons is in this process; and the library that makes them.

Tenants with the same addons share one assembly: one registry, one set of hooks, one of everything that is
derived from them (`extra`). Nothing in it belongs to a tenant.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, cast

from packaging.version import Version

from kernel.addons import hookspecs
from kernel.addons.contents.stable_ids import StableIdTable
from kernel.addons.discovery.catalog import Catalog, make_importable, search
from kernel.addons.discovery.graph import load_order, resolve
from kernel.addons.discovery.loader import Addon, load
from kernel.addons.discovery.manifest import Manifest
from kernel.addons.findings import Findings
from kernel.addons.hooks import Hooks, HookSource
from kernel.addons.stores import Stores
from kernel.errors import DeveloperError, RegistryError
from kernel.orm import Env, Model
from kernel.orm.ports import Ports, TenantInfo
from kernel.orm.registry.registry import AddonModels, Registry

T = TypeVar("T")
SINGLE: Final = (
    hookspecs.number_series,
    hookspecs.access_policy,
    hookspecs.user_directory,
    hookspecs.settings_store,
    hookspecs.extra_fields,
    hookspecs.change_log,
)
"""Hooks that one addon at most may answer."""


@dataclass(slots=True)
class Faults:
    """What is wrong with an assembly that is only looked at."""

    findings: Findings = field(default_factory=Findings)
    errors: list[DeveloperError] = field(default_factory=list)


class Assembly:
    """One ordered set of addons, loaded and fitted together. Immutable, apart from what `extra` keeps.

    With `faults`, errors of models and hooks are noted there instead of raised: such an assembly is for looking at.
    """

    def __init__(self, addons: Iterable[Addon], faults: Faults | None = None) -> None:
        self.addons: tuple[Addon, ...] = tuple(addons)
        self.names: tuple[str, ...] = tuple(addon.name for addon in self.addons)
        models = [AddonModels(addon.name, addon.classes) for addon in self.addons]
        sources = [source for source in (addon.hook_source for addon in self.addons) if source]
        if faults is None:
            self.registry = Registry.build(models)
            self.hooks = Hooks(_KERNEL, sources, _Texts(self.addons))
        else:
            self.registry, errors = Registry.examine(models)
            faults.errors.extend(errors)
            self.hooks = Hooks(_KERNEL, sources, _Texts(self.addons), faults.findings)
        for spec in SINGLE:
            if (error := _second_provider(self.hooks, spec)) and faults is None:
                raise error
            if error and faults is not None:
                faults.errors.append(error)
        self._policy = self.hooks(hookspecs.access_policy)()
        self._users = self.hooks(hookspecs.user_directory)()
        self._settings = self.hooks(hookspecs.settings_store)()
        self._extra_fields = self.hooks(hookspecs.extra_fields)()
        self._numbers = self.hooks(hookspecs.number_series)()
        self._changes = self.hooks(hookspecs.change_log)()
        self._record_hooks = RecordHookCaller(self.hooks)
        self._extras: dict[Hashable, Any] = {}
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<assembly {' '.join(self.names) or 'of no addons'}>"

    def addon(self, name: str) -> Addon:
        """An addon of this set; KeyError if it is none."""
        return next(addon for addon in self.addons if addon.name == name)

    def extra(self, key: Hashable, build: Callable[[], T]) -> T:
        """A thing derived from this set (an URL map, merged views), built on first use and then kept."""
        try:
            return cast(T, self._extras[key])
        except KeyError:
            with self._lock:
                if key not in self._extras:
                    self._extras[key] = build()
                return cast(T, self._extras[key])

    def ports(self, tenant: TenantInfo | None, stores: Stores | None = None) -> Ports:
        """What an env of a tenant with this set asks."""
        return Ports(
            policy=self._policy,
            users=self._users,
            record_hooks=self._record_hooks,
            stable_ids=_STABLE_IDS,
            settings=self._settings,
            hooks=self.hooks,
            tenant=tenant,
            numbers=self._numbers,
            extra_fields=self._extra_fields,
            storage=stores.storage if stores else None,
            secrets=stores.secrets if stores else None,
            changes=self._changes,
        )


class RecordHookCaller:
    """Tells the addons what happened to records."""

    def __init__(self, hooks: Hooks) -> None:
        self._created = hooks(hookspecs.records_created)
        self._written = hooks(hookspecs.records_written)
        self._deleting = hooks(hookspecs.records_deleting)
        self._listens = {
            "created": hooks.has(hookspecs.records_created),
            "written": hooks.has(hookspecs.records_written),
            "deleting": hooks.has(hookspecs.records_deleting),
        }

    def listens(self, event: Literal["created", "written", "deleting"]) -> bool:
        """Whether anybody listens."""
        return self._listens[event]

    def created(self, env: Env, records: Model) -> None:
        """Records of one model were created."""
        self._created(env=env, records=records)

    def written(self, env: Env, records: Model, changed: frozenset[str]) -> None:
        """Records of one model were changed."""
        self._written(env=env, records=records, changed=changed)

    def deleting(self, env: Env, records: Model) -> None:
        """Records of one model are about to go."""
        self._deleting(env=env, records=records)


class Library:
    """The addons this process can use: what is on disk, what is imported, which sets are assembled."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self.roots = tuple(roots)
        self._catalog: Catalog | None = None
        self._loaded: dict[str, Addon] = {}
        self._assemblies: dict[tuple[str, ...], Assembly] = {}
        self._lock = threading.RLock()
        make_importable(self.roots)

    def available(self) -> Catalog:
        """Every addon found now; the disk is looked at anew. What is loaded stays as it was loaded."""
        with self._lock:
            make_importable(self.roots)
            found = search(self.roots)
            loaded = {name: addon.manifest for name, addon in self._loaded.items()}
            faults = {name: items for name, items in found.faults.items() if name not in loaded}
            self._catalog = Catalog({**found.manifests, **loaded}, faults)
            return self._catalog

    @property
    def catalog(self) -> Catalog:
        """The addons found when the disk was last looked at."""
        return self._catalog or self.available()

    def manifest(self, name: str) -> Manifest:
        """The manifest of an addon; looks at the disk again before it says there is none."""
        catalog = self.catalog
        return (catalog if name in catalog.manifests else self.available()).manifest(name)

    def resolve(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The load order of addons and all they need."""
        names = tuple(wanted)
        for name in names:
            self.manifest(name)
        catalog = self.available()
        return resolve(catalog.manifests, names, tenon=tenon_version())

    def addon(self, name: str) -> Addon:
        """An addon, imported once."""
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = load(self.manifest(name))
            return self._loaded[name]

    def order(self, names: Iterable[str]) -> tuple[str, ...]:
        """The load order of exactly these addons."""
        return load_order({name: self.manifest(name) for name in names})

    def assembly(self, names: Iterable[str]) -> Assembly:
        """The assembly of exactly these addons; one object for all tenants that have them."""
        wanted = tuple(names)
        with self._lock:
            known = self._assemblies.get(wanted)
            if known is not None:
                return known
            ordered = self.order(wanted)
            if ordered not in self._assemblies:
                made = Assembly(self.addon(name) for name in ordered)
                made.hooks(hookspecs.registry_ready)(names=made.names)
                self._assemblies[ordered] = made
            self._assemblies[wanted] = self._assemblies[ordered]
            return self._assemblies[wanted]


class _Texts(Mapping[str, str]):
    """Source code of addons by name, read when it is asked for."""

    def __init__(self, addons: Iterable[Addon]) -> None:
        self._addons = {addon.name: addon for addon in addons}

    def __getitem__(self, name: str) -> str:
        return self._addons[name].source_text()

    def __iter__(self) -> Iterator[str]:
        return iter(self._addons)

    def __len__(self) -> int:
        return len(self._addons)


def tenon_version() -> Version:
    """The version of Tenon that runs."""
    try:
        return Version(version("tenon"))
    except PackageNotFoundError:
        return Version("0.1.0")


def _second_provider(hooks: Hooks, spec: Callable[..., Any]) -> RegistryError | None:
    addons = hooks.addons_of(spec)
    if len(addons) < 2:
        return None
    name = cast(Any, spec).name
    return RegistryError(
        f'The hook "{name}" has exactly one provider, but these addons answer it: {", ".join(addons)}.',
        hint="Install one of them.",
        rule="hook-second-provider",
    )


_KERNEL: Final = HookSource("", hookspecs, Path(hookspecs.__file__).parent)
_STABLE_IDS: Final = StableIdTable()
