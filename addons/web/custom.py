"""What a tenant made for itself, in menus and views: extra fields in forms, lists and searches; kinds of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from addons.base.extra import kinds_of
from addons.base.models.custom import RECORDS
from addons.web.compiler import Action, Menu
from kernel.orm import Env
from kernel.orm.extra.definitions import ExtraBound
from kernel.orm.registry.registry import ModelInfo

APP: Final = "base.custom"
KIND: Final = "kind-"
_GROUPED: Final = ("selection", "boolean", "many2one")
_SOUGHT: Final = ("char", "text", "many2one")


def kind_actions(env: Env) -> dict[str, Action]:
    """One action for each kind of records that the actor may use."""
    if not env.may(env.registry.model(RECORDS), "read"):
        return {}
    return {
        _id(kind.name): Action(
            id=_id(kind.name),
            title=kind.label,
            model=RECORDS,
            views=("list", "form"),
            variant=f"{KIND}{kind.id}",
            domain=(["kind", "=", kind.id],),
            help=f"Nothing here yet. Create the first: {kind.label}.",
            icon=kind.icon,
            defaults={"kind": {"id": kind.id, "title": kind.label}},
        )
        for kind in kinds_of(env)
    }


def kind_menus(env: Env) -> list[Menu]:
    """An app of its own, with an entry for each kind; nothing where there is none."""
    entries = [
        Menu(_id(kind.name), kind.label, parent=APP, icon=kind.icon, sequence=at, action=_id(kind.name))
        for at, kind in enumerate(kinds_of(env))
    ]
    return [Menu(APP, "Records", icon="layers", sequence=800), *entries] if entries else []


def _id(name: str) -> str:
    return f"{APP}.{name}"


def with_extras(
    env: Env, model: ModelInfo, views: Mapping[str, Mapping[str, Any] | None], variant: str
) -> dict[str, Mapping[str, Any] | None]:
    """The views with the extra fields that the actor may see; of a kind, with those of that kind only."""
    kind = int(variant.removeprefix(KIND)) if variant.startswith(KIND) and variant[len(KIND) :].isdecimal() else 0
    extras = [
        bound
        for bound in env.extra_fields(model).values()
        if not bound.definition.kind or bound.definition.kind == kind
    ]
    if not extras:
        return dict(views)
    return {name: _ADD[name](view, extras, kind) if view and name in _ADD else view for name, view in views.items()}


def _form(view: Mapping[str, Any], extras: Iterable[ExtraBound], kind: int) -> dict[str, Any]:
    """A section of its own at the end; the fields of a kind are what its records are about and need no title."""
    items = [{"name": bound.name} for bound in extras]
    section = {"id": "extra", "title": "" if kind else "More", "columns": 2, "fields": items}
    return {**view, "section": [*view.get("section", ()), section]}


def _list(view: Mapping[str, Any], extras: Iterable[ExtraBound], kind: int) -> dict[str, Any]:
    """Columns at the end, where the definition asks for it."""
    columns = [each for each in view["columns"] if not kind or each.get("name") != "kind"]
    shown = [{"name": bound.name} for bound in extras if bound.definition.in_list]
    return {**view, "columns": [*columns, *shown]}


def _search(view: Mapping[str, Any], extras: Iterable[ExtraBound], _kind: int) -> dict[str, Any]:
    """Texts and choices are sought and grouped like others."""
    sought = [bound.name for bound in extras if bound.field.type in _SOUGHT]
    groups = [
        {"id": bound.name, "label": bound.field.label, "by": bound.name}
        for bound in extras
        if bound.field.type in _GROUPED
    ]
    fields = [*view.get("fields", ()), *sought]
    return {**view, "fields": fields, "group": [*view.get("group", ()), *groups]}


_ADD: Final = {"form": _form, "list": _list, "search": _search}
