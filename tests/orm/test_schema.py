"""The schema of each addon in PostgreSQL: what it refuses, to whom it belongs, and that it is what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import errors

from kernel.db import Cluster
from kernel.db.cluster import APP
from kernel.db.scratch import scratch_database
from kernel.errors import RegistryError
from kernel.orm import AddonModels, Exclude, Model, Registry, Unique, fields
from kernel.orm.registry.registry import Registry as RegistryType
from kernel.orm.schema import create_statements, metadata, owned
from tests.orm.query.shop import rated_registry

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="module")
def registry() -> RegistryType:
    return rated_registry()


@pytest.fixture(scope="module")
def installed(cluster: Cluster, registry: RegistryType) -> Iterator[str]:
    """The shop with a row in it, and the addon that adds to its tables installed afterwards."""
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            install(connection, registry, "shop")
            connection.execute("INSERT INTO shop.partner (name) VALUES ('Old')")
            install(connection, registry, "rating")
        yield dsn


@pytest.fixture
def connection(installed: str) -> Iterator[Connection]:
    with psycopg.connect(installed) as opened:
        yield opened
        opened.rollback()


def install(connection: Connection, registry: RegistryType, addon: str) -> None:
    for statement in create_statements(registry, addon):
        connection.execute(statement.encode())


def add(connection: Connection, table: str, **values: Any) -> int:
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    made = connection.execute(
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING id".encode(), list(values.values())
    ).fetchone()
    assert made is not None
    return int(made[0])


def add_partner(connection: Connection, name: str, **values: Any) -> int:
    given = {"motto": f"{name}!", "patron_id": 1, **values}
    return add(connection, "shop.partner", name=name, **given)


def test_a_row_needs_nothing_but_what_is_required(connection: Connection) -> None:
    add_partner(connection, "Ann")
    row = connection.execute(
        "SELECT city, credit, rank, weight, born, kind, vip, version, created_by, created_at = now(), wait::text"
        " FROM shop.partner WHERE name = 'Ann'"
    ).fetchone()
    assert row == ("", 0, None, 0.0, None, None, False, 1, None, True, "00:00:00")


def test_a_required_text_is_not_empty(connection: Connection) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        add_partner(connection, "")
    assert refused.value.diag.constraint_name == "partner_name_required"


def test_a_required_link_is_set(connection: Connection) -> None:
    with pytest.raises(errors.NotNullViolation) as refused:
        add(connection, "shop.purchase", reference="x", date="2024-01-01")
    assert refused.value.diag.column_name == "partner_id"


def test_empty_texts_take_no_part_in_uniqueness(connection: Connection) -> None:
    add(connection, "shop.tag", name="new")
    with pytest.raises(errors.UniqueViolation) as refused:
        add(connection, "shop.tag", name="new")
    assert refused.value.diag.constraint_name == "tag_name_once"


def test_unset_links_are_distinct_unless_said_otherwise(connection: Connection) -> None:
    connection.execute("ALTER TABLE shop.partner DROP CONSTRAINT partner_patron_id_required")
    add_partner(connection, "A", motto="same", city="x", patron_id=None)
    add_partner(connection, "B", motto="same", city="", patron_id=None)
    add_partner(connection, "C", motto="same", city="", patron_id=None)
    with pytest.raises(errors.UniqueViolation) as refused:
        add_partner(connection, "D", motto="same", city="x", patron_id=None)
    assert refused.value.diag.constraint_name == "partner_rating_motto_once"


def test_checks_are_what_was_written(connection: Connection) -> None:
    partner = add_partner(connection, "Bob")
    with pytest.raises(errors.CheckViolation) as refused:
        add(connection, "shop.purchase", reference="50%:x", date="2024-01-01", partner_id=partner)
    assert refused.value.diag.constraint_name == "purchase_not_negative"


def test_rows_that_exclude_each_other(connection: Connection) -> None:
    partner = add_partner(connection, "Eve")
    common = {"date": "2024-01-01", "partner_id": partner, "during": "[2024-01-01 10:00Z, 2024-01-01 11:00Z)"}
    add(connection, "shop.purchase", reference="a", **common)
    add(connection, "shop.purchase", reference="free", **common)
    with pytest.raises(errors.ExclusionViolation) as refused:
        add(connection, "shop.purchase", reference="b", **common)
    assert refused.value.diag.constraint_name == "purchase_one_at_a_time"


def test_links_follow_their_ondelete(connection: Connection) -> None:
    patron = add_partner(connection, "Patron")
    child = add_partner(connection, "Child", parent_id=patron)
    dependent = add_partner(connection, "Dependent", patron_id=patron)
    tag = add(connection, "shop.tag", name="t")
    connection.execute("INSERT INTO shop.partner_tags VALUES (%s, %s)", [patron, tag])
    connection.execute("INSERT INTO rating.partner_rated VALUES (%s, %s)", [patron, tag])
    connection.execute("DELETE FROM shop.partner WHERE id = %s", [patron])
    rows = connection.execute("SELECT id, parent_id FROM shop.partner WHERE id > 1").fetchall()
    assert (child, None) in rows
    assert dependent not in {row[0] for row in rows}
    assert connection.execute("SELECT count(*) FROM shop.partner_tags, rating.partner_rated").fetchone() == (0,)
    buyer = add_partner(connection, "Buyer")
    add(connection, "shop.purchase", reference="r", date="2024-01-01", partner_id=buyer)
    with pytest.raises(errors.ForeignKeyViolation):
        connection.execute("DELETE FROM shop.partner WHERE id = %s", [buyer])


def test_rows_that_need_each_other_wait_for_the_end_of_the_transaction(connection: Connection) -> None:
    connection.execute("SET CONSTRAINTS ALL DEFERRED")
    connection.execute("INSERT INTO shop.category (id, name, parent_id) VALUES (901, 'a', 902), (902, 'b', 901)")
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_rows_that_were_there_before_an_addon_do_not_stop_it(connection: Connection) -> None:
    row = connection.execute("SELECT name, stars, motto, patron_id FROM shop.partner WHERE id = 1").fetchone()
    assert row == ("Old", 0, "", None)
    for missing in ({"motto": ""}, {"patron_id": None}, {"stars": 6}):
        with pytest.raises(errors.CheckViolation), connection.transaction():
            add_partner(connection, "New", **missing)


def test_the_application_role_has_rows_and_no_tables(connection: Connection) -> None:
    connection.execute(f"SET ROLE {APP}".encode())
    add_partner(connection, "By the application")
    connection.execute("INSERT INTO rating.partner_rated SELECT 1, id FROM shop.tag")
    for statement in ("DROP TABLE shop.purchase", "CREATE TABLE shop.mine ()", "TRUNCATE shop.tag"):
        with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
            connection.execute(statement.encode())


def test_trigram_indexes_are_there_where_the_extension_is(connection: Connection) -> None:
    available = connection.execute("SELECT FROM pg_extension WHERE extname = 'pg_trgm'").fetchone()
    found = connection.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'tag_name_trgm'").fetchone()
    assert (found is not None) == (available is not None)


def test_without_the_extension_the_rest_is_made(cluster: Cluster, registry: RegistryType) -> None:
    with scratch_database(cluster) as dsn, psycopg.connect(dsn) as connection:
        for statement in create_statements(registry, "shop"):
            if "CREATE EXTENSION IF NOT EXISTS pg_trgm" not in statement:
                connection.execute(statement.replace("'pg_trgm'", "'not_there'").encode())
        assert connection.execute("SELECT FROM pg_indexes WHERE indexname = 'tag_name_trgm'").fetchone() is None


def test_the_database_is_what_the_models_say(cluster: Cluster, registry: RegistryType) -> None:
    """Alembic, which compares schemas for revisions, finds no difference after an install."""
    with scratch_database(cluster) as dsn:
        with psycopg.connect(dsn) as connection:
            install(connection, registry, "shop")
            connection.commit()
            assert len(differences(dsn, registry)) > len(owned(registry, "rating")) / 2
            install(connection, registry, "rating")
        assert differences(dsn, registry) == []


def differences(installed: str, registry: RegistryType) -> list[Any]:
    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(installed), poolclass=sa.NullPool
    )
    names = {"shop", "rating", None}
    options = {
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name in names,
        "compare_type": True,
    }
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata(registry)))


def test_everything_belongs_to_the_addon_that_declared_it(registry: RegistryType) -> None:
    assert owned(registry, "shop") == [
        ("shop", "category", "", ""),
        ("shop", "tag", "", ""),
        ("shop", "partner", "", ""),
        ("shop", "purchase", "", ""),
        ("shop", "partner_tags", "", ""),
    ]
    assert owned(registry, "rating") == [
        ("shop", "partner", "stars", ""),
        ("shop", "partner", "motto", ""),
        ("shop", "partner", "patron_id", ""),
        ("shop", "partner", "", "partner_motto_idx"),
        ("shop", "partner", "", "partner_motto_required"),
        ("shop", "partner", "", "partner_patron_id_idx"),
        ("shop", "partner", "", "partner_patron_id_required"),
        ("shop", "partner", "", "partner_rating_motto_once"),
        ("shop", "partner", "", "partner_rating_stars_few"),
        ("shop", "partner", "", "partner_patron_id_fkey"),
        ("rating", "partner_rated", "", ""),
    ]


def test_metadata_of_one_addon_are_the_tables_it_is_in(registry: RegistryType) -> None:
    assert set(metadata(registry, ["rating"]).tables) == {"shop.partner", "rating.partner_rated"}
    names = [index.name for index in metadata(registry, trigram=False).tables["shop.tag"].indexes]
    assert names == ["tag_name_once"]


def test_long_names_are_cut_and_stay_apart() -> None:
    class Long(Model, name="long.a_model_with_a_really_long_name_of_many_words"):
        a_field_with_a_name_that_is_just_as_long_one = fields.Integer(index=True)
        a_field_with_a_name_that_is_just_as_long_two = fields.Integer(index=True)

    statements = create_statements(Registry.build([AddonModels("long", (Long,))]), "long")
    names = [statement.split()[2] for statement in statements if statement.startswith("CREATE INDEX")]
    assert len(set(names)) == 2
    assert all(len(name) <= 63 and name.endswith("_idx") for name in names)


def test_a_constraint_over_what_has_no_column_is_refused() -> None:
    class Odd(Model, name="odd.thing"):
        twice = fields.Integer(related="version")
        _once = Unique("twice", message="No.")

    class Loose(Model, name="odd.thing"):
        span = fields.DateRange()
        _apart = Exclude("span &&", message="No.")

    with pytest.raises(RegistryError, match=r"odd.thing.twice, which has no column"):
        metadata(Registry.build([AddonModels("odd", (Odd,))]))
    with pytest.raises(RegistryError, match="each part of Exclude"):
        metadata(Registry.build([AddonModels("odd", (Loose,))]))
