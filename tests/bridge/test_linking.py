"""Who is linked, who is suggested, and what is passed on, in one transaction and with no echo."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from addons.booking import desk
from addons.booking.models import Customer
from addons.crm.models import Contact
from addons.crm_booking_bridge.models import Contract, FieldState, Link, LogEntry
from addons.crm_booking_bridge.models.people import BRIDGE
from kernel.errors import ValidationError
from kernel.orm import Env
from tests.booking.spa import Spa, at


def customer(env: Env, name: str, email: str, **more: str) -> Customer:
    made = env[Customer].create({"name": name, "email": email, **more})
    env.flush()
    return made


def contact(env: Env, name: str, email: str, **more: str) -> Contact:
    made = env[Contact].create({"name": name, "email": email, "owner": None, **more})
    env.flush()
    return made


def pairs(env: Env, state: str) -> set[tuple[str, str]]:
    env.flush()
    return {(link.contact.name, link.customer.name) for link in env[Link].search(Link.state == state)}


# -- matching ----------------------------------------------------------------------------------------------
def test_one_record_with_the_same_address_on_each_side_is_linked(env: Env, grace: Contact) -> None:
    made = customer(env, "G. Hopper", " Grace@Example.COM ")
    assert env[Link].search().mapped(Link.method) == ["e-mail"]
    assert BRIDGE.partner_of(grace).id == made.id
    assert BRIDGE.partner_of(made).id == grace.id


def test_it_does_not_matter_who_comes_first(env: Env) -> None:
    made = env[Customer].create({"name": "Ada", "email": ""})
    env.flush()
    known = contact(env, "Ada Lovelace", "ada@example.com")
    made.email = "ada@example.com"
    env.flush()
    assert BRIDGE.partner_of(known).id == made.id


def test_several_candidates_are_suggested_and_none_is_linked(env: Env, grace: Contact) -> None:
    contact(env, "Grace Murray", "grace@example.com")
    customer(env, "Grace", "grace@example.com")
    assert pairs(env, "active") == set()
    assert pairs(env, "suggested") == {("Grace Hopper", "Grace"), ("Grace Murray", "Grace")}


def test_a_mailbox_of_a_role_never_links_people(env: Env) -> None:
    contact(env, "Jo", "info@example.com")
    customer(env, "Mo", "INFO@example.com")
    customer(env, "Lo", "office@example.org")
    assert pairs(env, "active") == set()
    assert pairs(env, "suggested") == {("Jo", "Mo")}
    assert not env[Contact].search(Contact.name == "Lo"), "nobody is made of a mailbox either"


def test_the_same_phone_and_a_similar_name_are_suggested(env: Env) -> None:
    contact(env, "Grace Hopper", "grace@navy.example", phone="+44 20 7946 0958")
    customer(env, "Hopper, Grace".replace(",", ""), "", phone="020 7946 0958")
    customer(env, "Alan Turing", "", phone="020 7946 0958")
    assert pairs(env, "suggested") == {("Grace Hopper", "Hopper Grace")}


def test_a_rejected_suggestion_is_remembered(env: Env, grace: Contact) -> None:
    contact(env, "Grace Murray", "grace@example.com")
    guest = customer(env, "Grace", "grace@example.com")
    env[Link].search(Link.contact == grace).reject()
    guest.phone = "+44 20 7946 0958"
    BRIDGE.match_all(env)
    assert pairs(env, "rejected") == {("Grace Hopper", "Grace")}
    assert pairs(env, "suggested") == {("Grace Murray", "Grace")}


def test_accepting_a_suggestion_links_and_ends_the_others(env: Env, grace: Contact) -> None:
    contact(env, "Grace Murray", "grace@example.com")
    guest = customer(env, "Grace", "grace@example.com")
    env[Link].search(Link.contact == grace).accept()
    env.flush()
    assert BRIDGE.partner_of(guest).id == grace.id
    assert guest.name == "Grace Hopper"
    assert pairs(env, "rejected") == {("Grace Murray", "Grace Hopper")}


def test_what_a_person_unlinked_stays_unlinked(env: Env, grace: Contact) -> None:
    guest = customer(env, "Grace", "grace@example.com")
    env[Link].search().unlink()
    grace.email = "grace@new.example"
    env.flush()
    assert guest.email == "grace@example.com"
    guest.email = "grace@new.example"
    BRIDGE.match_all(env)
    assert pairs(env, "active") == set()


def test_a_customer_whom_the_crm_does_not_know_becomes_a_contact(env: Env, spa: Spa) -> None:
    booking = desk.book(env, spa.advice, at("10:00"), desk.Person("Ada", "ada@example.com", "12"))
    env.flush()
    known = env[Contact].search(Contact.email == "ada@example.com")
    assert (known.name, known.lifecycle, known.owner.ids) == ("Ada", "customer", ())
    assert BRIDGE.partner_of(booking.customer).id == known.id
    assert known.phone == "", "the CRM takes no phone of two digits, and the booking is made all the same"


def test_a_contact_does_not_become_a_customer_by_itself(env: Env, grace: Contact) -> None:
    assert not env[Customer].search()


# -- passing on --------------------------------------------------------------------------------------------
def test_an_address_written_in_the_crm_is_the_customers_at_once(env: Env, grace: Contact) -> None:
    guest = customer(env, "Grace", "grace@example.com")
    grace.email = "rear.admiral@example.com"
    env.flush()
    assert env.sql("SELECT email, email_key FROM booking.customer") == [
        ("rear.admiral@example.com", "rear.admiral@example.com")
    ]
    assert guest.email == "rear.admiral@example.com"


def test_an_address_written_in_booking_is_refused_and_leads_to_the_contact(env: Env, grace: Contact) -> None:
    guest = customer(env, "Grace", "grace@example.com")
    with pytest.raises(ValidationError) as refused, env.savepoint():
        guest.email = "other@example.com"
    assert refused.value.text == 'E-mail of "Grace Hopper" is kept on the contact "Grace Hopper".'
    assert f"/app/crm.contact/{grace.id}" in refused.value.hint
    assert guest.email == "grace@example.com"


def test_of_a_phone_the_last_write_counts(env: Env, grace: Contact) -> None:
    guest = customer(env, "Grace", "grace@example.com", phone="+44 20 7946 0958")
    assert grace.phone == "+44 20 7946 0958"
    grace.phone = "+44 20 7946 0000"
    env.flush()
    assert guest.phone == "+44 20 7946 0000"
    guest.phone = "+44 20 7946 1111"
    env.flush()
    assert grace.phone == "+44 20 7946 1111"


def test_nothing_comes_back_as_an_echo(env: Env, grace: Contact) -> None:
    customer(env, "Grace", "grace@example.com")
    before = env[LogEntry].count()
    grace.email = "new@example.com"
    env.flush()
    entries = env[LogEntry].search(order="id")[before:]
    assert [(entry.event, entry.field, entry.origin) for entry in entries] == [("applied", "email", "crm.contact")]
    assert env.sql("SELECT version FROM booking.customer")[0][0] == env[Customer].search().version
    state = env[FieldState].search(FieldState.field == "e-mail")
    assert (state.origin, state.burst) == ("crm.contact", 1)


def test_a_link_that_changes_again_and_again_is_paused(env: Env, grace: Contact) -> None:
    guest = customer(env, "Grace", "grace@example.com")
    for number in range(8):
        grace.email = f"grace{number}@example.com"
        env.flush()
    link = env[Link].search()
    assert link.paused
    assert guest.email == "grace4@example.com"
    assert env[LogEntry].count(LogEntry.event == "paused") == 1


def test_a_value_that_lost_can_be_brought_back(env: Env, grace: Contact) -> None:
    guest = customer(env, "Grace", "grace@example.com", phone="+44 20 7946 0958")
    grace.phone = "+44 20 7946 0000"
    env.flush()
    entry = env[LogEntry].search((LogEntry.field == "phone") & (LogEntry.before != ""), limit=1)
    entry.bring_back()
    env.flush()
    assert guest.phone == grace.phone == "+44 20 7946 0958"


def test_who_owns_a_field_is_data(env: Env, grace: Contact) -> None:
    guest = customer(env, "Grace", "grace@example.com")
    env[Contract].search(Contract.field == "e-mail").owner = "booking"
    guest.email = "mine@example.com"
    env.flush()
    assert grace.email == "mine@example.com"
    with pytest.raises(ValidationError, match="is kept on the customer"), env.savepoint():
        grace.email = "ours@example.com"


def test_a_linked_contact_has_one_customer(env: Env, grace: Contact) -> None:
    customer(env, "Grace", "grace@example.com")
    second = customer(env, "Grace II", "")
    with pytest.raises(ValidationError, match="linked to a customer already"), env.savepoint():
        BRIDGE.join(grace, second, "by hand")


def test_who_may_see_one_side_only_is_not_stopped(env: Env, grace: Contact, member: Callable[..., Env]) -> None:
    guest = customer(env, "Grace", "grace@example.com")
    seller, clerk = member("crm.user"), member("booking.user")
    seller[Contact].browse(grace.id).email = "new@example.com"
    seller.flush()
    assert clerk[Customer].browse(guest.id).email == "new@example.com"
    assert "customer" not in seller[Contact].browse(grace.id).read({"name": {}, "email": {}})[0]
    with pytest.raises(ValidationError, match="is kept on the contact"), env.savepoint():
        clerk[Customer].browse(guest.id).name = "G."
