"""Data files: records with stable ids, references in any order, policies that respect the user."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from kernel.addons import Findings, Library, Runtime, Tenant
from kernel.addons.contents.datafiles import Moment, check_records, read_records, relative_moment
from kernel.addons.contents.records import Loaded, load_records
from kernel.addons.lifecycle.templates import create_tenant
from kernel.errors import LoadError
from kernel.orm import AddonModels, Model, Registry, fields
from tests.addons.shelf import write_shelf
from tests.addons.toys import write_addon

NOW = dt.datetime(2026, 3, 31, 15, 30, tzinfo=dt.UTC)
MOMENT = Moment(NOW.date(), NOW)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("@today", dt.date(2026, 3, 31)),
        ("@today+3d", dt.date(2026, 4, 3)),
        ("@today-2w", dt.date(2026, 3, 17)),
        ("@today-1m", dt.date(2026, 2, 28)),
        ("@today+1y", dt.date(2027, 3, 31)),
        ("@today+1d+9h", dt.datetime(2026, 4, 1, 9, 0, tzinfo=dt.UTC)),
        ("@now", NOW),
        ("@now-2h", dt.datetime(2026, 3, 31, 13, 30, tzinfo=dt.UTC)),
        ("@now+30min", dt.datetime(2026, 3, 31, 16, 0, tzinfo=dt.UTC)),
    ],
)
def test_dates_count_from_the_day_of_the_installation(text: str, value: dt.date) -> None:
    assert relative_moment(text, MOMENT) == value


@pytest.mark.parametrize("text", ["@tomorrow", "@today+3", "@today+3x", "@now 2h"])
def test_a_date_that_cannot_be_understood_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be understood"):
        relative_moment(text, MOMENT)


def read(root: Path, files: dict[str, str]) -> tuple[list[str], list[str]]:
    folder = write_addon(root, "shop", files)
    findings = Findings()
    paths = sorted((folder / "data").iterdir())
    records = read_records("shop", folder, paths, findings)
    shown = [f"{r.stable_id} {r.model} {r.policy} {r.path}:{r.line} {dict(r.values)}" for r in records]
    return shown, [str(finding) for finding in findings]


def test_records_know_where_they_stand_and_what_holds_for_them(root: Path) -> None:
    toml = """\
    _policy = "never"
    [["shop.tag"]]
    id = "red"
    name = "Red"
    [["shop.tag"]]
    id = "shop.blue"
    name = "Blue"
    _policy = "always"
    [[shop.size]]
    id = "large"
    """
    shown, faults = read(root, {"data/a.toml": toml, "data/shop.tag.csv": 'id,name\ngreen,"Light\ngreen"\n'})
    assert not faults
    assert shown == [
        "shop.red shop.tag never addons/shop/data/a.toml:2 {'name': 'Red'}",
        "shop.blue shop.tag always addons/shop/data/a.toml:5 {'name': 'Blue'}",
        "shop.large shop.size never addons/shop/data/a.toml:9 {}",
        "shop.green shop.tag always addons/shop/data/shop.tag.csv:2 {'name': 'Light\\ngreen'}",
    ]


def test_all_faults_of_data_files_are_told_with_their_lines(root: Path) -> None:
    toml = """\
    _policy = "sometimes"
    note = 1
    [["shop.tag"]]
    name = "No id"
    [["shop.tag"]]
    id = "Red"
    [["shop.tag"]]
    id = "red"
    [["shop.tag"]]
    id = "red"
    """
    _, faults = read(root, {"data/a.toml": toml, "data/b.toml": "x = \n", "data/shop.tag.csv": "name\nx\n"})
    assert faults == [
        "addons/shop/data/a.toml:1 _policy: 'sometimes' is none of always, if_untouched, never.",
        'addons/shop/data/a.toml:2 note: records are written as [["addon.model"]]',
        'addons/shop/data/a.toml:3 id: is missing; each record has one, like "stage_new"',
        "addons/shop/data/a.toml:5 id: 'Red' must be small letters, digits and \"_\", and begin with a letter",
        "addons/shop/data/b.toml:1 is no valid TOML: Invalid value",
        'addons/shop/data/shop.tag.csv:1 the first column must be "id", not "name"',
        "addons/shop/data/a.toml:9 shop.red: this stable id stands at addons/shop/data/a.toml:7 already",
    ]


class Keepsake(Model, name="shop.keepsake"):
    """What a data file cannot set, beside what it can."""

    name = fields.Char("Name")
    scan = fields.Binary("Scan")
    photo = fields.Image("Photo")
    key = fields.Char("Key", secret=True)


def test_a_data_file_that_sets_a_file_or_a_secret_is_refused_with_its_line_and_what_to_do(root: Path) -> None:
    toml = '[["shop.keepsake"]]\nid = "one"\nname = "One"\n\n[["shop.keepsake"]]\nid = "two"\nkey = "k"\nscan = "x"\n'
    folder = write_addon(root, "shop", {"data/a.toml": toml, "data/shop.keepsake.csv": "id,photo\nthree,\n"})
    findings = Findings()
    records = read_records("shop", folder, sorted((folder / "data").iterdir()), findings)
    check_records(records, Registry.build([AddonModels("shop", (Keepsake,))]), findings)
    said = [str(finding) for finding in findings]
    assert [text.split(", ")[0] for text in said] == [
        'addons/shop/data/a.toml:5 shop.two: "key" is a secret',
        'addons/shop/data/a.toml:5 shop.two: "scan" is a file',
        'addons/shop/data/shop.keepsake.csv:2 shop.three: "photo" is a file',
    ]
    assert all("by a command or a route" in text for text in said)


@pytest.fixture
def shelf(runtime: Runtime, root: Path) -> Tenant:
    write_shelf(root)
    return create_tenant(runtime, "acme", ["shelf"])


def load(tenant: Tenant, text: str, file: str = "data/books.toml") -> Loaded:
    """Load other text in place of the addon's data file, as an upgrade does."""
    library: Library = tenant.runtime.library
    folder = library.addon("shelf").path
    (folder / file).write_text(text)
    findings = Findings()
    records = read_records("shelf", folder, [folder / file], findings)
    assert not findings
    return tenant.run(lambda env: load_records(env, records), why="a test")


def test_references_resolve_whatever_the_order_also_in_a_circle(shelf: Tenant) -> None:
    with shelf.env(why="a test") as env:
        book = env.ref("shelf.dune")
        herbert, anderson = env.ref("shelf.herbert"), env.ref("shelf.anderson")
        assert book.author == herbert
        assert set(book.readers.ids) == {herbert.id, anderson.id}
        assert (herbert.editor, anderson.editor) == (anderson, herbert)
        assert book.price == Decimal("9.50")
        assert book.bought == env.today() - dt.timedelta(days=3)
        assert abs(env.now() - book.read_at - dt.timedelta(hours=2)) < dt.timedelta(minutes=5)


DUNE = '[["shelf.book"]]\nid = "dune"\ntitle = "{title}"\n_policy = "{policy}"\n'


def test_an_unchanged_file_writes_nothing(shelf: Tenant) -> None:
    first = load(shelf, DUNE.format(title="Dune II", policy="always"))
    assert first.updated == 1
    assert load(shelf, DUNE.format(title="Dune II", policy="always")) == Loaded()


@pytest.mark.parametrize(
    ("policy", "title"), [("always", "From the file"), ("if_untouched", "Mine"), ("never", "Mine")]
)
def test_what_a_user_changed_is_kept_unless_the_file_says_always(shelf: Tenant, policy: str, title: str) -> None:
    shelf.run(lambda env: env.ref("shelf.dune").write(title="Mine"), why="a user's change")
    loaded = load(shelf, DUNE.format(title="From the file", policy=policy))
    with shelf.env(why="a test") as env:
        assert env.ref("shelf.dune").title == title
    assert loaded.kept == (("shelf.dune",) if policy == "if_untouched" else ())


def test_a_record_nobody_touched_follows_the_file(shelf: Tenant) -> None:
    assert load(shelf, DUNE.format(title="New", policy="if_untouched")).updated == 1
    assert load(shelf, DUNE.format(title="Newer", policy="if_untouched")).updated == 1
    shelf.run(lambda env: env.ref("shelf.dune").write(pages=1), why="a user's change")
    assert load(shelf, DUNE.format(title="Newest", policy="if_untouched")).kept == ("shelf.dune",)
    assert load(shelf, DUNE.format(title="Newest still", policy="if_untouched")).kept == ("shelf.dune",)


def test_a_record_that_a_user_deleted_is_not_made_again(shelf: Tenant) -> None:
    shelf.run(lambda env: env.ref("shelf.dune").delete(), why="a user deletes")
    loaded = load(shelf, DUNE.format(title="Dune again", policy="always"))
    assert loaded == Loaded(gone=("shelf.dune",))
    with shelf.env(why="a test") as env:
        assert env.model("shelf.book").count() == 0


def test_a_csv_file_gives_typed_values_and_an_empty_cell_is_unset(shelf: Tenant) -> None:
    text = (
        "id,title,pages,price,author,readers,bought,about\n"
        "emma,Emma,12,3.50,herbert,herbert;anderson,2020-05-01,shelf.idle\n"
        "idle,Idle,,,,,,\n"
    )
    load(shelf, text, "data/shelf.book.csv")
    with shelf.env(why="a test") as env:
        emma, idle = env.ref("shelf.emma"), env.ref("shelf.idle")
        assert (emma.pages, emma.price, emma.bought) == (12, Decimal("3.50"), dt.date(2020, 5, 1))
        assert len(emma.readers) == 2
        assert (emma.about, bool(idle.about)) == (idle, False)
        assert (idle.pages, idle.price, idle.bought, bool(idle.author)) == (0, Decimal(0), None, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[["shelf.book"]]\nid = "x"\ntitle = "X"\nauthor = "herbrt"\n', 'author: there is no record "shelf.herbrt"'),
        ('[["shelf.book"]]\nid = "x"\n', "Title"),
        ('[["shelf.book"]]\nid = "x"\ntitle = "X"\nbought = "@tomorow"\n', "cannot be understood"),
        ('[["shelf.book"]]\nid = "x"\ntitle = "X"\npages = -1\n', "Pages cannot be negative"),
    ],
)
def test_a_record_that_cannot_be_loaded_names_file_and_line(shelf: Tenant, text: str, said: str) -> None:
    with pytest.raises(LoadError, match=r"addons/shelf/data/books\.toml:1 shelf\.x: ") as caught:
        load(shelf, text)
    assert said in str(caught.value)
    with shelf.env(why="a test") as env:
        assert env.model("shelf.book").count() == 1
