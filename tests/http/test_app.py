"""The application: hosts, routes, failures, static files, health, logs, and what one request costs."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from kernel.addons import Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.db import Control
from kernel.db.tenants import drop_database
from kernel.errors import BusyError
from kernel.http.app import Application, wsgi
from kernel.log import JsonFormatter
from tests.http.conftest import Browser, People

HTML = {"Accept": "text/html"}


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, object]]]:
    """The log lines of the requests so far, as they are written."""
    caplog.set_level(logging.INFO, logger="tenon.http")

    def read() -> list[dict[str, object]]:
        return [json.loads(JsonFormatter().format(r)) for r in caplog.records if r.name == "tenon.http"]

    return read


class TestHosts:
    def test_an_unknown_host_is_nobody(self, app: Application) -> None:
        answer = Browser(app, "nobody-here.localhost").get("/app")
        assert answer.status_code == 404

    @pytest.mark.parametrize("host", ["toyshop.localhost:8080", "TOYSHOP.localhost", "toyshop.localhost."])
    def test_port_and_case_of_the_host_do_not_matter(self, app: Application, host: str) -> None:
        assert Browser(app, host).get("/gate/ping").get_json() == {"tenant": "toyshop"}

    @pytest.mark.parametrize(
        "host", ["localhost", "127.0.0.1", "evil.example", "a b", "toyshop.localhost.evil.example"]
    )
    def test_other_names_do_not_lead_to_a_tenant(self, app: Application, host: str) -> None:
        assert Browser(app, host).get("/gate/ping").status_code in (400, 404)

    def test_forwarded_headers_count_only_behind_a_trusted_proxy(self, runtime: Runtime, people: People) -> None:
        forwarded = {"X-Forwarded-Host": "toyshop.localhost", "X-Forwarded-Proto": "https"}
        plain = Browser(wsgi(runtime), "nowhere.localhost")
        assert plain.get("/gate/ping", headers=forwarded).status_code == 404
        behind = Runtime(
            replace(runtime.settings, trusted_proxies=1),
            runtime.cluster,
            runtime.pool,
            runtime.control,
            runtime.library,
        )
        trusted = Browser(wsgi(behind), "nowhere.localhost")
        forwarded["X-Request-Id"] = "from-the-proxy-1"
        answer = trusted.get("/gate/ping", headers=forwarded)
        assert answer.get_json() == {"tenant": "toyshop"}
        assert "Strict-Transport-Security" in answer.headers
        assert answer.headers["X-Request-Id"] == "from-the-proxy-1"


class TestFailures:
    def test_every_answer_has_a_request_id_and_the_security_headers(self, browser: Browser) -> None:
        ids = set()
        for path in ("/gate/ping", "/nothing", "/gate/boom", "/login"):
            answer = browser.get(path)
            ids.add(answer.headers["X-Request-Id"])
            assert "Content-Security-Policy" in answer.headers
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert len(ids) == 4

    def test_the_nonce_of_a_page_is_that_of_its_policy(self, browser: Browser) -> None:
        answer = browser.get("/login")
        (nonce,) = re.findall(r'<script nonce="([^"]+)"', answer.get_data(as_text=True))
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]

    def test_a_program_gets_json_and_a_person_a_page(self, browser: Browser) -> None:
        for path, status, code in (("/nothing", 404, "not_found"), ("/gate/boom", 500, "internal")):
            told = browser.get(path)
            assert told.status_code == status
            assert told.get_json()["error"]["code"] == code
            assert told.get_json()["request_id"] == told.headers["X-Request-Id"]
            shown = browser.get(path, headers=HTML)
            assert shown.status_code == status
            assert shown.content_type.startswith("text/html")
            assert shown.headers["X-Request-Id"] in shown.get_data(as_text=True)

    @pytest.mark.parametrize("path", ["/gate/boom", "/gate/broken"])
    @pytest.mark.parametrize("headers", [{}, HTML])
    def test_nothing_of_the_inside_is_shown_but_all_of_it_logged(
        self,
        browser: Browser,
        lines: Callable[[], list[dict[str, object]]],
        path: str,
        headers: dict[str, str],
    ) -> None:
        answer = browser.get(path, headers=headers)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 500
        for word in ("Traceback", "secret", "SELECT", "ZeroDivision", "/tests/"):
            assert word not in text
        (failed,) = [line for line in lines() if "error" in line]
        assert "Traceback" in str(failed["error"])
        assert failed["request_id"] == answer.headers["X-Request-Id"]
        assert failed["tenant"] == "toyshop"

    def test_a_wrong_method_tells_the_right_ones(self, ada: Browser) -> None:
        answer = ada.get("/rpc/shop.customer/describe")
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]

    @pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"x"', b"null", b"\xff\xfe", b'{"a": NaN}'])
    def test_a_body_that_is_no_object_is_refused(self, ada: Browser, body: bytes) -> None:
        headers = {"X-CSRF-Token": ada.token, "Content-Type": "application/json"}
        answer = ada.post("/rpc/shop.customer/search_read", data=body, headers=headers)
        assert answer.status_code == 400

    def test_a_body_of_another_type_is_refused(self, ada: Browser) -> None:
        headers = {"X-CSRF-Token": ada.token, "Content-Type": "text/plain"}
        assert ada.post("/rpc/shop.customer/describe", data=b"{}", headers=headers).status_code == 415

    def test_a_body_too_large_is_refused_before_it_is_read(self, ada: Browser, browser: Browser) -> None:
        headers = {"X-CSRF-Token": ada.token, "Content-Type": "application/json"}
        answer = ada.post("/rpc/shop.customer/describe", data=b" " * (10 * 1024 * 1024 + 1), headers=headers)
        assert answer.status_code == 413
        assert answer.get_json()["error"]["code"] == "too_large"
        assert browser.post("/gate/webhook", data=b"x" * 101).status_code == 413
        assert browser.post("/gate/webhook", data=b"x" * 100).status_code == 200

    def test_a_database_that_cannot_be_reached_is_503(self, runtime: Runtime, tenant: Tenant, people: People) -> None:
        app = Application(runtime)
        assert Browser(app).get("/login").status_code == 200
        row = tenant.row
        runtime.pool.forget(row.dsn)
        broken = replace(row, dsn=make_conninfo(row.dsn, dbname="no_such_database"))
        control = runtime.control
        kept = control._cache.copy()
        control._cache["toyshop.localhost"] = (next(iter(kept.values()))[0], broken)
        try:
            answer = Browser(app).get("/login")
        finally:
            control.forget()
            tenant.row = row
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "no_such_database" not in answer.get_data(as_text=True)


class TestControlDown:
    @pytest.fixture
    def down(self, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Control:
        """The control database does not answer, and what was cached is stale."""

        def refuse(_work: object) -> None:
            raise BusyError("The database cannot be reached.")

        control = runtime.control
        monkeypatch.setattr(control, "run", refuse)
        monkeypatch.setattr("kernel.db.control.FRESH", -1.0)
        return control

    def test_serving_goes_on_without_the_control_database(self, ada: Browser, down: Control) -> None:
        assert ada.get("/app").status_code == 200
        assert ada.rpc("shop.customer", "search_read") == {"records": [], "total": None}

    def test_the_process_stays_ready_and_says_what_is_missing(self, ada: Browser, down: Control) -> None:
        answer = ada.get("/health/ready")
        assert answer.status_code == 200
        assert answer.get_json()["checks"] == {"database": "ok", "directory": "failed"}


class TestHealth:
    def test_live_and_ready_answer_on_any_host(self, app: Application) -> None:
        browser = Browser(app, "10.0.0.7:8080")
        assert browser.get("/health/live").get_json() == {"status": "live"}
        assert browser.get("/health/ready").get_json()["status"] == "ready"
        assert browser.get("/health/other").status_code == 404

    def test_without_its_database_the_process_is_alive_but_not_ready(
        self, runtime: Runtime, app: Application, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise BusyError("The database cannot be reached.")

        monkeypatch.setattr(runtime.cluster, "connect", refuse)
        browser = Browser(app)
        assert browser.get("/health/live").status_code == 200
        assert browser.get("/health/ready").status_code == 503
        assert browser.get("/gate/ping").status_code == 200


class TestStatic:
    def test_files_of_installed_addons_are_served(self, browser: Browser, app: Application) -> None:
        folder = Path(__file__).parent / "toys" / "addons" / "shop"
        answer = browser.get(app.static.url(folder, "web/main.js"))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers

    @pytest.mark.parametrize(
        "path", ["/latecomer/static/x/web/main.js", "/nope/static/x/a.js", "/shop/static/x/../manifest.toml"]
    )
    def test_other_files_are_not(self, browser: Browser, path: str) -> None:
        assert browser.get(path).status_code == 404


class TestCosts:
    """Statement counts: more than these is a performance regression."""

    @pytest.fixture
    def sql(self, lines: Callable[[], list[dict[str, object]]]) -> Callable[[], object]:
        return lambda: lines()[-1]["sql"]

    @pytest.fixture(autouse=True)
    def warm(self, ada: Browser, boss: Browser, clean: None) -> None:
        for name in ("Acme", "Bolt"):
            id = boss.rpc("shop.customer", "create", values={"name": name})["id"]
            boss.rpc("shop.order", "create", values={"reference": name, "customer": id})
        ada.rpc("shop.order", "search_read", spec={"customer": {}})

    def test_a_page_of_a_list_costs_the_session_and_the_data(self, ada: Browser, sql: Callable[[], object]) -> None:
        spec: dict[str, object] = {"name": {}, "city": {}, "credit": {}, "kind": {}, "shout": {}}
        ada.rpc("shop.customer", "search_read", spec=spec, limit=80, count=True)
        assert sql() == 2

    def test_titles_of_linked_records_come_with_the_data(self, ada: Browser, sql: Callable[[], object]) -> None:
        ada.rpc("shop.order", "search_read", spec={"reference": {}, "customer": {}}, limit=80, count=True)
        assert sql() == 2

    def test_describing_a_model_costs_the_session_only(self, ada: Browser, sql: Callable[[], object]) -> None:
        ada.rpc("shop.customer", "describe")
        assert sql() == 1

    def test_defaults_of_a_new_record_cost_the_session_only(self, ada: Browser, sql: Callable[[], object]) -> None:
        ada.rpc("shop.order", "onchange", values={}, changed=[], spec={"reference": {}, "total": {}})
        assert sql() == 1

    def test_a_refused_call_costs_the_session_only(self, ada: Browser, sql: Callable[[], object]) -> None:
        ada.rpc("shop.customer", "search_read", 400, domain=[["nmae", "=", 1]])
        assert sql() == 1
        ada.post("/rpc/shop.customer/describe", json={}, headers={"X-CSRF-Token": "wrong"})
        assert sql() == 1

    def test_a_file_costs_nothing(self, ada: Browser, sql: Callable[[], object]) -> None:
        ada.get("/shop/static/x/web/main.js")
        assert sql() == 0


class TestLog:
    def test_each_request_is_one_line_with_who_and_what_it_cost(
        self, ada: Browser, people: People, lines: Callable[[], list[dict[str, object]]]
    ) -> None:
        answer = ada.post(
            "/rpc/shop.customer/describe", json={}, headers={"X-CSRF-Token": ada.token}, query_string="a=secret"
        )
        line = lines()[-1]
        assert line["text"] == "POST /rpc/shop.customer/describe"
        assert (line["tenant"], line["user"], line["status"], line["sql"]) == ("toyshop", people.ada, 200, 1)
        assert line["request_id"] == answer.headers["X-Request-Id"]
        assert isinstance(line["ms"], float)
        assert isinstance(line["sql_ms"], float)


class TestTwoAtOnce:
    def test_two_people_add_lines_to_one_order_and_the_sum_is_right(self, logged_in: Callable[[str], Browser]) -> None:
        opened = [logged_in("ada"), logged_in("bob")]
        order = opened[0].rpc("shop.order", "create", values={"reference": "shared"})["id"]
        failures: list[BaseException] = []

        def add(browser: Browser) -> None:
            try:
                for _ in range(5):
                    browser.rpc("shop.line", "create", values={"order": order, "price": 1, "product": "tea"})
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=add, args=(browser,)) for browser in opened]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        (found,) = opened[0].rpc("shop.order", "read", ids=[order], spec={"total": {}})
        assert found["total"] == 10

    def test_two_who_saw_the_same_value_cannot_both_change_it(self, logged_in: Callable[[str], Browser]) -> None:
        opened = [logged_in("ada"), logged_in("bob")]
        order = opened[0].rpc("shop.order", "create", values={"city": "Porto"})["id"]
        start = threading.Barrier(2)
        answers: list[int] = []

        def change(browser: Browser, to: str) -> None:
            start.wait()
            body = {"id": order, "changes": {"city": {"from": "Porto", "to": to}}}
            headers = {"X-CSRF-Token": browser.token}
            answers.append(browser.post("/rpc/shop.order/write", json=body, headers=headers).status_code)

        threads = [threading.Thread(target=change, args=pair) for pair in zip(opened, ("Rome", "Nice"), strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200, 409]


class TestLiveInstall:
    @pytest.fixture
    def fresh(self, runtime: Runtime) -> Iterator[Tenant]:
        made = create_tenant(runtime, "fresh", ["shop"])
        yield made
        runtime.pool.forget(made.row.dsn)
        drop_database(runtime.cluster, runtime.control, made.row)

    def test_an_addon_installed_while_serving_shows_on_the_next_request(
        self, runtime: Runtime, app: Application, fresh: Tenant
    ) -> None:
        browser, other = Browser(app, "fresh.localhost"), Browser(app)
        assert browser.get("/latecomer/hello").status_code == 404
        assert browser.get("/login").status_code == 200
        execute(runtime, plan_install(runtime, fresh, ["latecomer"]))
        assert browser.get("/latecomer/static/x/web/main.js").status_code == 200
        assert browser.get("/latecomer/hello").get_json() == {"hello": "fresh"}
        assert other.get("/latecomer/hello").status_code == 404
        assert other.get("/login").status_code == 200

    def test_a_tenant_at_another_revision_is_refused_with_503_edition(
        self, runtime: Runtime, app: Application, fresh: Tenant
    ) -> None:
        with runtime.cluster.connect(fresh.row.database) as connection:
            connection.execute("UPDATE tenon.addon SET revision = 'ffff' WHERE name = 'shop'")
            connection.execute("UPDATE tenon.state SET generation = generation + 1")
        answer = Browser(app, "fresh.localhost").get("/login")
        assert answer.status_code == 503
        assert answer.get_json()["error"]["code"] == "edition"
        assert int(answer.headers["Retry-After"]) > 0
        assert Browser(app).get("/login").status_code == 200, "other tenants notice nothing"
