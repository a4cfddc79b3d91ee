"""What the tests of bad days share: a server, operations on addons, and what must be the same before and after."""

from __future__ import annotations

import hashlib
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cli.groups import tell
from cli.output import Failure
from kernel.addons import Runtime
from kernel.addons.doctor.checksums import checksums
from kernel.addons.doctor.examine import examine, repair
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import installed, plan_install, plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.config import Settings
from kernel.db import Transaction, transaction
from kernel.db.tenants import drop_database
from tests.addons.shelf import MODELS, write_club, write_rating, write_shelf
from tests.addons.toys import forget_addons
from tests.servers import Server

PAGE = '''
"""A page that reads the database."""

from kernel.http import Request, Response, route
from kernel.http.responses import json_response


@route("/shelf/books", auth="public")
def books(request: Request) -> Response:
    env = request.env.as_system("a page of a test")
    return json_response({"books": env.model("shelf.book").search().mapped("title")})
'''
PAGES = '    pages = fields.Integer("Pages")\n'
NEWER = MODELS.replace(PAGES, f'{PAGES}    isbn = fields.Char("ISBN")\n')
SECOND = '''
"""Books get their ISBN."""

revision = "second"
down_revision = "first"
requires: dict[str, str] = {}

UPGRADE = ("ALTER TABLE shelf.book ADD COLUMN isbn text NOT NULL DEFAULT ''",)
'''
Work = Callable[[Runtime], object]


@dataclass(frozen=True, slots=True)
class Place:
    """A server, the addons beside it, and how Tenon reaches it."""

    server: Server
    root: Path
    settings: Settings

    @classmethod
    def make(cls, server: Server, root: Path, url: str = "") -> Place:
        (root / "addons").mkdir(exist_ok=True)
        write_shelf(root, files={"http.py": PAGE})
        write_rating(root)
        write_club(root)
        forget_addons(root)
        settings = Settings(data_dir=root / "data", database_url=url or server.url, addons_path=(root,))
        return cls(server, root, settings)

    def newer_shelf(self) -> None:
        """The next version of `shelf`, as after a deploy."""
        write_shelf(
            self.root,
            revision=False,
            version="1.1.0",
            files={"http.py": PAGE, "models/__init__.py": NEWER, "migrations/0002_isbn.py": SECOND},
        )
        forget_addons(self.root)

    @contextmanager
    def runtime(self) -> Iterator[Runtime]:
        """As one call of `tenon` has it."""
        with Runtime.open(self.settings) as opened:
            yield opened

    def tenon(self, work: Work) -> str:
        """Carry out a command; what it says when it fails, with its hint. Empty where it succeeds."""

        def run() -> None:
            with self.runtime() as runtime:
                work(runtime)

        try:
            tell(run, debug=False)
        except Failure as failure:
            check_words(failure)
            return f"{failure.message}\n{failure.hint}"
        return ""

    def state(self, tenant: str = "acme") -> tuple[object, ...]:
        """Addons and checksums of all rows of a tenant, and which databases and roles there are."""
        with self.runtime() as runtime:
            row = runtime.control.get(tenant)
            with transaction(runtime.pool, runtime.cluster.owner_dsn(row.database)) as tx:
                schemas = [str(name) for (name,) in tx.rows(_SCHEMAS)]
                rows = tx.rows("SELECT addon, name, record FROM tenon.stable_id ORDER BY 1, 2")
                return installed(tx), checksums(tx, schemas), hashlib.sha256(str(rows).encode()).hexdigest()

    def troubles(self) -> list[str]:
        """What the doctor still says after a repair."""
        with self.runtime() as runtime:
            repair(runtime)
            return [trouble.text for trouble in examine(runtime)]


_SCHEMAS = """
    SELECT nspname::text FROM pg_namespace
    WHERE nspname IN ('shelf', 'rating', 'club') OR nspname LIKE 'archive%%' ORDER BY 1"""


def check_words(failure: Failure) -> None:
    """One message for people, and what to do next; neither the driver's words nor a fault of ours."""
    for word in ("Traceback", "psycopg", "This is a fault", "SSL", "libpq", "server closed the connection"):
        assert word not in failure.message, failure.message
    assert failure.hint, failure.message


# -- operations -----------------------------------------------------------------------------------------------
def create(runtime: Runtime) -> object:
    return create_tenant(runtime, "other", ["rating"])


def install(runtime: Runtime) -> object:
    return execute(runtime, plan_install(runtime, runtime.tenant("acme"), ["club"]))


def upgrade(runtime: Runtime) -> object:
    return execute(runtime, plan_upgrade(runtime, runtime.tenant("acme")))


def uninstall(runtime: Runtime) -> object:
    return execute_uninstall(runtime, plan_uninstall(runtime, runtime.tenant("acme"), ["club"]))


def purge(runtime: Runtime) -> object:
    return execute_uninstall(runtime, plan_uninstall(runtime, runtime.tenant("acme"), ["club"], purge=True))


def tidy_away(runtime: Runtime) -> None:
    """Back to where the operations began."""
    drop_database(runtime.cluster, runtime.control, runtime.control.get("other"))
    purge(runtime)


STEPS: tuple[tuple[str, Work], ...] = (
    ("create", create),
    ("install", install),
    ("uninstall", uninstall),
    ("restore", install),
)


class Moment:
    """Calls something once, before the statement of this number that a command sends (BEGIN and COMMIT count)."""

    def __init__(self, statement: int, call: Callable[[Transaction], object]) -> None:
        self.statement = statement
        self.call = call
        self.sent = 0

    @property
    def came(self) -> bool:
        """Whether the command got so far."""
        return self.sent >= self.statement

    def before(self, tx: Transaction) -> None:
        """One statement is about to be sent."""
        self.sent += 1
        if self.sent == self.statement:
            self.call(tx)


@contextmanager
def watching(moment: Moment) -> Iterator[Moment]:
    """While inside, every statement of a transaction passes the moment."""
    plain_raw, plain_execute = Transaction._raw, Transaction.execute

    def raw(tx: Transaction, query: str) -> None:
        moment.before(tx)
        plain_raw(tx, query)

    def execute(tx: Transaction, query: str, params: Sequence[object] = ()) -> psycopg.Cursor[tuple[Any, ...]]:
        moment.before(tx)
        return plain_execute(tx, query, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transaction, "_raw", raw)
        patch.setattr(Transaction, "execute", execute)
        yield moment


def wait_until_up(server: Server) -> None:
    deadline = time.monotonic() + 30
    while not server.answers():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def end_session(server: Server, tx: Transaction) -> None:
    """The server ends the connection, as pg_terminate_backend does."""
    pid = tx.connection.info.backend_pid
    server.run(f"SELECT pg_terminate_backend({pid}, 5000)")


RESTARTS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
