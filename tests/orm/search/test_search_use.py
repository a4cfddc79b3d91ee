"""Using what was found: texts by words and likeness, lock, upsert, copy, sorted, exists."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from kernel.db import Pool
from kernel.db.transaction import transaction
from kernel.errors import ConflictError, MissingError, RegistryError, ValidationError
from kernel.orm import AddonModels, Domain, Env, Model, Ports, Registry, fields
from kernel.orm.domains.operators import DomainError
from tests.orm.search.finding import Item, Label, Part, Place


@pytest.fixture
def chairs(env: Env) -> Item:
    rows = [
        ("Blue chair", "of wood"),
        ("Red chair", "blue cushion, blue legs, <b>blue</b>"),
        ("Table", ""),
        ("ACME Corp", ""),
    ]
    return env[Item].create([{"name": name, "notes": notes} for name, notes in rows])


def explained(env: Env, ask: Callable[[], object]) -> str:
    """The plan of the last statement, whole tables not being read."""
    env.flush()
    env.sql("SET LOCAL enable_seqscan = off")
    env.sql("SET LOCAL enable_indexscan = off")
    env.tx.log = []
    ask()
    return "\n".join(row[0] for row in env.sql("EXPLAIN " + env.tx.log[-1].replace("%s", "'blue chair'")))


def test_words_are_found_wherever_they_stand(env: Env, chairs: Item) -> None:
    def found(domain: Domain) -> list[str]:
        whole = env[Item].search(domain, order="name")
        assert chairs.filtered(domain).sorted("name") == whole
        return whole.mapped(Item.name)

    assert found(Item.words.matches("chair blue")) == ["Blue chair", "Red chair"]
    assert found(Item.words.matches('"blue chair"')) == ["Blue chair"]
    assert found(Item.words.matches("chair -cushion")) == ["Blue chair"]
    assert found(Item.words.matches("table or wood")) == ["Blue chair", "Table"]
    assert found(~Item.words.matches("chair")) == ["ACME Corp", "Table"]
    assert found(Item.notes.matches("WOOD")) == ["Blue chair"]
    assert found(Item.words.matches("' ) \" & | ! :* \\ (")) == []
    assert chairs[0].words == "Blue chair\nof wood"


def test_likeness_forgives_a_slip(env: Env, chairs: Item) -> None:
    domain = Item.name.similar("acne corp")
    assert env[Item].search(domain) == chairs[3] == chairs.filtered(domain)
    assert env[Item].search(Domain.term("place", "similar", "Atic")) == env[Item]


def test_what_fits_best_comes_first_and_pages_follow(env: Env, chairs: Item) -> None:
    env[Item].create([{"name": f"blue thing {n}", "notes": "blue " * n} for n in range(9)])
    domain = Item.words.matches("blue") & (Item.archived == False)  # noqa: E712 - a domain
    whole = env[Item].search(domain, order="relevance, id")
    assert whole[0].name == "blue thing 8"
    page, after = env[Item].search_page(domain, order="relevance, id", limit=4)
    rest, _ = env[Item].search_page(domain, order="relevance, id", limit=40, after=after)
    assert page + rest == whole
    with pytest.raises(DomainError, match="Relevance is an order of text searches"):
        env[Item].search(order="relevance")


def test_the_indexes_of_texts_are_used(env: Env, chairs: Item) -> None:
    assert "item_words_words" in explained(env, lambda: env[Item].search(Item.words.matches("blue chair"), order="id"))
    assert "item_notes_words" in explained(env, lambda: env[Item].search(Item.notes.matches("blue chair"), order="id"))
    assert "item_name_trgm" in explained(env, lambda: env[Item].search(Item.name.ilike("blue chair"), order="id"))
    assert "item_name_trgm" in explained(env, lambda: env[Item].search(Item.name.similar("blue chair"), order="id"))


def test_full_text_is_of_stored_texts_that_are_there() -> None:
    class Wrong(Model, name="find.wrong"):
        size = fields.Integer()
        words = fields.FullText("size")

    with pytest.raises(RegistryError, match="FullText is of stored texts"):
        Registry.build([AddonModels("find", (Wrong,))])


def test_a_draft_is_not_asked_of_the_database(env: Env) -> None:
    draft = env[Item].draft({"name": "Blue"})
    with pytest.raises(DomainError, match="a draft is not there"):
        draft.filtered(Item.words.matches("blue"))


def test_locking_waits_refuses_or_skips(pool: Pool, database: str, registry: Registry) -> None:
    with transaction(pool, database) as tx:
        env = Env.open(tx, registry, Ports())
        ids = env[Label].create([{"name": "one"}, {"name": "two"}]).ids
        env.flush()
    with transaction(pool, database) as first, transaction(pool, database) as second:
        here, there = (Env.open(each, registry, Ports())[Label].browse(ids) for each in (first, second))
        assert here[0].lock() == here[0]
        with pytest.raises(ConflictError, match=r"Somebody else is changing one\.") as caught:
            there.lock(wait=False)
        assert caught.value.details["ids"] == [ids[0]]
        assert there.lock("skip") == there[1]
        assert there[1].name == "two"
        with pytest.raises(MissingError):
            there.browse([ids[1], 10**9]).lock(wait=False)
    with transaction(pool, database) as tx:
        Env.open(tx, registry, Ports())[Label].browse(ids).delete()
        tx.rows("SELECT 1")


def test_a_locked_record_is_read_afresh(pool: Pool, database: str, registry: Registry) -> None:
    with transaction(pool, database) as tx:
        env = Env.open(tx, registry, Ports())
        id = env[Label].create({"name": "old"}).id
        env.flush()
    with transaction(pool, database, "read committed") as tx:
        label = Env.open(tx, registry, Ports())[Label].browse(id)
        assert label.name == "old"
        with transaction(pool, database) as other:
            env = Env.open(other, registry, Ports())
            env[Label].browse(id).name = "new"
            env.flush()
        assert label.name == "old"
        assert label.lock().name == "new"


def test_upsert_takes_few_statements_for_many_rows(env: Env, counted: Callable[[], int]) -> None:
    place = env[Place].create({"name": "P"})
    env[Item].create([{"code": f"c{n}", "name": "old", "notes": "kept", "archived": n == 1} for n in range(500)])
    env.invalidate()
    counted()
    rows = [{"code": f"c{n}", "name": f"n{n % 7}", "place": place.id} for n in range(1000)]
    found = env[Item].upsert(rows, key=["code"])
    env.flush()
    assert counted() <= 8
    assert found.mapped(Item.code) == [row["code"] for row in rows]
    assert found[1].archived
    assert {item.notes for item in found[:500]} == {"kept"}
    assert env[Item].search_page(Item.name == "old").records == env[Item]
    again, twice = env[Item].upsert(
        [{"code": "z", "name": "a", "notes": "n"}, {"code": "z", "name": "b"}], key=["code"]
    )
    assert again == twice
    assert (again.name, again.notes) == ("b", "n")


@pytest.mark.parametrize("row", [{"name": "x"}, {"name": "x", "code": ""}, {"name": "x", "code": None}])
def test_upsert_refuses_an_empty_key(env: Env, row: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="row 2 has no value for Code") as caught:
        env[Item].upsert([{"code": "a", "name": "n"}, row], key=["code"])
    assert caught.value.field == "code"


def test_copies_have_links_and_lines_and_what_is_unique_anew(env: Env, counted: Callable[[], int]) -> None:
    label = env[Label].create({"name": "L"})
    items = env[Item].create([{"name": f"I{n}", "code": f"x{n}", "labels": label} for n in range(50)])
    for item in items:
        env[Part].create([{"name": "a", "item": item}, {"name": "b", "item": item}])
    env.invalidate()
    counted()
    copies = items.copy(notes="copied")
    env.flush()
    assert counted() <= 14
    assert copies.mapped(Item.name) == items.mapped(Item.name)
    assert set(copies.mapped(Item.code)) == {""}
    assert set(copies.mapped(Item.notes)) == {"copied"}
    assert [copy.parts.mapped(Part.name) for copy in copies] == [["a", "b"]] * 50
    assert not copies.mapped(Item.parts) & items.mapped(Item.parts)
    assert copies.mapped(Item.labels) == label


def test_a_title_that_is_unique_tells_copies_apart(env: Env) -> None:
    label = env[Label].create({"name": "L"})
    assert label.copy().name == "L (copy)"
    assert label.copy().name == "L (copy 2)"
    assert (label + label).copy().mapped(Label.name) == ["L (copy 3)", "L (copy 4)"]
    assert label.copy(name="M").name == "M"
    env.flush()


def test_sorted_puts_the_unset_where_a_search_does(env: Env) -> None:
    place = env[Place].create({"name": "P"})
    env[Item].create([{"name": n, "weight": w, "place": p} for n, w, p in
                      (("a", None, None), ("b", 2.0, place), ("c", 1.0, None), ("d", None, place))])  # fmt: skip
    for order in ("weight", "name"):
        assert env[Item].search().sorted(order) == env[Item].search(order=order)
    for order in ("place, name desc", "weight desc, name", "place.name desc"):
        assert env[Item].search().sorted(order) == env[Item].search(order=order)
    assert env[Item].search(order="id").sorted("weight", reverse=True).mapped(Item.name)[2:] == ["b", "c"]


def test_sets_keep_their_order_and_stay_here(env: Env) -> None:
    a, b, c = env[Label].create([{"name": name} for name in "abc"])
    assert (c | a | c | b).ids == (c.id, a.id, b.id)
    assert ((c | a | b) & (b | c)).ids == (c.id, b.id)
    assert ((c | a | b)[::-1] - a).ids == (b.id, c.id)
    assert (a | b).exists() == a | b
    assert env[Label].browse([a.id, 2**70, -1, 0, 10**12]).exists() == a
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(a)
    item = env[Item].create({"name": "i", "labels": a | b})
    other = env[Item].create({"name": "j"})
    assert (item | other).grouped("labels") == {a | b: item, env[Label]: other}
    assert env[Label].count(limit=2) == 2


def test_a_picker_offers_first_what_begins_with_the_text(env: Env) -> None:
    env[Place].create([{"name": f"a {n} port"} for n in range(9)] + [{"name": "Porto"}, {"name": "portal"}])
    names = [title for _, title in env[Place].name_search("port", limit=4)]
    assert set(names[:2]) == {"Porto", "portal"}
    assert len(names) == 4
