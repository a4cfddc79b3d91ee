"""Creating, reading, writing and deleting records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest

from kernel.errors import (
    MissingError,
    SingletonError,
    TransactionDeadError,
    UnknownFieldError,
    UserError,
    ValidationError,
)
from kernel.orm import Command, Env
from tests.orm.toys import LoyalPartner, Partner, Purchase, Tag

Counted = Callable[[], int]


def test_a_created_record_has_its_id_and_values_before_anything_is_written(env: Env, counted: Counted) -> None:
    anna = env[Partner].create({"name": "Anna", "city": "Porto"})
    assert anna.id > 0
    assert (anna.name, anna.city, anna.email, anna.credit, anna.limit) == ("Anna", "Porto", "", 0.0, None)
    assert counted() == 1  # the ids


def test_absence_has_one_form(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna"})
    nobody = anna.parent
    assert not nobody
    assert len(nobody) == 0
    assert nobody.name == ""
    assert nobody.parent.city == ""
    assert anna.birthday is None


def test_written_values_survive_the_flush_and_a_fresh_cache(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna", "credit": 2.5, "birthday": dt.date(1990, 2, 3)})
    env.invalidate()
    assert (anna.name, anna.credit, anna.birthday) == ("Anna", 2.5, dt.date(1990, 2, 3))
    anna.write(name="Ann", city="Lisbon")
    env.invalidate()
    assert (anna.name, anna.city) == ("Ann", "Lisbon")
    assert anna.version == 2


def test_reading_one_record_of_a_set_reads_it_for_all(env: Env, counted: Counted) -> None:
    env[Partner].create([{"name": f"p{i}", "city": "Porto"} for i in range(20)])
    env.invalidate()
    partners = env[Partner].search()
    counted()
    assert {partner.city for partner in partners} == {"Porto"}
    assert [partner.name for partner in partners] == sorted(f"p{i}" for i in range(20))
    assert counted() == 1


def test_a_loop_over_links_makes_one_query_per_field(env: Env, counted: Counted) -> None:
    parents = env[Partner].create([{"name": f"parent {i}"} for i in range(5)])
    env[Partner].create([{"name": f"child {i}", "parent": parents[i % 5]} for i in range(20)])
    env.invalidate()
    children = env[Partner].search(Partner.parent != None)  # noqa: E711
    counted()
    assert len({child.parent.name for child in children}) == 5
    assert counted() == 2
    assert sum(len(parent.children) for parent in parents) == 20
    assert counted() == 1


def test_writing_an_equal_value_writes_nothing(env: Env, counted: Counted) -> None:
    anna = env[Partner].create({"name": "Anna"})
    env.flush()
    counted()
    anna.name = "Anna"
    env.flush()
    assert counted() == 0


def test_many_writes_go_out_as_one_statement(env: Env, counted: Counted) -> None:
    partners = env[Partner].create([{"name": f"p{i}"} for i in range(50)])
    env.flush()
    counted()
    for place, partner in enumerate(partners):
        partner.credit = float(place + 1)
        partner.city = f"city {place}"
    env.flush()
    assert counted() == 1
    env.invalidate()
    assert [partner.credit for partner in partners] == [float(i + 1) for i in range(50)]


def test_values_with_special_characters_come_back_as_they_were(env: Env) -> None:
    texts = ['"', "\\", "\t", "\n", "\r\n", "NULL", "{}", "\\N", "a,b", "é€", "%s", "'"]
    few = env[Partner].create([{"name": text or "x"} for text in texts])
    many = env[Partner].create([{"name": text} for text in texts * 10])
    env.invalidate()
    assert few.mapped(Partner.name) == texts
    assert many.mapped(Partner.name) == texts * 10
    for place, partner in enumerate(few):
        partner.city = texts[-place]
    env.invalidate()
    assert few.mapped(Partner.city) == [texts[-i] for i in range(len(texts))]


def test_wrong_types_are_refused_with_record_and_field(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna"})
    with pytest.raises(ValidationError) as refused:
        anna.name = 3  # type: ignore[assignment]
    assert refused.value.field == "name"
    assert refused.value.record == ["toy.partner", anna.id]
    for values in ({"name": "x\0y"}, {"name": "x", "credit": "much"}, {"name": "x", "credit": float("nan")}):
        with pytest.raises(ValidationError):
            env[Partner].create(values)


def test_an_unknown_field_names_the_near_one(env: Env) -> None:
    with pytest.raises(UnknownFieldError, match='Did you mean "email"'):
        env[Partner].create({"name": "x", "emial": "y"})


def test_a_required_field_must_be_filled(env: Env) -> None:
    with pytest.raises(ValidationError, match="must be filled in"):
        env[Partner].create({"city": "Porto"})


def test_an_attribute_of_several_records_is_refused(env: Env) -> None:
    partners = env[Partner].create([{"name": "a"}, {"name": "b"}])
    with pytest.raises(SingletonError):
        _ = partners.name


def test_a_python_check_runs_on_create_and_on_write(env: Env) -> None:
    with pytest.raises(ValidationError, match="no e-mail"):
        env[Partner].create({"name": "x", "email": "wrong"})
    anna = env[Partner].create({"name": "Anna", "email": "a@b"})
    with pytest.raises(ValidationError, match="no e-mail"):
        anna.write(email="wrong")


def test_a_check_set_by_attribute_runs_at_the_flush(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna", "email": "a@b"})
    anna.email = "wrong"
    with pytest.raises(ValidationError, match="no e-mail"):
        env.flush()


def test_a_violated_unique_names_message_field_and_record(env: Env) -> None:
    env[Partner].create({"name": "a", "ref": "R1"})
    second = None
    with pytest.raises(ValidationError, match="Another partner has this reference") as refused, env.savepoint():
        second = env[Partner].create([{"name": "b", "ref": "R2"}, {"name": "c", "ref": "R1"}])
    assert second is not None
    assert refused.value.record == ["toy.partner", second.ids[1]]
    assert refused.value.field == "ref"
    assert env[Partner].count() == 1


def test_empty_texts_are_not_equal_to_each_other(env: Env) -> None:
    env[Partner].create([{"name": "a"}, {"name": "b"}])
    env.flush()
    assert env[Partner].count() == 2


def test_a_violated_check_names_the_record(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna"})
    env.flush()
    with pytest.raises(ValidationError, match="debt is too high") as refused, env.savepoint():
        anna.credit = -5000.0
    assert refused.value.record == ["toy.partner", anna.id]
    assert anna.credit == 0.0


def test_after_an_error_outside_a_savepoint_the_transaction_is_dead(env: Env) -> None:
    env[Partner].create([{"name": "a", "ref": "R1"}, {"name": "b", "ref": "R1"}])
    with pytest.raises(ValidationError):
        env.flush()
    with pytest.raises(TransactionDeadError, match="R1"):
        env[Partner].search()


def test_a_savepoint_takes_back_cache_and_unwritten_changes(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna"})
    with pytest.raises(UserError), env.savepoint():
        anna.name = "Bob"
        env[Partner].create({"name": "Carl", "parent": anna})
        raise UserError("no")
    assert anna.name == "Anna"
    assert anna.children.ids == ()
    assert env[Partner].count() == 1


def test_deleting_cascades_and_the_cache_knows(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna"})
    child = env[Partner].create({"name": "Child", "parent": anna})
    assert anna.children == child
    anna.delete()
    assert env[Partner].count() == 0
    with pytest.raises(MissingError):
        _ = child.name


def test_deleting_can_be_refused(env: Env) -> None:
    boss = env[Partner].create({"name": "boss"})
    with pytest.raises(UserError, match="stays"):
        boss.delete()


def test_many2one_and_one2many_stay_in_step(env: Env) -> None:
    anna, bob = env[Partner].create([{"name": "Anna"}, {"name": "Bob"}])
    child = env[Partner].create({"name": "Child", "parent": anna})
    assert anna.children == child
    child.parent = bob
    assert anna.children.ids == ()
    assert bob.children == child
    env.invalidate()
    assert bob.children == child


def test_commands_of_a_one2many(env: Env) -> None:
    anna = env[LoyalPartner].create(
        {
            "name": "Anna",
            "purchases": [
                Command.create({"reference": "A", "amount": 100}),
                Command.create({"reference": "B"}),
            ],
        }
    )
    assert anna.purchases.mapped(Purchase.reference) == ["A", "B"]
    first, second = anna.purchases
    anna.write(purchases=[Command.update(first.id, {"amount": 55}), Command.delete(second.id)])
    env.invalidate()
    assert anna.purchases == first
    assert (first.amount, anna.points) == (Decimal("55.00"), 5)


def test_commands_of_a_many2many(env: Env, counted: Counted) -> None:
    red, green, blue = env[Tag].create([{"name": "red"}, {"name": "green"}, {"name": "blue"}])
    partners = env[Partner].create([{"name": f"p{i}", "tags": [Command.set([red.id, green.id])]} for i in range(30)])
    env.flush()
    counted()
    partners.write(tags=[Command.unlink(red.id), Command.link(blue.id)])
    env.flush()
    assert counted() == 3  # delete and insert of links, update of the names
    env.invalidate()
    assert {partner.tags.ids for partner in partners} == {(green.id, blue.id)}
    assert partners[0].tag_names == "blue,green"
    red_or_blue = env[Partner].search(Partner.tags.any(Tag.name == "blue"))
    assert red_or_blue == partners.sorted()


def test_set_operations_keep_order(env: Env) -> None:
    a, b, c = env[Partner].create([{"name": "a"}, {"name": "b"}, {"name": "c"}])
    assert (a | b | a).ids == (a.id, b.id)
    assert ((a | b) & (b | c)) == b
    assert ((a | b | c) - b).ids == (a.id, c.id)
    assert b in (a | b)
    assert c not in (a | b)


def test_mapped_filtered_sorted_grouped(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna", "city": "Porto"})
    children = env[Partner].create(
        [
            {"name": "x", "parent": anna, "credit": 3},
            {"name": "y", "parent": anna},
            {"name": "z", "credit": 9},
        ]
    )
    assert children.mapped("parent.city") == ["Porto"]
    assert children.mapped(Partner.parent) == anna
    assert children.filtered(Partner.credit > 1).mapped(Partner.name) == ["x", "z"]
    assert children.filtered(lambda partner: bool(partner.parent)).mapped(Partner.name) == ["x", "y"]
    assert children.sorted("credit", reverse=True).mapped(Partner.name) == ["z", "x", "y"]
    assert {key: len(found) for key, found in children.grouped("credit").items()} == {3.0: 1, 0.0: 1, 9.0: 1}


def test_search_finds_what_is_not_written_yet(env: Env) -> None:
    env[Partner].create({"name": "Anna", "city": "Porto"})
    assert env[Partner].search(Partner.city == "Porto").name == "Anna"
    assert env[Partner].count(Partner.name.ilike("NN")) == 1


def test_archived_records_hide_unless_named(env: Env) -> None:
    env[Partner].create([{"name": "a"}, {"name": "b", "archived": True}])
    assert env[Partner].search().mapped(Partner.name) == ["a"]
    assert env[Partner].search(Partner.archived == True).mapped(Partner.name) == ["b"]  # noqa: E712


def test_copy_takes_values_but_not_what_is_unique_to_the_record(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna", "city": "Porto", "tags": [Command.create({"name": "red"})]})
    other = anna.copy(name="Berta")
    assert (other.name, other.city, other.tags) == ("Berta", "Porto", anna.tags)
    assert other.id != anna.id


def test_upsert_writes_what_is_there_and_creates_the_rest(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna", "ref": "A"})
    both = env[Partner].upsert([{"ref": "A", "city": "Porto"}, {"ref": "B", "name": "Bob"}], key=["ref"])
    assert both.ids[0] == anna.id
    assert anna.city == "Porto"
    assert both[1].name == "Bob"


def test_reading_in_wire_form_follows_the_specification(env: Env) -> None:
    red = env[Tag].create({"name": "red"})
    anna = env[Partner].create({"name": "Anna"})
    child = env[Partner].create({"name": "Child", "parent": anna, "tags": red, "birthday": dt.date(2020, 1, 2)})
    env.invalidate()
    (row,) = child.read({"name": {}, "parent": {}, "tags": {"fields": {"name": {}}}, "birthday": {}, "city_upper": {}})
    assert row == {
        "id": child.id,
        "version": 1,
        "name": "Child",
        "parent": {"id": anna.id, "title": "Anna"},
        "tags": [{"id": red.id, "version": 1, "name": "red"}],
        "birthday": "2020-01-02",
        "city_upper": "",
    }


def test_search_read_of_a_list_takes_one_query_titles_of_links_included(env: Env, counted: Counted) -> None:
    parents = env[Partner].create([{"name": f"parent {i}"} for i in range(5)])
    env[Partner].create([{"name": f"c{i:02}", "parent": parents[i % 5]} for i in range(30)])
    env.invalidate()
    counted()
    rows = env[Partner].search_read(Partner.name.ilike("c"), ["name", "city", "parent"], limit=10)
    assert [row["name"] for row in rows] == [f"c{i:02}" for i in range(10)]
    assert rows[0]["parent"]["title"] == "parent 0"
    assert counted() == 1


def test_group_counts_sums_and_tells_the_domain_of_each_group(env: Env) -> None:
    anna = env[Partner].create({"name": "Anna"})
    env[Purchase].create([{"reference": str(i), "partner": anna, "amount": 10 * i} for i in range(3)])
    (group,) = env[Purchase].group(by=["partner"], aggregates=["amount:sum"])
    assert group["partner"] == {"id": anna.id, "title": "Anna"}
    assert (group["count"], group["amount:sum"]) == (3, "30.00")
