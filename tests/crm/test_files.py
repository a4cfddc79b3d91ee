"""The files of the CRM: screens compile, every model has rights, revisions lead to the schema."""

from __future__ import annotations

import pytest

from addons.base.models import Access
from addons.web.catalogs import catalog_of
from kernel.addons import Runtime, Tenant
from kernel.addons.migrations.autogenerate import migration_faults
from kernel.db import Cluster
from kernel.orm import Env

OWN = ("crm",)
EXAMPLES = ("contacts", "loyalty", "crm_vip")


def test_every_model_has_rights(env: Env) -> None:
    models = {name for name, model in env.registry.models.items() if model.addon == "crm"}
    assert models == set(env[Access].search(Access.addon == "crm").mapped(Access.model))


def test_every_screen_of_the_menu_says_what_to_do_when_it_is_empty(tenant: Tenant) -> None:
    catalog = catalog_of(tenant.assembly())
    own = [action for id, action in catalog.actions.items() if id.startswith("crm.")]
    assert len(own) == 12
    for action in own:
        assert action.help
        for kind in (*action.views, "search"):
            assert catalog.view(kind, action.model), (kind, action.model)


def test_the_examples_fit_their_neighbours(runtime: Runtime) -> None:
    catalog = catalog_of(runtime.library.assembly(runtime.library.resolve(EXAMPLES)))
    form = catalog.view("form", "crm.contact")
    assert form is not None
    assert [section["id"] for section in form["section"]] == ["main", "vip"]


def test_what_revisions_require_of_other_addons_exists(runtime: Runtime) -> None:
    assembly = runtime.library.assembly(runtime.library.resolve((*OWN, *EXAMPLES)))
    known = {(revision.addon, revision.id) for addon in assembly.addons for revision in addon.revisions}
    for addon in assembly.addons:
        for revision in addon.revisions:
            assert known.issuperset(revision.requires.items()), revision


@pytest.mark.parametrize("addon", [*OWN, *EXAMPLES])
def test_revisions_lead_to_the_schema_of_a_fresh_install(runtime: Runtime, cluster: Cluster, addon: str) -> None:
    assert migration_faults(cluster, runtime.library, addon) == []
