"""Contacts and accounts: several ways to reach a person, one primary each; parts in accounts over time."""

from __future__ import annotations

import datetime as dt

import pytest

from addons.base.email_address import normal_email
from addons.crm.models import Account, Contact, ContactEmail, ContactRole
from addons.crm.models.account import host_of
from addons.crm.models.reach import normal_phone
from kernel.errors import ValidationError
from kernel.orm import Command, Env


def test_an_email_given_to_a_new_contact_becomes_its_primary_line(env: Env) -> None:
    contact = env[Contact].create({"name": "Ada", "email": "Ada@Example.com"})
    assert contact.emails.mapped(ContactEmail.address) == ["Ada@Example.com"]
    assert contact.emails.is_primary
    assert contact.emails.normalised == "ada@example.com"
    assert contact.email == "Ada@Example.com"


def test_writing_the_email_changes_the_primary_line_and_keeps_the_others(env: Env) -> None:
    lines = [
        Command.create({"address": "ada@home.example"}),
        Command.create({"address": "ada@work.example", "is_primary": True}),
    ]
    contact = env[Contact].create({"name": "Ada", "emails": lines})
    assert contact.email == "ada@work.example"
    contact.email = "ada@new.example"
    env.flush()
    assert sorted(contact.emails.mapped(ContactEmail.address)) == ["ada@home.example", "ada@new.example"]
    assert contact.email == "ada@new.example"


def test_an_emptied_email_removes_the_line_and_shows_the_next(env: Env) -> None:
    lines = [
        Command.create({"address": "ada@work.example", "is_primary": True}),
        Command.create({"address": "ada@home.example"}),
    ]
    contact = env[Contact].create({"name": "Ada", "emails": lines})
    contact.email = ""
    env.flush()
    assert contact.email == "ada@home.example"


def test_a_line_that_becomes_primary_takes_that_from_the_other(env: Env) -> None:
    lines = [
        Command.create({"address": "ada@work.example", "is_primary": True}),
        Command.create({"address": "ada@home.example"}),
    ]
    contact = env[Contact].create({"name": "Ada", "emails": lines})
    home = contact.emails.filtered(ContactEmail.address == "ada@home.example")
    home.write(is_primary=True)
    env.flush()
    assert contact.emails.filtered(ContactEmail.is_primary == True) == home  # noqa: E712
    assert contact.email == "ada@home.example"


def test_two_primary_lines_are_refused_by_the_database(env: Env) -> None:
    lines = [{"address": f"{name}@x.example", "is_primary": True} for name in ("a", "b")]
    with pytest.raises(ValidationError, match="one primary e-mail"), env.savepoint():
        env[Contact].create({"name": "Ada", "emails": [Command.create(line) for line in lines]})


def test_the_same_email_twice_is_refused_whatever_its_case(env: Env) -> None:
    contact = env[Contact].create({"name": "Ada", "email": "ada@example.com"})
    with pytest.raises(ValidationError, match="this e-mail already"), env.savepoint():
        env[ContactEmail].create({"contact": contact, "address": "ADA@example.com"})


def test_a_text_that_is_no_email_is_refused_with_its_field(env: Env) -> None:
    with pytest.raises(ValidationError) as error:
        env[Contact].create({"name": "Ada", "email": "ada at example"})
    assert error.value.field == "email"
    assert error.value.record is not None
    assert error.value.record[0] == "crm.contact"


@pytest.mark.parametrize(
    ("number", "normal"),
    [
        ("+44 20 7946 0958", "+442079460958"),
        ("0044 (20) 7946-0958", "+442079460958"),
        ("020 7946 0958", "+442079460958"),
        ("112", "112"),
    ],
)
def test_phone_numbers_are_normalised(number: str, normal: str) -> None:
    assert normal_phone(number, "+44") == normal


def test_emails_are_normalised() -> None:
    assert normal_email("  Ada@EXAMPLE.com ") == "ada@example.com"


def test_changing_the_account_ends_the_old_role_and_keeps_it(env: Env) -> None:
    old, new = env[Account].create([{"name": "Old"}, {"name": "New"}])
    began = env.today() - dt.timedelta(days=400)
    role = Command.create({"account": old.id, "role": "Buyer", "started_on": began})
    contact = env[Contact].create({"name": "Ada", "roles": [role]})
    assert contact.account == old
    contact.account = new
    env.flush()
    assert contact.account == new
    ended = contact.roles.filtered(ContactRole.account == old)
    assert (ended.role, ended.ended_on) == ("Buyer", env.today())


def test_an_account_chosen_by_mistake_today_is_put_right(env: Env) -> None:
    wrong, right = env[Account].create([{"name": "Wrong"}, {"name": "Right"}])
    contact = env[Contact].create({"name": "Ada", "account": wrong})
    contact.account = right
    env.flush()
    assert contact.account == right
    assert len(contact.roles) == 1


def test_an_ended_role_is_no_account(env: Env) -> None:
    account = env[Account].create({"name": "Acme"})
    contact = env[Contact].create({"name": "Ada", "account": account})
    contact.roles.ended_on = env.today()
    env.flush()
    assert not contact.account


def test_a_role_cannot_end_before_it_begins(env: Env) -> None:
    account = env[Account].create({"name": "Acme"})
    contact = env[Contact].create({"name": "Ada"})
    values = {"contact": contact, "account": account, "started_on": "2024-05-02", "ended_on": "2024-05-01"}
    with pytest.raises(ValidationError, match="before it begins"), env.savepoint():
        env[ContactRole].create(values)


def test_a_subsidiary_shows_what_it_belongs_to(env: Env) -> None:
    top = env[Account].create({"name": "Fjord"})
    middle = env[Account].create({"name": "Ports", "parent": top})
    leaf = env[Account].create({"name": "Cranes", "parent": middle})
    assert leaf.full_name == "Fjord / Ports / Cranes"
    top.name = "Blue Fjord"
    assert leaf.full_name == "Blue Fjord / Ports / Cranes"
    assert env[Account].search(Account.parent.child_of(top)) == leaf | middle


def test_an_account_cannot_be_part_of_itself(env: Env) -> None:
    top = env[Account].create({"name": "Fjord"})
    leaf = env[Account].create({"name": "Cranes", "parent": top})
    with pytest.raises(ValidationError, match="part of itself"), env.savepoint():
        top.write(parent=leaf)


@pytest.mark.parametrize(
    ("website", "host"),
    [
        ("https://www.Acme.example/about", "acme.example"),
        ("acme.example", "acme.example"),
        ("", ""),
    ],
)
def test_the_domain_of_an_account_is_the_host_of_its_website(website: str, host: str) -> None:
    assert host_of(website) == host


def test_both_e_mail_and_phone_of_a_new_contact_are_in_the_database(env: Env) -> None:
    contact = env[Contact].create({"name": "Ada", "email": "ada@example.com", "phone": "+44 20 7946 0958"})
    env.flush()
    query = "SELECT email, phone FROM crm.contact WHERE id = %s"
    assert env.sql(query, (contact.id,)) == [("ada@example.com", "+44 20 7946 0958")]
