"""What an extra field belongs to and links to is chosen by label; the database keeps the names of the models."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

from addons.base.models import CustomKind
from addons.web.bundle import view_bundle
from addons.web.choices import by_label
from addons.web.compiler import Action, Catalog, Menu
from kernel.orm import Env
from tests.base.conftest import ada, env

__all__ = ["ada", "env"]


def choices(env: Env) -> dict[str, dict[str, str]]:
    """The labels of the models offered for both fields, by name."""
    fields: dict[str, Any] = view_bundle(env, catalog(env), "base.extra_field", ["form"])["fields"]
    return {name: dict(fields[name]["selection"]) for name in ("model", "comodel")}


def catalog(env: Env) -> Catalog:
    """An app that lists companies, and settings that list currencies and groups."""
    return Catalog(
        env.registry,
        menus={
            "app": Menu("app", "App"),
            "app.companies": Menu("app.companies", "Companies", parent="app", action="companies"),
            "base": Menu("base", "Settings"),
            "base.groups": Menu("base.groups", "Groups", parent="base", action="groups"),
        },
        actions={
            "companies": Action("companies", "Companies", "base.company", ("list",)),
            "groups": Action("groups", "Groups", "base.group", ("list",)),
        },
    )


def test_a_field_belongs_to_what_is_extensible_by_its_label(env: Env, ada: int) -> None:
    offered = choices(env.as_user(ada))["model"]
    extensible = {info.name for info in env.registry.models.values() if info.extensible}
    assert offered.keys() == extensible
    assert offered["base.custom_record"] == "Records of a kind"


def test_a_field_links_to_what_has_a_list_outside_the_settings_and_what_that_links_to(env: Env, ada: int) -> None:
    offered = choices(env.as_user(ada))["comodel"]
    assert (offered["base.company"], offered["base.currency"]) == ("Company", "Currency")
    assert not {"base.group", "base.access", "base.change", "base.custom_record"} & offered.keys()
    env[CustomKind].create({"label": "Vehicle"})
    env.flush()
    assert choices(env.as_user(ada))["comodel"]["base.custom_record"] == "Records of a kind"


def test_the_fields_in_the_form_of_a_kind_have_the_same_choices(env: Env, ada: int) -> None:
    form = {
        "form.base.custom_kind": {
            "tab": [{"id": "f", "title": "F", "fields": [{"name": "definitions", "columns": []}]}]
        }
    }
    actor, known = env.as_user(ada), catalog(env)
    found = view_bundle(actor, replace(known, views=form), "base.custom_kind", ["form"])
    fields = found["models"]["base.extra_field"]["fields"]
    assert {name: dict(fields[name]["selection"]) for name in ("model", "comodel")} == choices(actor)


def test_models_that_are_called_the_same_are_told_apart_by_their_addon(env: Env) -> None:
    company, currency = env.registry.model("base.company"), env.registry.model("base.currency")
    twin = copy(currency)
    twin.name, twin.label = "shop.company", "Company"
    assert by_label([company, twin, currency]) == [
        ["base.company", "Company (base)"],
        ["shop.company", "Company (shop)"],
        ["base.currency", "Currency"],
    ]
