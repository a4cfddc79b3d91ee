"""H1 and M1: the list page's request over real HTTP, beside its bound; what a worker holds per tenant.

The page: 80 of 10,000 deals, six fields of which one is the account with its name, sorted by name, with the
total, as a salesperson who sees own and unassigned deals.
"""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.http.sessions import Caller, open_session
from kernel.orm import Env
from tests.benchmarks.processes import children, free_port, proportional_memory, server

FIELDS = ("name", "account", "amount", "close_date", "probability", "competitor")
BODY = orjson.dumps(
    {"domain": [], "spec": {name: {} for name in FIELDS}, "order": "name", "limit": 80, "offset": 0, "count": True}
)
PATH = "/rpc/crm.opportunity/search_read"
FILL = """
INSERT INTO crm.account ({accounts}, name)
    SELECT {accounts_of_a}, 'Account ' || i FROM crm.account a, generate_series(1, 1000) i WHERE a.id = %s;
INSERT INTO crm.opportunity ({deals}, name, account_id, amount, close_date, owner_id)
    SELECT {deals_of_a}, 'Deal ' || md5(i::text), %s + i %% 1000, i, current_date + i %% 300,
           CASE WHEN i %% 2 = 0 THEN %s END
    FROM crm.opportunity a, generate_series(1, 10000) i WHERE a.id = %s
"""
COLUMNS = (
    "SELECT string_agg(quote_ident(column_name), ', '), string_agg('a.' || quote_ident(column_name), ', ')"
    " FROM information_schema.columns WHERE table_schema = 'crm' AND table_name = %s AND column_name <> ALL(%s)"
)


@dataclass(frozen=True, slots=True)
class Page:
    """Who asks for the page, and where."""

    host: str
    cookie: str
    csrf: str

    def ask(self, connection: http.client.HTTPConnection) -> dict[str, Any]:
        """One request for the list; its answer."""
        headers = {
            "Host": self.host,
            "Cookie": f"tenon={self.cookie}",
            "X-CSRF-Token": self.csrf,
            "Content-Type": "application/json",
        }
        connection.request("POST", PATH, BODY, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {answer.decode()}")
        found: dict[str, Any] = orjson.loads(answer)["result"]
        return found


def fill(env: Env) -> int:
    """The deals, copies of one that the ORM made; returns the salesperson's id."""
    group = env.ref("crm.salesperson_own")
    user = env.model("base.user").create({"name": "Sam", "login": "sam", "groups": [group.id]})
    account = env.model("crm.account").create({"name": "Account"})
    deal = env.model("crm.opportunity").create({"name": "Deal", "account": account.id})
    env.flush()
    accounts = env.sql(COLUMNS, ("account", ["id", "name"]))[0]
    deals = env.sql(COLUMNS, ("opportunity", ["id", "name", "account_id", "amount", "close_date", "owner_id"]))[0]
    first, second = FILL.format(
        accounts=accounts[0], accounts_of_a=accounts[1], deals=deals[0], deals_of_a=deals[1]
    ).split(";")
    env.sql(first, (account.id,))
    env.sql(second, (account.id + 1, user.id, deal.id))
    env.sql("ANALYZE crm.opportunity")
    env.invalidate()
    return int(user.id)


def measure_pages(runtime: Runtime, folder: Path, requests: int) -> dict[str, Any]:
    """p50, p95 and requests per second of the product and of its bound, in turns."""
    tenant = create_tenant(runtime, "bench", ["crm"])
    with tenant.env(why="the deals of the benchmark") as env:
        user = fill(env)
    found: dict[str, Any] = {}
    with _both(runtime, tenant, user, folder, workers=1) as asks:
        times: dict[str, list[float]] = {name: [] for name in asks}
        answers = {name: ask[1](ask[0]()) for name, ask in asks.items()}
        if answers["product"] != answers["bound"]:
            raise AssertionError("H1: the product and its bound give different rows.")
        for _ in range(3):
            for name, (connect, ask) in asks.items():
                connection = connect()
                _timed(connection, ask, 20)
                times[name] += _timed(connection, ask, requests // 3)
        for name, each in times.items():
            found[name] = {"p50": statistics.median(each), "p95": statistics.quantiles(each, n=20)[18]}
        found["product"] |= _logged(folder / "product.log")
    with _both(runtime, tenant, user, folder, workers=2) as asks:
        for name, (connect, ask) in asks.items():
            found[name]["per_second"] = max(_flood(connect, ask, requests) for _ in range(3))
    return found


Connect = Callable[[], http.client.HTTPConnection]
Ask = Callable[[http.client.HTTPConnection], dict[str, Any]]


@contextmanager
def _both(
    runtime: Runtime, tenant: Tenant, user: int, folder: Path, workers: int
) -> Iterator[dict[str, tuple[Connect, Ask]]]:
    """Both servers, and how each is asked."""
    ports = {"product": free_port(), "bound": free_port()}
    serve = ["-m", "cli", "serve", "--port", str(ports["product"]), "--workers", str(workers), "--no-worker"]
    bare = ["-m", "tests.benchmarks.bare", str(ports["bound"]), str(workers)]
    data = runtime.settings.data_dir
    to_bare = {"BENCH_DSN": tenant.row.dsn, "BENCH_USER": str(user)}
    with (
        server(data, folder / "product.log", serve, ports["product"]),
        server(data, folder / "bound.log", bare, ports["bound"], **to_bare),
    ):
        page = _sign_in(runtime, tenant, user, ports["product"])
        yield {
            name: (lambda port=port: http.client.HTTPConnection("127.0.0.1", port), page.ask)  # type: ignore[misc]
            for name, port in ports.items()
        }


def _sign_in(runtime: Runtime, tenant: Tenant, user: int, port: int) -> Page:
    """A session without the time a password takes, and its token against forged requests."""
    with tenant.env(why="a session for the benchmark") as env:
        cookie = open_session(env.tx, user, runtime.settings, Caller("127.0.0.1", "benchmark"))
    host = f"{tenant.name}.{runtime.settings.base_domain}"
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/web/boot", headers={"Host": host, "Cookie": f"tenon={cookie}"})
    boot = orjson.loads(connection.getresponse().read())
    return Page(host, cookie, boot["csrf"])


def _timed(connection: http.client.HTTPConnection, ask: Ask, count: int) -> list[float]:
    times = []
    for _ in range(count):
        started = time.perf_counter()
        ask(connection)
        times.append(time.perf_counter() - started)
    return times


def _flood(connect: Connect, ask: Ask, count: int, clients: int = 8) -> float:
    """Requests per second with several clients at once."""
    connections = [connect() for _ in range(clients)]
    for connection in connections:
        _timed(connection, ask, 3)
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda connection: _timed(connection, ask, count // clients), connections))
    return count // clients * clients / (time.perf_counter() - started)


def _logged(log: Path) -> dict[str, Any]:
    """What the server says of the last such request: statements, and the time they took."""
    lines = [orjson.loads(line) for line in log.read_text().splitlines() if PATH in line and line.startswith("{")]
    return {"statements": lines[-1]["sql"], "sql_p50": statistics.median(line["sql_ms"] for line in lines) / 1000}


def measure_memory(runtime: Runtime, folder: Path, stages: Sequence[int]) -> dict[str, Any]:
    """PSS of one worker that has served one tenant, then more and more with the same addons: up to each of `stages`."""
    port = free_port()
    names = [create_tenant(runtime, f"many-{i}", ["crm"]).name for i in range(stages[-1])]
    arguments = ["-m", "cli", "serve", "--port", str(port), "--workers", "1", "--no-worker"]
    found: dict[str, Any] = {}
    with server(runtime.settings.data_dir, folder / "memory.log", arguments, port) as pid:
        (generation,) = children(pid)
        (worker,) = children(generation)
        found["first_page"] = _open(runtime, names[0], port)
        _open(runtime, names[0], port)
        one = last = found["mib_with_1_tenant"] = proportional_memory(worker)
        others: list[float] = []
        for before, count in pairwise((1, *stages)):
            others += [_open(runtime, name, port) for name in names[before:count]]
            found[f"mib_with_{count}_tenants"] = now = proportional_memory(worker)
            found[f"kib_per_tenant_from_{before}_to_{count}"] = (now - last) * 1024 / (count - before)
            last = now
        found["kib_per_tenant_of_all"] = (last - one) * 1024 / (stages[-1] - 1)
    found["first_page_of_another"] = statistics.median(others)
    return found


def _open(runtime: Runtime, name: str, port: int) -> float:
    """The time of the first page of a tenant that the worker does not know yet."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    started = time.perf_counter()
    connection.request("GET", "/login", headers={"Host": f"{name}.{runtime.settings.base_domain}"})
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise RuntimeError(f"The login page of {name}: {response.status}")
    return time.perf_counter() - started
