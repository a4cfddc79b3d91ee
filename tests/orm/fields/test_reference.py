"""References: records of any model, of some, of models and records that are gone, under the actor's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.errors import DeveloperError, MissingError, RegistryError, ValidationError
from kernel.orm import AddonModels, Domain, Env, Model, Ports, Registry, fields
from kernel.orm.registry.describe import describe
from kernel.orm.writing.drafts import onchange
from tests.orm.databases import installed, rolled_back
from tests.orm.fields.linked import CLASSES, Note, Person, Place, Policy, linked_registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    return linked_registry()


@pytest.fixture(scope="module")
def linked_database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with installed(cluster, registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, linked_database: str) -> Iterator[Transaction]:
    with rolled_back(pool, linked_database) as opened:
        yield opened


@pytest.fixture
def env(tx: Transaction, registry: Registry) -> Env:
    return Env.open(tx, registry, Ports(policy=Policy()))  # type: ignore[arg-type]


@pytest.fixture
def ada(env: Env) -> Person:
    return env[Person].create({"name": "Ada"})


@pytest.fixture
def porto(env: Env) -> Place:
    return env[Place].create({"name": "Porto"})


def test_it_leads_to_records_of_several_models(env: Env, ada: Person, porto: Place) -> None:
    one, two = env[Note].create([{"about": ada}, {"about": porto}])
    assert (one.about, two.about) == (ada, porto)
    assert type(one.about) is type(ada)
    env.invalidate()
    assert (one.about.display_title, two.about.display_title) == ("Ada", "Porto")
    assert env.sql("SELECT about FROM link.note WHERE id = %s", [one.id]) == [(f"link.person,{ada.id}",)]


def test_unset_is_an_empty_recordset(env: Env) -> None:
    note = env[Note].create({})
    for _ in range(2):
        assert not note.about
        assert note.about.id == 0
        assert note.about.display_title == ""
        assert note.who == env[Person]
        env.invalidate()
    assert env[Note].about == env[Note]


def test_it_takes_records_texts_and_the_wire_form(env: Env, ada: Person) -> None:
    note = env[Note].create({"about": f"link.person,{ada.id}"})
    assert note.about == ada
    note.about = None
    assert not note.about
    note.write(about={"model": "link.person", "id": ada.id, "title": "Ada"})
    assert note.about == ada
    note.about = env[Person]
    env.invalidate()
    assert not note.about


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("link.persn,1", r'no model "link.persn" fits here.*Did you mean "link.person"'),
        ("person", "is no reference"),
        ("link.person,0", "is no reference"),
        ("link.person,9223372036854775808", "is no reference"),
        (5, "is no record"),
    ],
)
def test_what_is_no_reference_is_refused(env: Env, wrong: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=f"Note, About: .*{message}") as caught:
        env[Note].create({"about": wrong})
    assert caught.value.field == "about"
    note = env[Note].create({})
    with pytest.raises(ValidationError, match=message):
        note.about = wrong


def test_only_the_listed_models_fit(env: Env, ada: Person, porto: Place) -> None:
    note = env[Note].create({"who": ada})
    with pytest.raises(ValidationError, match=r'no model "link.place" fits here; it may be one of link.person'):
        note.who = porto
    with pytest.raises(ValidationError, match="2 records given, one fits"):
        note.who = ada | env[Person].create({"name": "Bob"})


def test_a_record_that_is_gone_reads_as_unset(env: Env, ada: Person) -> None:
    note = env[Note].create({"about": ada})
    env.flush()
    assert note.about == ada
    ada.delete()
    assert not note.about
    env.invalidate()
    assert not note.about
    assert note.about.display_title == ""
    assert note.read(["about"])[0]["about"] is None


def test_a_model_that_is_not_installed_reads_as_unset(env: Env) -> None:
    note = env[Note].create({})
    env.flush()
    env.tx.execute("UPDATE link.note SET about = 'gone.model,5', who = 'nonsense' WHERE id = %s", [note.id])
    env.invalidate()
    assert not note.about
    assert not note.who
    assert note.read(["about", "who"])[0]["about"] is None
    assert env[Note].search_read(Note.id == note.id, ["who"])[0]["who"] is None
    note.text = "written beside"
    env.invalidate()
    assert env.sql("SELECT about FROM link.note WHERE id = %s", [note.id]) == [("gone.model,5",)]


def test_domains_find_by_record_and_by_model(env: Env, ada: Person, porto: Place) -> None:
    one, two, unset = env[Note].create([{"about": ada}, {"about": porto}, {}])
    search = env[Note].search
    every = one | two | unset
    found = {
        Note.about == ada: one,
        Note.about != ada: two | unset,
        Note.about.is_in([ada, porto]): one | two,
        Note.about.is_in([ada, None]): one | unset,
        Note.about.not_in([ada]): two | unset,
        Note.about == None: unset,  # noqa: E711 - a domain
        Note.about.is_a(Place): two,
        Domain.term("about", "=", ada): one,
        Domain.term("about", "in", ada): one,
        Domain.term("about", "in", [ada, porto]): one | two,
        Domain.from_wire(["about", "=", f"link.person,{ada.id}"]): one,
    }
    for domain, expected in found.items():
        assert search(domain, order="id") == expected
        assert every.filtered(domain) == expected


def test_a_wrong_operand_is_refused_before_any_sql(env: Env, porto: Place) -> None:
    with pytest.raises(ValidationError, match="no model"):
        env[Note].search(Note.who == porto)
    with pytest.raises(ValidationError, match="is no reference"):
        env[Note].search(Domain.from_wire(["about", "=", "5"]))


def test_the_wire_has_model_id_and_title(env: Env, ada: Person, porto: Place) -> None:
    notes = env[Note].create([{"about": ada}, {"about": porto}, {}])
    env.flush()
    wanted = [
        {"model": "link.person", "id": ada.id, "title": "Ada"},
        {"model": "link.place", "id": porto.id, "title": "Porto"},
        None,
    ]
    env.invalidate()
    assert [row["about"] for row in notes.read(["about"])] == wanted
    assert [row["about"] for row in env[Note].search_read(spec=["about"], order="id")] == wanted


def test_titles_and_records_are_read_by_one_query_per_model(env: Env, counted: Callable[[], int]) -> None:
    people = env[Person].create([{"name": f"P{n}"} for n in range(50)])
    places = env[Place].create([{"name": f"L{n}"} for n in range(50)])
    notes = env[Note].create([{"about": record} for record in (*people, *places)])
    env.invalidate()
    counted()
    notes.read(["about"])
    assert counted() == 3
    env.invalidate()
    counted()
    assert [note.about.display_title for note in notes][:2] == ["P0", "P1"]
    assert counted() == 3
    env.invalidate()
    people.delete()
    env.invalidate()
    counted()
    assert not any(note.about for note in notes[:50])
    assert counted() <= 3


def test_a_record_that_the_actor_may_not_read_is_hidden(env: Env, ada: Person, porto: Place) -> None:
    spy = env[Person].create({"name": "Spy", "secretive": True})
    notes = env[Note].create([{"about": ada}, {"about": spy}, {"about": porto}])
    env.flush()
    rows = env.as_user(9)[Note].browse(notes.ids).read(["about"])
    hidden = {"id": None, "hidden": True}
    assert [row["about"] for row in rows] == [{"model": "link.person", "id": ada.id, "title": "Ada"}, hidden, hidden]
    record = env.as_user(9)[Note].browse(notes[1].id)
    with pytest.raises(MissingError):
        str(record.about.display_title)


def test_a_user_cannot_tell_gone_from_hidden(env: Env, ada: Person) -> None:
    note = env[Note].create({"about": ada})
    env.flush()
    ada.delete()
    assert env.as_user(7)[Note].browse(note.id).read(["about"])[0]["about"] == {"id": None, "hidden": True}


def test_mapped_grouped_and_copy_give_records(env: Env, ada: Person, porto: Place) -> None:
    notes = env[Note].create([{"about": ada}, {"about": porto}, {"about": ada}])
    assert notes.mapped(Note.about) == notes.mapped("about") == [ada, porto, ada]
    assert {record.display_title: len(found) for record, found in notes.grouped("about").items()} == {
        "Ada": 2,
        "Porto": 1,
    }
    notes.write(must=ada)
    assert notes[0].copy().about == ada


def test_drafts_and_onchange_follow_it(env: Env, ada: Person, porto: Place) -> None:
    draft = onchange(env[Note], {"about": ada}, ["about"], None)
    assert isinstance(draft, Note)
    assert (draft.about, draft.heard) == (ada, "Ada")
    draft.about = porto
    made = draft.save()
    assert made.about == porto
    env.flush()
    assert env[Note].draft({}, origin=made.id).about == porto


def test_a_draft_cannot_be_referred_to(env: Env) -> None:
    with pytest.raises(ValidationError, match="save it first"):
        env[Note].create({"about": env[Person].draft({"name": "x"})})


def test_a_computed_field_follows_the_reference_itself(env: Env, ada: Person, porto: Place) -> None:
    note = env[Note].create({"about": ada})
    assert note.seen == "Ada"
    note.about = porto
    assert note.seen == "Porto"


def test_it_is_indexed_unless_told_otherwise(env: Env) -> None:
    rows = env.sql("SELECT indexname FROM pg_indexes WHERE tablename = 'note' AND schemaname = 'link' ORDER BY 1")
    assert [name for (name,) in rows] == ["note_about_idx", "note_pkey", "note_who_idx"]


def test_a_required_one_is_required(env: Env) -> None:
    with pytest.raises(ValidationError, match="Must must be filled in"):
        env[Note].create({"must": None})


def test_it_is_described_with_the_installed_models(env: Env) -> None:
    described = describe(env, env.registry.model("link.note"))["fields"]
    assert described["about"]["models"] is None
    assert described["who"]["models"] == ["link.person"]


def test_wrong_models_are_refused_at_declaration_and_build() -> None:
    with pytest.raises(DeveloperError, match="is no model one can refer to"):
        fields.Reference(models=[Env])  # type: ignore[list-item]
    with pytest.raises(DeveloperError, match="takes a list of models"):
        fields.Reference(models="link.person")

    class Typo(Model, name="link.typo"):
        to = fields.Reference(models=["link.persn"])

    with pytest.raises(RegistryError, match=r'refers to "link.persn", which is no model. Did you mean "link.person"'):
        Registry.build([AddonModels("link", (*CLASSES, Typo))])
