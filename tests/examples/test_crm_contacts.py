"""The example bridge: two addons that do not know each other, joined through their hooks."""

from __future__ import annotations

import pytest

from addons.contacts.models import Partner
from addons.crm.models import Contact, Opportunity
from addons.crm_contacts.models import BRIDGE, Link
from kernel.addons import Runtime
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.config import SOURCE_ROOT
from kernel.errors import ValidationError
from kernel.orm import Env
from tests.listening import listen

FOLDER = SOURCE_ROOT / "examples/addons/crm_contacts"


def joined(env: Env) -> tuple[Contact, Partner]:
    contact = env[Contact].create({"name": "Ada Lovelace", "email": "ada@example.com", "owner": None})
    partner = env[Partner].create({"name": "Ada", "email": "ada@example.com", "phone": "+44 20 7946 0958"})
    env.flush()
    return contact, partner


def test_a_partner_and_a_contact_with_one_address_are_linked(env: Env) -> None:
    contact, partner = joined(env)
    assert BRIDGE.partner_of(contact).id == partner.id
    assert contact.phone == "+44 20 7946 0958"
    contact.email = "ada@new.example"
    env.flush()
    assert partner.email == "ada@new.example"
    with pytest.raises(ValidationError, match='is kept on the contact "Ada Lovelace"'), env.savepoint():
        partner.email = "mine@example.com"


def test_hook_sync_linked_tells_links_that_became_active(env: Env, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = listen(env, "sync_linked", monkeypatch)
    contact, partner = joined(env)
    (told,) = heard
    assert [(link.contact, link.partner, link.state) for link in told["links"]] == [(contact, partner, "active")]
    contact.email = "ada@new.example"
    env.flush()
    assert len(heard) == 1


def test_it_joins_in_when_a_deal_is_won(env: Env) -> None:
    contact, partner = joined(env)
    partner.archived = True
    values = {"name": "Rollout", "contact": contact, "amount": 10, "close_date": env.today()}
    env[Opportunity].create(values).mark_won()
    env.flush()
    assert not partner.archived


def test_it_tells_what_it_would_link_and_goes_and_comes(runtime: Runtime) -> None:
    tenant = create_tenant(runtime, "joined-later", ["crm", "contacts"])
    with tenant.env(why="a test") as env:
        joined(env)
    plan = plan_install(runtime, tenant, ["crm_contacts"])
    assert "crm_contacts: 1 pairs of a contact and a partner with the same e-mail are linked" in plan.notes
    execute(runtime, plan)
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["crm_contacts"]))
    execute(runtime, plan_install(runtime, runtime.tenant("joined-later"), ["crm_contacts"]))
    with runtime.tenant("joined-later").env(why="a test") as env:
        assert env[Link].search().mapped(Link.state) == ["active"]


def test_it_is_as_short_as_it_says() -> None:
    files = (FOLDER / "models/link.py", FOLDER / "hooks.py")
    lines = [line for file in files for line in file.read_text().splitlines() if line.strip()]
    assert len([line for line in lines if not line.startswith(("from ", "import ", '"""'))]) <= 50
