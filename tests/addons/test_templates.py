"""Templates: made when first asked for, by one process, and made anew when code, data or the database have changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from kernel.addons import Runtime
from kernel.addons.lifecycle.templates import create_tenant, template_key
from kernel.db.tenants import TEMPLATE, drop_raw
from tests.addons.shelf import DATA, MODELS, write_shelf
from tests.addons.test_upgrade import next_process
from tests.addons.toys import forget_addons


def templates(runtime: Runtime) -> set[str]:
    with runtime.cluster.connect() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datistemplate AND datname LIKE 'tenon_templ%'")
        return {str(row[0]) for row in rows}


def titles(runtime: Runtime, name: str) -> list[str]:
    return runtime.tenant(name).run(lambda env: env.model("shelf.book").search().mapped("title"), why="a test")


def test_two_processes_that_ask_at_once_make_one_template(runtime: Runtime, root: Path) -> None:
    write_shelf(root, files={"models/__init__.py": MODELS + "\n# of this test alone\n"})
    before, told = templates(runtime), []

    def make(name: str) -> str:
        return create_tenant(runtime, name, ["shelf"], report=told.append).name

    with ThreadPoolExecutor(3) as threads:
        assert [*threads.map(make, ["one", "two", "three"])] == ["one", "two", "three"]
    assert len(templates(runtime) - before) == 1
    assert sum(text.startswith("template for") for text in told) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"data/books.toml": DATA.replace('title = "Dune"', 'title = "Dune II"')},
        {"models/__init__.py": MODELS + "\n#\n"},
    ],
    ids=["data", "code"],
)
def test_a_template_is_made_anew_when_what_it_holds_has_changed(
    runtime: Runtime, root: Path, changed: dict[str, str]
) -> None:
    write_shelf(root)
    create_tenant(runtime, "before", ["shelf"])
    known = templates(runtime)
    forget_addons(root)
    write_shelf(root, revision=False, files=changed)
    later = next_process(runtime, root)
    create_tenant(later, "after", ["shelf"])
    assert len(templates(runtime) - known) == 1
    assert titles(later, "after") == ["Dune II" if "data/books.toml" in changed else "Dune"]


def test_a_template_that_somebody_dropped_is_made_again(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    create_tenant(runtime, "one", ["shelf"])
    template = TEMPLATE + template_key(runtime.library.assembly(["shelf"]))
    assert template in templates(runtime)
    drop_raw(runtime.cluster, template)
    create_tenant(runtime, "two", ["shelf"])
    assert template in templates(runtime)
    assert titles(runtime, "two") == ["Dune"]


def test_nobody_enters_a_template(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    create_tenant(runtime, "one", ["shelf"])
    template = TEMPLATE + template_key(runtime.library.assembly(["shelf"]))
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        psycopg.connect(runtime.cluster.owner_dsn(template))
