"""The catalog: every view, menu and action of an assembly, checked and merged; shared by its tenants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from addons.web.compiler.anchors import anchors
from addons.web.compiler.generated import generate_view
from addons.web.compiler.merge import Target, extend
from addons.web.compiler.reading import Spot, ViewFile
from addons.web.compiler.shapes import ACTION, MENU, VIEWS, read_view
from addons.web.compiler.takes import table
from kernel.addons.findings import Findings
from kernel.errors import MissingError, suggest
from kernel.orm.registry.registry import ModelInfo, Registry

TABLES: Final = (*VIEWS, "menu", "action", "extend")
#: Types of view that cannot be guessed from a model's fields.
DECIDED: Final = ("board", "calendar")


@dataclass(frozen=True, slots=True)
class Menu:
    """An entry of the side bar; without a parent it is an app."""

    id: str
    title: str
    parent: str = ""
    icon: str = ""
    sequence: int = 100
    action: str = ""
    url: str = ""
    groups: frozenset[str] = frozenset()
    addon: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What a menu opens: a model, the views it can be looked at with, and which records."""

    id: str
    title: str
    model: str
    views: tuple[str, ...]
    variant: str = ""
    domain: Any = ()
    filters: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    help: str = ""
    icon: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Values that a new record begins with."""

    def as_json(self) -> dict[str, Any]:
        """The form the client gets."""
        return {
            "id": self.id,
            "title": self.title,
            "model": self.model,
            "views": list(self.views),
            "variant": self.variant,
            "domain": list(self.domain),
            "filters": list(self.filters),
            "help": self.help,
            "icon": self.icon,
            "defaults": dict(self.defaults),
        }


@dataclass(frozen=True, slots=True)
class Catalog:
    """All views by id (`form.crm.contact`, `form.crm.contact:quick`), menus and actions."""

    registry: Registry
    views: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    menus: Mapping[str, Menu] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)

    def view(self, kind: str, model: str, variant: str = "") -> Mapping[str, Any] | None:
        """A view of a model. Where none is declared a list, form and search are made from its fields."""
        info = self.registry.model(model)
        if kind not in VIEWS:
            raise MissingError(f'There is no type of view "{kind}".{suggest(kind, VIEWS)}')
        if variant and f"{kind}.{model}:{variant}" in self.views:
            return self.views[f"{kind}.{model}:{variant}"]
        return self.views.get(f"{kind}.{model}") or generate_view(kind, info)


def compile_catalog(
    registry: Registry, files: Iterable[ViewFile], findings: Findings, groups: frozenset[str] = frozenset()
) -> Catalog:
    """Read, check and merge view files given in load order; faults are added to `findings`.

    `groups` are all groups that the addons declare.
    """
    compiler = _Compiler(registry, findings, groups)
    files = tuple(files)
    for file in files:
        compiler.declare(file)
    for file in files:
        compiler.extend(file)
    compiler.relate()
    return Catalog(registry, compiler.views, compiler.menus, compiler.actions)


class _Compiler:
    """One compilation: what was declared so far, and where."""

    def __init__(self, registry: Registry, findings: Findings, groups: frozenset[str]) -> None:
        self.registry = registry
        self.findings = findings
        self.groups = groups
        self.targets: dict[str, Target] = {}
        self.menus: dict[str, Menu] = {}
        self.actions: dict[str, Action] = {}
        self.broken: set[str] = set()
        """Actions whose model is not there: that is told once."""
        self.spots: dict[str, Spot] = {}

    @property
    def views(self) -> dict[str, dict[str, Any]]:
        """The merged views by id."""
        return {id: target.view for id, target in self.targets.items()}

    # -- declarations --------------------------------------------------------------------------------
    def declare(self, file: ViewFile) -> None:
        """Take up all but the extensions of one file."""
        for kind, tables in file.source.data.items():
            spot = Spot(file, (kind,), self.findings, kind)
            if kind not in TABLES:
                text = f'no table "{kind}" in view files.{suggest(kind, TABLES)} Known: {", ".join(TABLES)}'
                spot.fault("unknown-table", text)
            elif not isinstance(tables, dict):
                spot.fault("wrong-type", f'write [{kind}."<name>"]')
            elif kind != "extend":
                for name, raw in tables.items():
                    self._declare_one(spot.at(name), kind, name, raw)

    def _declare_one(self, spot: Spot, kind: str, name: str, raw: Any) -> None:
        id = f"{kind}.{name}"
        spot = Spot(spot.file, spot.keys, self.findings, id)
        if id in self.spots:
            spot.fault("duplicate", f"is declared twice, also in {self.spots[id].place}")
            return
        self.spots[id] = spot
        if kind == "menu":
            self._menu(spot, name, raw)
        elif kind == "action":
            self._action(spot, name, raw)
        else:
            self._view(spot, kind, id, name.partition(":")[0], raw)

    def _view(self, spot: Spot, kind: str, id: str, model: str, raw: Any) -> None:
        info = self._model(spot, model)
        if info is None:
            return
        view = read_view(spot.about(info), kind, raw)
        _refuse_duplicates(spot, kind, view)
        self.targets[id] = Target(id, kind, view, spot.place)

    def _model(self, spot: Spot, name: str) -> ModelInfo | None:
        if name not in self.registry.models:
            spot.fault("unknown-model", f'no model "{name}" is installed.{suggest(name, self.registry.models)}')
            return None
        return self.registry.models[name]

    def _menu(self, spot: Spot, name: str, raw: Any) -> None:
        values = table(spot, raw, MENU.keys, MENU.required)
        self._owned(spot, name)
        groups = frozenset(values.pop("groups", ()))
        values.setdefault("title", name)
        self.menus[name] = Menu(id=name, groups=groups, addon=spot.file.addon, **values)

    def _action(self, spot: Spot, name: str, raw: Any) -> None:
        model = self._model(spot.at("model"), str(raw.get("model"))) if isinstance(raw, dict) else None
        values = table(spot.about(model), raw, ACTION.keys, ACTION.required)
        self._owned(spot, name)
        if model is None:
            self.broken.add(name)
            return
        self.actions[name] = Action(
            id=name,
            title=values.get("title", name),
            model=model.name,
            views=tuple(values.get("views", ())),
            variant=values.get("variant", ""),
            domain=tuple(values.get("domain", ())),
            filters=tuple(values.get("filters", ())),
            groups=frozenset(values.get("groups", ())),
            help=values.get("help", ""),
            icon=values.get("icon", ""),
        )

    def _owned(self, spot: Spot, name: str) -> None:
        if name.split(".")[0] not in self.registry.addons:
            addon = spot.file.addon
            spot.fault("wrong-owner", f'menus and actions of this addon are named "{addon}" or "{addon}.<name>"')

    # -- extensions ----------------------------------------------------------------------------------
    def extend(self, file: ViewFile) -> None:
        """Apply the extensions of one file."""
        tables = file.source.data.get("extend", {})
        if not isinstance(tables, dict):
            return
        for id, entries in tables.items():
            spot = Spot(file, ("extend", id), self.findings, f"extend.{id}")
            if not isinstance(entries, list):
                spot.fault("wrong-type", f'write [[extend."{id}"]] with two brackets')
                continue
            for index, raw in enumerate(entries):
                self._extend_one(spot.at(index), id, raw)

    def _extend_one(self, spot: Spot, id: str, raw: Any) -> None:
        target = self.targets.get(id)
        if target is None:
            spot.fault("unknown-target", f'no view "{id}" is declared.{suggest(id, self.targets)}')
            return
        model = id.split(".", 1)[1].partition(":")[0]
        extend(target, spot.about(self.registry.models[model]), raw)

    # -- relations -----------------------------------------------------------------------------------
    def relate(self) -> None:
        """Menus have parents and actions that exist, actions have filters that exist."""
        for name, menu in self.menus.items():
            spot = self.spots[f"menu.{name}"]
            if menu.parent and menu.parent not in self.menus:
                text = f'no menu "{menu.parent}".{suggest(menu.parent, self.menus)}'
                spot.at("parent").fault("unknown-menu", text)
            if menu.action and menu.action not in self.actions and menu.action not in self.broken:
                text = f'no action "{menu.action}".{suggest(menu.action, self.actions)}'
                spot.at("action").fault("unknown-action", text)
            self._check_groups(menu.groups, spot)
            if menu.id in self._above(menu):
                spot.at("parent").fault("menu-circle", "is below itself: " + " > ".join((name, *self._above(menu))))
        for action in self.actions.values():
            self._check_action(action, self.spots[f"action.{action.id}"])

    def _above(self, menu: Menu) -> tuple[str, ...]:
        seen: list[str] = []
        while menu.parent and menu.parent in self.menus and menu.parent not in seen:
            seen.append(menu.parent)
            menu = self.menus[menu.parent]
        return tuple(seen)

    def _check_groups(self, names: Iterable[str], spot: Spot) -> None:
        for name in names:
            if name not in self.groups:
                spot.at("groups").fault("unknown-group", f'no group "{name}".{suggest(name, self.groups)}', name)

    def _check_action(self, action: Action, spot: Spot) -> None:
        self._check_groups(action.groups, spot)
        search = self.targets.get(f"search.{action.model}")
        known = [item["id"] for item in search.view.get("filter", []) if "id" in item] if search else []
        for name in action.filters:
            if name not in known:
                text = f'no filter "{name}" in search.{action.model}.{suggest(name, known)}'
                spot.at("filters").fault("unknown-filter", text, name)
        for kind in DECIDED:
            if kind in action.views and f"{kind}.{action.model}" not in self.targets:
                text = f'no {kind} is declared for {action.model}: write [{kind}."{action.model}"]'
                spot.at("views").fault("missing-view", text)


def _refuse_duplicates(spot: Spot, kind: str, view: dict[str, Any]) -> None:
    seen: set[str] = set()
    for label in _labels(kind, view):
        if label in seen:
            spot.fault("duplicate", f'has "{label.partition(":")[2]}" twice', label.partition(":")[2])
        seen.add(label)


def _labels(kind: str, view: dict[str, Any]) -> Iterator[str]:
    return (anchor.label for anchor in anchors(kind, view))
