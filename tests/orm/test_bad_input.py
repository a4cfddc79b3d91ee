"""What is refused names record and field, and leaves cache and database as they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.errors import BusyError, DeveloperError, MissingError, TransactionDeadError, ValidationError
from kernel.orm import AddonModels, Check, Command, Env, Model, Ports, Registry, Unique, fields, validates
from tests.orm.databases import installed, rolled_back

CHECKED: list[tuple[str, int]] = []


class Shelf(Model, name="bad.shelf"):
    """A shelf."""

    name = fields.Char("Name", required=True)
    books = fields.One2many["Book"]("bad.book", "Books", inverse="shelf")
    labels = fields.Many2many["Label"]("bad.label", "Labels")

    @labels.validate
    def _check_labels(self) -> None:
        CHECKED.append(("labels", len(self)))
        for shelf in self:
            if len(shelf.labels) > 2:
                raise ValidationError("At most two labels.")


class Label(Model, name="bad.label"):
    """A label."""

    name = fields.Char("Name")


class Book(Model, name="bad.book", title="name"):
    """A book."""

    name = fields.Char("Name", required=True)
    isbn = fields.Char("ISBN")
    pages = fields.Integer("Pages")
    shelf = fields.Many2one(Shelf, "Shelf", ondelete="restrict")
    sequel = fields.Many2one["Book"]("bad.book", "Sequel", ondelete="cascade")
    part = fields.Integer("Part of a hundred", stored=True)
    halves = fields.Integer("Halves", stored=True)
    thirds = fields.Integer("Thirds", stored=True)

    _isbn_once = Unique("isbn", message="This ISBN is taken.")
    _some_pages = Check("pages >= 0", message="Pages cannot be negative.")

    @part.compute("pages")
    def _compute_part(self) -> None:
        for book in self:
            book.part = 100 // book.pages if book.pages != 13 else 1 // (book.pages - 13)

    @halves.compute("pages")
    @thirds.compute("pages")
    def _compute_parts(self) -> None:
        CHECKED.append(("parts", len(self)))
        for book in self:
            book.halves, book.thirds = book.pages // 2, book.pages // 3

    @validates("pages", "isbn")
    def _check_pages(self) -> None:
        CHECKED.append(("pages", len(self)))
        for book in self:
            if book.pages == 666:
                raise ValidationError("No.", record=("bad.book", book.id), field="pages")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.build([AddonModels("bad", (Shelf, Label, Book))])


@pytest.fixture(scope="module")
def database(cluster: Cluster, registry: Registry) -> Iterator[str]:
    with installed(cluster, registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, database: str) -> Iterator[Transaction]:
    with rolled_back(pool, database) as opened:
        yield opened


@pytest.fixture
def env(tx: Transaction, registry: Registry) -> Env:
    CHECKED.clear()
    return Env.open(tx, registry, Ports())


def books(env: Env, count: int, **more: Any) -> Book:
    return env[Book].create([{"name": f"b{place}", "isbn": f"i{place}", "pages": 1, **more} for place in range(count)])


def test_a_write_is_checked_once(env: Env) -> None:
    made = books(env, 50)
    assert [call for call in CHECKED if call[0] == "pages"] == [("pages", 50)]
    env.flush()
    CHECKED.clear()
    made.write(pages=3)
    env.flush()
    assert [call for call in CHECKED if call[0] == "pages"] == [("pages", 50)]


def test_what_is_set_by_attribute_is_checked_once_at_the_flush(env: Env) -> None:
    made = books(env, 50)
    env.flush()
    CHECKED.clear()
    for book in made:
        book.pages = 4
    env.flush()
    assert [call for call in CHECKED if call[0] == "pages"] == [("pages", 50)]
    made[7].pages = 666
    with pytest.raises(ValidationError) as caught, env.savepoint():
        env.flush()
    assert caught.value.record == ["bad.book", made[7].id]


def test_a_change_after_the_check_is_checked_again(env: Env) -> None:
    made = books(env, 2)
    made.write(pages=5)
    made[0].pages = 666
    with pytest.raises(ValidationError, match=r"No\."):
        env.flush()


def test_links_are_checked_too(env: Env) -> None:
    shelf = env[Shelf].create({"name": "a"})
    labels = env[Label].create([{"name": str(place)} for place in range(3)])
    env.flush()
    with pytest.raises(ValidationError, match="At most two") as caught, env.savepoint():
        shelf.labels = labels
    assert (caught.value.record, caught.value.field) == (["bad.shelf", shelf.id], "labels")
    assert shelf.labels.ids == ()
    with pytest.raises(ValidationError, match="At most two"):
        shelf.write(labels=[Command.set(labels.ids)])


def test_one_method_computes_two_fields_in_one_call(env: Env) -> None:
    made = books(env, 10)
    env.flush()
    CHECKED.clear()
    made.write(pages=9)
    env.flush()
    assert (made[3].halves, made[3].thirds) == (4, 3)
    assert CHECKED.count(("parts", 10)) == 1


def test_a_compute_that_raises_names_record_and_field_and_can_be_mended(env: Env) -> None:
    made = books(env, 5)
    env.flush()
    with pytest.raises(DeveloperError, match=r"Computing bad\.book\.part") as caught, env.savepoint():
        made[2].pages = 13
    assert (caught.value.details["id"], caught.value.details["field"]) == (made[2].id, "part")
    assert (made[2].pages, made[2].part) == (1, 100)
    made[2].pages = 0
    with pytest.raises(DeveloperError, match="ZeroDivisionError"):
        _ = made[2].part
    made[2].pages = 50
    assert made[2].part == 2
    env.invalidate()
    assert [book.part for book in made] == [100, 100, 2, 100, 100]


@pytest.mark.parametrize("fresh", [True, False], ids=["copied", "updated"])
def test_a_broken_constraint_among_ten_thousand_names_record_and_field(env: Env, fresh: bool) -> None:
    first = env[Book].create({"name": "first", "isbn": "taken", "pages": 1})
    made = books(env, 10_000) if not fresh else env[Book].browse([])
    env.flush()
    guilty = 0
    with pytest.raises(ValidationError, match="This ISBN is taken") as caught, env.savepoint():
        if fresh:
            made = books(env, 10_000)
        guilty = made.ids[5_000]
        for place, book in enumerate(made):
            book.isbn = "taken" if place == 5_000 else f"new{place}"
    assert (caught.value.record, caught.value.field) == (["bad.book", guilty], "isbn")
    assert first.isbn == "taken"
    assert env[Book].count() == (1 if fresh else 10_001)
    if not fresh:
        assert made[5_000].isbn == "i5000"


def test_without_a_savepoint_the_transaction_is_dead_and_quotes_the_first_error(env: Env) -> None:
    books(env, 1)
    env.flush()
    books(env, 1)
    with pytest.raises(ValidationError, match="This ISBN is taken"):
        env.flush()
    with pytest.raises(TransactionDeadError, match="duplicate key"):
        env[Book].search()


def test_a_missing_record_and_a_wrong_type_name_themselves(env: Env) -> None:
    with pytest.raises(MissingError, match="Book 999999 does not exist"):
        _ = env[Book].browse(999_999).name
    book = books(env, 1)
    env.flush()
    with pytest.raises(ValidationError) as caught:
        book.write(pages="many")
    assert caught.value.field == "pages"
    ghost = env[Book].browse(999_999)
    with pytest.raises(MissingError), env.savepoint():
        ghost.pages = 3
        env.flush()


def test_who_is_still_linked_to_cannot_be_deleted_and_the_error_says_by_whom(env: Env) -> None:
    shelf = env[Shelf].create({"name": "a"})
    env[Book].create([{"name": f"b{place}", "isbn": f"x{place}", "pages": 1, "shelf": shelf} for place in range(5)])
    env.flush()
    with pytest.raises(ValidationError, match=r"still used by book records \(Shelf: b0, b1, b2, \.\.\.\)") as caught:
        shelf.delete()
    assert (caught.value.error_code, caught.value.record) == ("still_used", ["bad.shelf", shelf.id])
    assert len(shelf.books) == 5  # the transaction goes on
    shelf.books.delete()
    shelf.delete()
    assert env[Shelf].count() == 0


def test_a_chain_of_cascades_is_taken_and_what_it_leaves_is_right(env: Env) -> None:
    made = books(env, 30)
    for place in range(29):
        made[place].sequel = made[place + 1]
    env.flush()
    made[29].delete()
    assert env[Book].count() == 0


def test_an_onchange_sets_no_saved_record(env: Env) -> None:
    shelf = env[Shelf].create({"name": "a"})
    env.flush()
    draft = env[Book].draft({"name": "d", "shelf": shelf.id, "pages": 4})
    with pytest.raises(DeveloperError, match="would be lost"):
        draft.shelf.name = "other"
    with pytest.raises(DeveloperError, match="for onchange methods"):
        env.warn("too late")
    draft.env.warn("mind the gap")
    draft.env.warn("mind the gap")
    assert draft.env.work.warnings == ["mind the gap"]


def test_more_values_than_a_statement_has_parameters(env: Env) -> None:
    made = books(env, 70_000)
    env.invalidate()
    assert len(env[Book].browse(made.ids).exists()) == 70_000
    assert env[Book].count(Book.isbn.is_in([f"i{place}" for place in range(70_000)])) == 70_000


def test_a_cancelled_statement_leaves_a_transaction_that_says_so(env: Env) -> None:
    book = books(env, 1)
    env.flush()
    with pytest.raises(BusyError, match="took too long"), env.savepoint():
        env.sql("SET LOCAL statement_timeout = 20")
        env.sql("SELECT pg_sleep(2)")
    assert book.name == "b0"
