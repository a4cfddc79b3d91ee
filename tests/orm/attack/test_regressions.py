"""Leaks that were found and closed, each by its name: what a person may not see does not show by this way again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.errors import AccessError, MissingError, TenonError, UnknownFieldError
from kernel.orm import Command, Domain
from kernel.orm.domains.operators import DomainError
from tests.orm.attack.chest import Chest
from tests.orm.attack.chest_ways import call
from tests.orm.attack.vault import Box, Busy, Deed, Label, Note, Person
from tests.orm.attack.worlds import PRIVATE, Secrets, Universe, World

HIDDEN = {"id": None, "hidden": True}
term = Domain.term
FULL = Secrets(("Zoe", "Yan"), hidden_deeds=2, hidden_labels=1, other_rate=9, changes=2, under=True)


@pytest.fixture
def world(vault: Universe) -> Iterator[World]:
    with vault.world(FULL) as made:
        yield made


# -- comparing and searching -----------------------------------------------------------------------
def test_a_many2one_compared_with_an_id_finds_no_hidden_record(world: World) -> None:
    assert world.env[Deed].count(term("person", "=", PRIVATE)) == 0
    assert world.env[Deed].count(term("person", "in", [PRIVATE, PRIVATE + 1])) == 0
    assert world.env[Deed].count(term("person", "!=", PRIVATE)) == 5


def test_a_search_method_enters_models_under_their_rules(world: World) -> None:
    assert world.system[Deed].count(term("at_home", "=", True)) >= 3
    assert world.env[Deed].count(term("at_home", "=", True)) == 0


def test_a_hidden_title_is_not_found_by_a_text(world: World) -> None:
    assert world.system[Box].count(term("owner", "ilike", "zo")) == 1
    assert world.env[Box].count(term("owner", "ilike", "zo")) == 0
    assert world.env[Busy].count(term("note", "ilike", "note")) == 0


def test_filtered_by_a_domain_sees_no_hidden_records(world: World) -> None:
    people = world.env[Busy].browse([world.anna.id, PRIVATE])
    assert people.filtered(Person.city != "nowhere").ids == (world.anna.id,)
    with pytest.raises(UnknownFieldError):
        people.filtered(Person.wage > 1)


def test_sorted_leaves_hidden_records_out(world: World) -> None:
    assert world.env[Busy].browse([PRIVATE, world.anna.id]).sorted().ids == (world.anna.id,)


def test_the_order_of_a_model_does_not_go_through_hidden_records(world: World) -> None:
    assert world.env[Deed].search().ids == world.env[Deed].search(order="person, day desc, id").ids
    hidden = [deed.id for deed in world.env[Deed].search() if not deed.person.exists()]
    assert hidden == [4, 3, 2]  # by the day, whosever they are


def test_the_order_of_a_model_leaves_hidden_fields_out(world: World) -> None:
    assert world.env[Chest].search().mapped("name") == ["leaf", "renamed", "top"]


def test_exists_and_fetch_ask_for_the_right_to_read(world: World) -> None:
    assert not world.env[Note].browse(PRIVATE).exists()
    note = world.env[Note].browse(PRIVATE).fetch("text")
    with pytest.raises(AccessError):
        _ = note.text


# -- reading ---------------------------------------------------------------------------------------
def test_hidden_lines_and_labels_are_not_read(world: World) -> None:
    anna = world.env[Busy].browse(world.anna.id)
    assert (len(anna.deeds), len(anna.labels)) == (1, 1)
    row = anna.read({"deeds": {"fields": {"code": {}}}, "labels": {}})[0]
    assert [line["code"] for line in row["deeds"]] == ["D1"]
    assert [label["title"] for label in row["labels"]] == ["open"]


def test_the_limit_of_a_spec_counts_what_may_be_read(world: World) -> None:
    world.system[Deed].browse(world.deeds.ids[0]).code = "D1"
    rows = world.env[Busy].browse(world.anna.id).read({"deeds": {"limit": 1, "fields": {"code": {}}}})
    assert [line["code"] for line in rows[0]["deeds"]] == ["D1"]


def test_related_fields_and_titles_behind_hidden_records_are_not_told(world: World) -> None:
    deed = world.env[Deed].browse(world.deeds.ids[1])
    assert deed.person_city == ""
    assert world.env[Box].browse(world.box.id).display_title == f"Box {world.box.id}"


def test_the_error_for_a_linked_record_names_no_id(world: World) -> None:
    with pytest.raises(MissingError) as caught:
        _ = world.env[Deed].browse(world.deeds.ids[1]).person.city
    assert str(PRIVATE) not in caught.value.text


# -- writing ---------------------------------------------------------------------------------------
def test_set_and_clear_keep_links_that_are_hidden(world: World) -> None:
    world.env[Busy].browse(world.anna.id).labels = [Command.clear()]
    world.env.flush()
    assert world.system[Busy].browse(world.anna.id).labels.mapped("name") == ["hidden 0"]
    world.env[Busy].browse(world.anna.id).labels = [Command.set([])]
    world.env.flush()
    assert len(world.system[Busy].browse(world.anna.id).labels) == 1


def test_a_bare_id_of_a_hidden_record_links_nothing(world: World) -> None:
    with pytest.raises(MissingError):
        world.env[Deed].browse(world.deeds.ids[0]).write(person=PRIVATE)
    with pytest.raises(MissingError):
        world.env[Deed].create({"code": "n", "person": PRIVATE})
    with pytest.raises(MissingError):
        world.env[Busy].browse(world.anna.id).labels = [Command.link(PRIVATE)]
    with pytest.raises(MissingError):
        world.env[Deed].draft({"person": PRIVATE})


def test_what_may_not_be_read_may_not_be_written(world: World) -> None:
    with pytest.raises(MissingError):
        world.env[Busy].browse(PRIVATE).city = "x"
    with pytest.raises(MissingError):
        world.env[Busy].browse([world.anna.id, PRIVATE]).write(city="x")


def test_an_equal_value_written_to_a_hidden_field_is_refused_like_another(world: World) -> None:
    for wage in (1, 77):
        with pytest.raises(AccessError):
            world.env[Busy].browse(world.anna.id).wage = wage


# -- values by company and language ------------------------------------------------------------------
def test_a_bare_id_of_a_company_dependent_link_must_be_readable(world: World) -> None:
    one = world.env[Chest].browse(world.chests.ids[2])
    for value in (PRIVATE + 1, {1: PRIVATE + 1}, 10**6):
        with pytest.raises(MissingError):
            one.agent = value  # type: ignore[assignment]
        with pytest.raises(MissingError):
            one.write(agent=value)
        with pytest.raises(MissingError):
            world.env[Chest].create({"name": "n", "agent": value})


def test_a_copy_leaves_out_what_other_companies_have(world: World) -> None:
    copy = world.env[Chest].browse(world.chests.ids[2]).copy()
    world.env.flush()
    assert world.system.with_company(2)[Chest].browse(copy.id).rate == 0
    assert world.system.with_company(1)[Chest].browse(copy.id).agent.id == PRIVATE


# -- references ------------------------------------------------------------------------------------
def test_a_reference_by_text_must_lead_to_what_may_be_read(world: World) -> None:
    one = world.env[Chest].browse(world.chests.ids[2])
    for text in (f"vault.person,{PRIVATE + 1}", f"vault.note,{PRIVATE}", "vault.person,1000000"):
        with pytest.raises(MissingError):
            one.topic = text  # type: ignore[assignment]
        with pytest.raises(MissingError):
            world.env[Chest].create({"name": "n", "topic": text})
    one.topic = f"vault.person,{world.anna.id}"  # type: ignore[assignment]
    assert one.topic == world.env[Busy].browse(world.anna.id)


def test_a_reference_to_a_hidden_record_is_equal_to_nothing(world: World) -> None:
    hidden = f"vault.person,{PRIVATE}"
    assert world.system[Chest].count(term("topic", "=", hidden)) == 1
    assert world.env[Chest].count(term("topic", "=", hidden)) == 0
    assert world.env[Chest].count(term("topic", "in", [hidden, f"vault.note,{PRIVATE}"])) == 0
    assert world.env[Chest].count(term("topic", "!=", hidden)) == 3
    assert world.env[Chest].count(term("topic", "starts_with", "vault.person,5")) == 0
    assert world.env[Chest].count(term("topic", "starts_with", "vault.person,")) == 1
    assert not world.env[Chest].search().filtered(term("topic", "=", hidden))


def test_only_the_system_groups_by_references(world: World) -> None:
    assert len(world.system[Chest].group(by=["topic"])) > 1
    for asked in ({"by": ["topic"]}, {"aggregates": ["topic:array"]}, {"aggregates": ["topic:count_distinct"]}):
        with pytest.raises(AccessError):
            world.env[Chest].group(**asked)  # type: ignore[arg-type]


# -- extra fields ------------------------------------------------------------------------------------
@pytest.mark.parametrize("function", ["array", "count_distinct", "count"])
def test_the_column_of_extra_fields_is_not_aggregated(world: World, function: str) -> None:
    with pytest.raises(TenonError):
        world.env[Chest].group(aggregates=[f"extra:{function}"])
    with pytest.raises(TenonError):
        world.env[Chest].group(by=["extra"])


# -- groups, pages, words ------------------------------------------------------------------------------
def test_first_records_of_groups_come_in_the_order_that_may_be_seen(world: World) -> None:
    groups = world.env[Deed].group_read(by=["day:year"], spec=["id"])
    assert [row["id"] for row in groups[0]["records"]] == list(world.env[Deed].search().ids)
    chests = world.env[Chest].group_read(by=["city"], spec=["name"])
    assert [row["name"] for row in chests[0]["records"]] == ["leaf", "renamed", "top"]


@pytest.mark.parametrize(
    "domain", [term("owner.name", "similar", "Zoe"), term("x_within.words", "matches", "Home")], ids=["like", "words"]
)
def test_what_is_asked_of_linked_records_ranks_nothing(world: World, domain: Domain) -> None:
    with pytest.raises(DomainError, match="Relevance"):
        world.env[Chest].search(domain, order="relevance")


# -- trees -----------------------------------------------------------------------------------------
def test_ancestors_are_those_that_may_be_read(world: World) -> None:
    top, leaf, _ = world.chests
    leaf.inside = world.system[Chest].browse(PRIVATE)
    world.system.flush()
    assert world.system[Chest].browse(leaf.id).ancestors().ids == (PRIVATE, top.id)
    assert world.env[Chest].browse(leaf.id).ancestors().ids == (top.id,)
    assert not world.env[Chest].browse(PRIVATE).ancestors()


# -- history -----------------------------------------------------------------------------------------
def test_changes_of_what_is_hidden_do_not_fill_a_history(world: World) -> None:
    world.chests[2].name = "visible"
    world.system.flush()
    for depth in range(5):
        world.chests[2].depth = 1000 + depth
        world.system.flush()
    entries = world.env[Chest].browse(world.chests.ids[2]).history(limit=1)
    assert [change["after"] for change in entries[0]["changes"]] == ["visible"]


def test_a_history_tells_of_no_hidden_labels_and_of_no_other_company(world: World) -> None:
    one = world.chests[2]
    before = world.env[Chest].browse(one.id).history()
    one.labels |= world.system[Label].create({"name": "more", "private": True})
    one.write(rate={2: 12345})
    world.system.flush()
    assert world.env[Chest].browse(one.id).history() == before
    assert len(world.system[Chest].browse(one.id).history()) > len(before)


def test_a_history_shows_no_reference_to_a_hidden_record(world: World) -> None:
    one = world.chests[2]
    one.topic = world.anna
    world.system.flush()
    change = world.env[Chest].browse(one.id).history(limit=1)[0]["changes"][0]
    assert change["before"] == HIDDEN
    assert change["after"] == {"model": "vault.person", "id": world.anna.id, "title": "Anna"}


# -- calls -------------------------------------------------------------------------------------------
def test_a_conflict_does_not_name_a_hidden_record(world: World) -> None:
    ask = call("write", "vault.chest", id=world.chests.ids[2], changes={"owner": {"from": None, "to": world.anna.id}})
    answer = repr(ask(world))
    assert "Zoe" not in answer
    assert str(PRIVATE) not in answer
