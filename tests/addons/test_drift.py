"""The doctor compares a tenant's tables with its models: each kind of drift is told by whose it is, and mended."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.doctor.examine import examine, repair
from kernel.addons.doctor.trouble import Trouble
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from tests.addons.shelf import write_club, write_rating, write_shelf

Run = Callable[..., None]
MODELS = "addons/shelf/models/__init__.py"
CLUB = "addons/club/models/__init__.py"


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    write_shelf(root)
    write_rating(root)
    write_club(root)
    return create_tenant(runtime, "acme", ["club"])


@pytest.fixture
def run(runtime: Runtime, tenant: Tenant) -> Run:
    """Run SQL in the tenant's database, as somebody with psql would."""

    def run(*statements: str) -> None:
        with runtime.cluster.connect(tenant.row.database) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    return run


def texts(found: list[Trouble]) -> list[str]:
    return [trouble.text for trouble in found]


def mended(runtime: Runtime) -> list[str]:
    """What a repair mends, when it leaves nothing."""
    done = repair(runtime, ["acme"])
    assert done.remains == []
    return texts(done.mended)


def test_a_tenant_as_it_was_installed_has_no_drift(runtime: Runtime, tenant: Tenant) -> None:
    assert examine(runtime, ["acme"], deep=True) == []


def test_a_missing_column_comes_back_with_all_that_was_on_it(runtime: Runtime, run: Run) -> None:
    run("ALTER TABLE shelf.book DROP COLUMN club_note CASCADE")
    assert mended(runtime) == [
        f'shelf.book.club_note is missing in "acme"; the model shelf.book declares it ({CLUB}:28).',
        'The constraint shelf.book.book_club_noted is missing in "acme"; the model shelf.book declares it'
        f" ({CLUB}:31).",
        f'The index shelf.book_club_in_club is missing in "acme"; the model shelf.book declares it ({CLUB}:32).',
        f'The index shelf.book_club_note_idx is missing in "acme"; the model shelf.book declares it ({CLUB}:28).',
    ]


def test_a_missing_stored_value_is_computed_once_its_column_is_back(runtime: Runtime, tenant: Tenant, run: Run) -> None:
    worth = tenant.run(lambda env: env.ref("shelf.dune").worth, why="a test")
    run("ALTER TABLE shelf.book DROP COLUMN worth")
    assert mended(runtime) == [
        f'shelf.book.worth is missing in "acme"; the model shelf.book declares it ({MODELS}:26).',
        'shelf.book.worth in "acme": 1 record has another value than computing it gives: 1.',
    ]
    assert tenant.run(lambda env: env.ref("shelf.dune").worth, why="a test") == worth == 605


def test_a_column_that_must_be_filled_is_not_invented(runtime: Runtime, tenant: Tenant, run: Run) -> None:
    with tenant.env(why="a test") as env:
        club = env.model("club.club").create({"name": "Readers"})
        env.model("club.visit").create({"club": club, "guest": env.ref("shelf.herbert")})
    run("ALTER TABLE club.visit DROP COLUMN guest_id")
    done = repair(runtime, ["acme"])
    assert texts(done.remains)[0].startswith('club.visit.guest_id is missing in "acme"')
    assert done.remains[0].hint == "It must be filled, and the table has rows: restore the column from a backup."
    run("DELETE FROM club.visit")
    assert repair(runtime, ["acme"]).remains == []


def test_a_missing_constraint_that_holds_is_made_and_one_that_does_not_names_the_rows(
    runtime: Runtime, run: Run
) -> None:
    run(
        "ALTER TABLE shelf.book DROP CONSTRAINT book_pages",
        "ALTER TABLE shelf.book DROP CONSTRAINT book_author_id_fkey",
        "INSERT INTO shelf.book (title, pages, worth) SELECT 'Bad ' || n, -n, -n FROM generate_series(1, 7) n",
    )
    done = repair(runtime, ["acme"])
    assert texts(done.mended) == [
        'The constraint shelf.book.book_author_id_fkey is missing in "acme"; the model shelf.book declares it'
        f" ({MODELS}:18)."
    ]
    assert [(trouble.text, trouble.hint) for trouble in done.remains] == [
        (
            'The constraint shelf.book.book_pages is missing in "acme", and 7 rows break it: 2, 3, 4, 5, 6, ...;'
            f" the model shelf.book declares it ({MODELS}:34).",
            "Change these rows first, then: tenon doctor acme --repair",
        )
    ]
    run("UPDATE shelf.book SET pages = -pages, worth = -worth WHERE pages < 0")
    assert len(mended(runtime)) == 1


@pytest.mark.parametrize(
    ("drop", "spoil", "heal", "row"),
    [
        (
            "ALTER TABLE shelf.book DROP CONSTRAINT book_author_id_fkey",
            "UPDATE shelf.book SET author_id = 99",
            "UPDATE shelf.book SET author_id = NULL",
            "1 row breaks it: 1;",
        ),
        (
            "DROP INDEX shelf.book_once",
            "INSERT INTO shelf.book (title, author_id, pages, worth) SELECT title, author_id, 0, 0 FROM shelf.book",
            "DELETE FROM shelf.book WHERE id > 1",
            "1 row breaks it: (Dune,1);",
        ),
        (
            "ALTER TABLE shelf.author ALTER name DROP NOT NULL",
            "UPDATE shelf.author SET name = NULL WHERE id = 2",
            "UPDATE shelf.author SET name = 'Kevin' WHERE id = 2",
            "1 row breaks it: 2;",
        ),
    ],
    ids=["foreign-key", "unique", "not-null"],
)
def test_rows_that_break_it_are_named(runtime: Runtime, run: Run, drop: str, spoil: str, heal: str, row: str) -> None:
    run(drop, spoil)
    done = repair(runtime, ["acme"])
    assert row in done.remains[0].text
    run(heal)
    assert repair(runtime, ["acme"]).remains == []


def test_a_check_that_holds_for_new_rows_only_is_made_whole_when_it_can(runtime: Runtime, run: Run) -> None:
    again = "ALTER TABLE shelf.book DROP CONSTRAINT book_pages, ADD CONSTRAINT book_pages CHECK (%s) NOT VALID"
    run(again % "pages >= 0 AND title NOT LIKE '%:x'")
    assert "holds for new rows only" in mended(runtime)[0]


def test_missing_indexes_are_built_and_broken_ones_again(runtime: Runtime, run: Run) -> None:
    run(
        "DROP INDEX shelf.book_author_id_idx, shelf.book_title_trgm",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shelf.book_once'::regclass",
    )
    assert [text.split(" in ")[0] for text in mended(runtime)] == [
        "The index shelf.book_once",
        "The index shelf.book_author_id_idx is missing",
        "The index shelf.book_title_trgm is missing",
    ]


def test_what_was_renamed_gets_its_name_back_but_for_tables_and_columns(runtime: Runtime, run: Run) -> None:
    run(
        "ALTER INDEX shelf.book_once RENAME TO one_of_each",
        "ALTER TABLE shelf.book RENAME CONSTRAINT book_pages TO positive",
        "ALTER SEQUENCE shelf.book_id_seq RENAME TO numbers",
        "ALTER TABLE shelf.book RENAME COLUMN bought TO purchased",
        "ALTER TABLE shelf.book RENAME COLUMN club_note TO memo",
        "ALTER TABLE club.visit RENAME TO call",
    )
    done = repair(runtime, ["acme"])
    assert len(done.mended) == 4  # with the default that draws from the sequence
    assert [(trouble.text.split(" in ")[0], trouble.statements) for trouble in done.remains] == [
        ("The table club.visit is missing", ("ALTER TABLE club.call RENAME TO visit",)),
        ("shelf.book.bought is missing", ("ALTER TABLE shelf.book RENAME COLUMN purchased TO bought",)),
        ("shelf.book.club_note is missing", ("ALTER TABLE shelf.book RENAME COLUMN memo TO club_note",)),
    ]
    run(*(statement for trouble in done.remains for statement in trouble.statements))
    assert repair(runtime, ["acme"]).remains == []


def test_types_are_told_and_defaults_and_sequences_mended(runtime: Runtime, run: Run) -> None:
    run(
        "ALTER TABLE shelf.book ALTER pages TYPE int4",
        "ALTER TABLE shelf.author ALTER created_at DROP DEFAULT",
        "ALTER TABLE shelf.author ALTER editor_id SET DEFAULT 1, ALTER editor_id SET NOT NULL",
        "SELECT setval('shelf.author_id_seq', 1)",
        "DROP SEQUENCE club.club_id_seq CASCADE",
    )
    done = repair(runtime, ["acme"])
    assert [text.split(";")[0] for text in texts(done.mended)] == [
        'The sequence club.club_id_seq is missing in "acme"',
        "club.club.id has no default in \"acme\", not nextval('club.club_id_seq'::regclass)",
        'shelf.author.created_at has no default in "acme", not now()',
        'shelf.author.editor_id has the default 1 in "acme", not none',
        'shelf.author.editor_id must be filled in "acme"',
        'The next id of shelf.author in "acme" is taken: the highest is 2, the counter at 1.',
    ]
    assert [text.split(";")[0] for text in texts(done.remains)] == [
        'shelf.book.pages is of type integer in "acme", not bigint'
    ]
    run(*done.remains[0].statements)
    assert examine(runtime, ["acme"]) == []


def test_rights_and_owners_are_put_right_and_those_people_gave_are_told(
    runtime: Runtime, tenant: Tenant, run: Run
) -> None:
    run(
        "REVOKE SELECT, UPDATE ON shelf.book FROM tenon_app",
        "REVOKE USAGE ON SCHEMA club FROM tenon_app",
        "GRANT DELETE ON tenon.addon TO tenon_app",
        "REVOKE UPDATE (data_generation) ON tenon.state FROM tenon_app",
        "ALTER TABLE shelf.author OWNER TO CURRENT_USER",
        "GRANT SELECT ON shelf.book TO pg_monitor",
        f'GRANT CONNECT ON DATABASE "{tenant.row.database}" TO PUBLIC',
        f'ALTER ROLE "tenant_{tenant.row.uuid.hex}" NOLOGIN',
    )
    done = repair(runtime, ["acme"])
    assert len(done.mended) == 7
    assert [(trouble.text, trouble.grave) for trouble in done.remains] == [
        ('pg_monitor may SELECT the table shelf.book in "acme", which no install grants.', False)
    ]
    assert tenant.run(lambda env: env.model("shelf.book").search().mapped("title"), why="a test") == ["Dune"]


def test_what_people_made_by_hand_is_told_and_stays(runtime: Runtime, run: Run) -> None:
    run(
        "CREATE SCHEMA reports",
        "CREATE TABLE shelf.memo (id int PRIMARY KEY)",
        "ALTER TABLE shelf.book ADD colour text",
        "CREATE INDEX book_colour ON shelf.book (colour)",
        "ALTER TABLE shelf.book ADD CONSTRAINT bright CHECK (colour <> 'grey')",
        "CREATE FUNCTION public.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER busy BEFORE INSERT ON shelf.book FOR EACH ROW EXECUTE FUNCTION public.nothing()",
    )
    done = repair(runtime, ["acme"])
    assert done.mended == []
    assert [trouble.rule for trouble in done.remains] == [
        "extra-schema",
        "extra-table",
        "extra-column",
        "extra-constraint",
        "extra-index",
        "extra-trigger",
    ]
    assert not any(trouble.grave for trouble in done.remains)
    run("ALTER TABLE shelf.book ADD shape text NOT NULL DEFAULT ''", "ALTER TABLE shelf.book ALTER shape DROP DEFAULT")
    grave = [trouble for trouble in examine(runtime, ["acme"]) if trouble.grave]
    assert [text.split(",")[0] for text in texts(grave)] == ['shelf.book.shape is in "acme" and must be filled']


def test_lost_tables_and_schemas_are_for_a_person(runtime: Runtime, run: Run) -> None:
    run("DROP TABLE shelf.book CASCADE", "DROP SCHEMA club CASCADE")
    done = repair(runtime, ["acme"])
    assert [trouble.text.split(";")[0] for trouble in done.remains if trouble.rule.startswith("missing")][:2] == [
        'The schema club is missing in "acme", with all tables of the addon club.',
        'The table shelf.book is missing in "acme"',
    ]
    assert any("CREATE TABLE shelf.book" in statement for statement in done.remains[1].statements)


def test_foreign_keys_that_are_off_are_switched_on_and_deep_names_the_rows(
    runtime: Runtime, tenant: Tenant, run: Run
) -> None:
    run(
        "ALTER TABLE shelf.book DISABLE TRIGGER ALL",
        "UPDATE shelf.book SET author_id = 77",
        "UPDATE shelf.book SET about = 'shelf.author,99'",
    )
    assert [text.split(":")[0] for text in mended(runtime)] == ['Foreign keys of shelf.book in "acme" are switched off']
    found = examine(runtime, ["acme"], deep=True)
    assert [(trouble.rule, trouble.text.split(";")[0]) for trouble in found] == [
        ("broken-row", 'shelf.book.book_author_id_fkey is not kept in "acme", and 1 row breaks it: 1'),
        ("dangling-reference", '1 values of shelf.book.about in "acme" refer to records that are gone.'),
    ]


def test_values_written_past_the_code_are_computed_again(runtime: Runtime, tenant: Tenant, run: Run) -> None:
    run(
        "UPDATE shelf.book SET good = NOT good",
        "INSERT INTO tenon.stable_id (addon, name, model, record) VALUES ('gone', 'it', 'gone.thing', 1)",
        "DELETE FROM tenon.owned WHERE addon = 'club'",
        "UPDATE club.revision SET version_num = 'other'",
    )
    assert mended(runtime) == [
        'club.revision in "acme" says "other"; the tables are those of "first".',
        'What belongs to club is not noted rightly in tenon.owned of "acme".',
        '1 stable ids of "acme" are of no addon or model that is installed: gone.it (gone.thing).',
        'shelf.book.good in "acme": 1 record has another value than computing it gives: 1.',
    ]
    assert tenant.run(lambda env: env.ref("shelf.dune").good, why="a test")


DAMAGES = (
    ("book_once", "DROP INDEX shelf.book_once"),
    ("book_author_id_idx", "ALTER INDEX shelf.book_author_id_idx RENAME TO other_idx"),
    ("book_pages", "ALTER TABLE shelf.book DROP CONSTRAINT book_pages"),
    ("book_author_id_fkey", "ALTER TABLE shelf.book RENAME CONSTRAINT book_author_id_fkey TO other_fkey"),
    ("author_editor_id_fkey", "ALTER TABLE shelf.author DROP CONSTRAINT author_editor_id_fkey"),
    ("book.price", "ALTER TABLE shelf.book DROP COLUMN price"),
    ("book.bought", "ALTER TABLE shelf.book RENAME COLUMN bought TO purchased"),
    ("book.read_at", "ALTER TABLE shelf.book ALTER read_at TYPE date"),
    ("author.version", "ALTER TABLE shelf.author ALTER version DROP NOT NULL"),
    ("author.updated_at", "ALTER TABLE shelf.author ALTER updated_at SET DEFAULT '2000-01-01'"),
    ("club.visit", "REVOKE INSERT ON club.visit FROM tenon_app"),
    ("club.club", "ALTER TABLE club.club OWNER TO CURRENT_USER"),
    ("shelf.book_readers", "DROP TABLE shelf.book_readers"),
    ("mine", "ALTER TABLE shelf.author ADD COLUMN mine int"),
    ("hasty", "CREATE INDEX hasty ON shelf.author (name)"),
    ("memo", "CREATE TABLE club.memo (id int)"),
    ("next id of shelf.author", "SELECT setval('shelf.author_id_seq', 1, false)"),
    ("tenon.outbox", "ALTER TABLE tenon.outbox DROP COLUMN attempts"),
    ("session_of_user", "DROP INDEX tenon.session_of_user"),
)


@pytest.mark.parametrize("seed", range(40 if os.environ.get("TENON_SOAK") else 2))
def test_whatever_is_damaged_is_found_and_a_second_repair_finds_nothing_to_mend(
    runtime: Runtime, run: Run, seed: int
) -> None:
    chosen = random.Random(seed).sample(DAMAGES, 8)
    run(*(statement for _, statement in chosen))
    found = examine(runtime, ["acme"])
    for name, statement in chosen:
        assert any(name in trouble.text for trouble in found), f"{statement}\n{chr(10).join(texts(found))}"
    repair(runtime, ["acme"])
    again = repair(runtime, ["acme"])
    assert again.mended == []
    assert all(trouble.hint for trouble in again.remains), again.remains


def test_an_operation_that_was_stopped_is_told(runtime: Runtime, run: Run) -> None:
    step = "prepare shelf@2 1: CREATE INDEX"
    run(f"INSERT INTO tenon.operation (kind, state, step) VALUES ('upgrade', 'prepare', '{step}')")
    (trouble,) = examine(runtime, ["acme"])
    assert trouble.text == 'The upgrade of "acme" was stopped: prepare shelf@2 1: CREATE INDEX.'
    assert trouble.hint.endswith("tenon addon upgrade acme --undo")


def test_an_addon_that_came_back_from_its_archive_has_no_drift(runtime: Runtime, tenant: Tenant) -> None:
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["rating"], cascade=True))
    assert examine(runtime, ["acme"]) == []
    execute(runtime, plan_install(runtime, tenant, ["club"]))
    assert examine(runtime, ["acme"], deep=True) == []
