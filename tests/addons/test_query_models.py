"""An addon with a model over a query: no tables, nothing to migrate, nothing left when it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.doctor.examine import examine
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.addons.migrations.autogenerate import write_revision
from kernel.db import Cluster, transaction
from kernel.errors import MigrateError, NotInstalledError, UnknownModelError
from tests.addons.shelf import write_shelf
from tests.addons.toys import write_addon
from tests.alone import cluster, control, data_dir, pool, settings  # noqa: F401

REPORT = '''
"""Books by author."""

from addons.shelf.models import Author, Book
from kernel.orm import Model, fields


class ByAuthor(
    Model,
    name="report.by_author",
    query="SELECT author_id AS id, author_id, count(*) AS books, sum(pages)::int8 AS {pages} FROM shelf.book"
    " WHERE author_id IS NOT NULL GROUP BY author_id",
    reads=(Book,),
):
    """How much an author wrote."""

    author = fields.Many2one(Author, "Author")
    books = fields.Integer("Books")
    pages = fields.Integer("Pages")


class WritingAuthor(Author, extend=True):
    """Shows it on the author."""

    writing = fields.One2many(ByAuthor, "Writing", inverse="author")
'''


def write_report(root: Path, pages: str = "pages") -> None:
    more = 'depends = ["shelf"]\n'
    write_addon(root, "report", {"models.py": REPORT.replace("{pages}", pages)}, more=more)


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    write_shelf(root)
    write_report(root)
    return create_tenant(runtime, "acme", ["shelf"])


def install(tenant: Tenant) -> None:
    execute(tenant.runtime, plan_install(tenant.runtime, tenant, ["report"]))


def test_it_comes_without_tables_and_goes_without_a_trace(runtime: Runtime, tenant: Tenant) -> None:
    install(tenant)
    with tenant.env(why="a test") as env:
        author = env.ref("shelf.herbert")
        row: Any = env.model("report.by_author").search()
        assert row.mapped("author") == author
        assert author.writing == row
        assert row.pages == 600
        env.ref("shelf.dune").pages = 700
        assert row.pages == 700
    owner = runtime.cluster.owner_dsn(tenant.row.database)
    with transaction(runtime.pool, owner) as tx:
        assert tx.rows("SELECT * FROM tenon.owned WHERE addon = 'report'") == []
        tables = tx.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'report'")
        assert tables == [("revision",)]
    assert examine(runtime) == []
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["report"]))
    with tenant.env(why="a test") as env, pytest.raises((UnknownModelError, NotInstalledError)):
        env.model("report.by_author")
    install(tenant)
    with tenant.env(why="a test") as env:
        again: Any = env.model("report.by_author").search()
        assert again.pages == 700


def test_migrations_know_nothing_of_it(runtime: Runtime, tenant: Tenant, cluster: Cluster) -> None:
    first = write_revision(cluster, runtime.library, "report")
    assert first is not None
    assert "by_author" not in first.read_text()


def test_a_query_that_does_not_fit_is_refused_by_an_install(runtime: Runtime, root: Path) -> None:
    write_shelf(root)
    write_report(root, pages="page")
    with pytest.raises(MigrateError, match='has no column "pages"') as caught:
        create_tenant(runtime, "acme", ["report"])
    assert 'Did you mean "page"?' in str(caught.value)
    assert "report/models.py:" in str(caught.value)
