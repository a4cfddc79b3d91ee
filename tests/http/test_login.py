"""Logging in: sessions that rotate and end, wrong passwords, bounds on attempts, CSRF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http.cookies import SimpleCookie

from kernel.addons import Runtime, Tenant
from kernel.http.app import Application
from kernel.http.limits import RateLimit
from kernel.http.login import LoginGuard
from tests.http.conftest import PASSWORD, Browser, People


def session_rows(tenant: Tenant, user: int) -> list[tuple[int, str]]:
    with tenant.env(why="look at sessions") as env:
        rows = env.sql("SELECT id, token_hash FROM tenon.session WHERE user_id = %s ORDER BY id", (user,))
        return [(row[0], row[1]) for row in rows]


def cookie_of(browser: Browser) -> str:
    cookie = browser.client.get_cookie("tenon", "toyshop.localhost")
    return cookie.value if cookie else ""


def test_a_person_logs_in_and_is_known(browser: Browser) -> None:
    answer = browser.log_in("ada")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/app"
    assert browser.get("/app").get_json()["user"] == "Ada"


def test_the_cookie_is_for_this_host_and_no_script(browser: Browser) -> None:
    answer = browser.log_in("ada")
    cookie = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        cookie.load(header)
    assert cookie["tenon"]["httponly"]
    assert cookie["tenon"]["samesite"] == "Lax"
    assert cookie["tenon"]["path"] == "/"
    assert not cookie["tenon"]["domain"]


def test_over_https_the_cookie_is_bound_to_the_host(app: Application) -> None:
    browser = Browser(app)
    browser.base = "https://toyshop.localhost"
    answer = browser.log_in("ada")
    (session,) = [h for h in answer.headers.getlist("Set-Cookie") if h.startswith("__Host-tenon=")]
    assert "Secure" in session
    assert "Domain" not in session
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_the_database_holds_no_token(ada: Browser, tenant: Tenant, people: People) -> None:
    token = cookie_of(ada)
    assert len(token) >= 43
    assert all(token not in hashed for _, hashed in session_rows(tenant, people.ada))


def test_a_wrong_password_and_an_unknown_login_look_alike(browser: Browser) -> None:
    wrong = browser.log_in("ada", "wrong password")
    unknown = browser.log_in("mallory", "wrong password")
    assert wrong.status_code == unknown.status_code == 401
    alert = "Login or password is wrong."
    assert alert in wrong.get_data(as_text=True)
    assert alert in unknown.get_data(as_text=True)
    assert not cookie_of(browser)


def test_logging_in_again_gives_a_new_token_and_ends_the_old_session(
    ada: Browser, tenant: Tenant, people: People
) -> None:
    before = cookie_of(ada)
    ids = {id for id, _ in session_rows(tenant, people.ada)}
    ada.log_in("ada")
    assert cookie_of(ada) != before
    stolen = Browser(ada.client.application)
    stolen.client.set_cookie("tenon", before, domain="toyshop.localhost")
    assert stolen.get("/app", headers={"Accept": "text/html"}).status_code == 303
    assert len(session_rows(tenant, people.ada)) == len(ids)


def test_a_token_given_before_the_login_is_not_taken_over(app: Application) -> None:
    browser = Browser(app)
    browser.client.set_cookie("tenon", "chosen by an attacker", domain="toyshop.localhost")
    browser.log_in("ada")
    assert cookie_of(browser) != "chosen by an attacker"


def test_after_logging_out_the_session_is_gone_here_and_there(ada: Browser, tenant: Tenant, people: People) -> None:
    token = cookie_of(ada)
    count = len(session_rows(tenant, people.ada))
    assert ada.post("/logout", data={"csrf": ada.token}).status_code == 303
    assert not cookie_of(ada)
    assert len(session_rows(tenant, people.ada)) == count - 1
    ada.client.set_cookie("tenon", token, domain="toyshop.localhost")
    assert ada.get("/app").status_code == 401


def test_an_idle_session_ends(ada: Browser, tenant: Tenant, people: People) -> None:
    with tenant.env(why="time passes") as env:
        env.sql("UPDATE tenon.session SET seen_at = now() - interval '8 days' WHERE user_id = %s", (people.ada,))
    assert ada.get("/app").status_code == 401


def test_an_old_session_ends_though_it_is_used(ada: Browser, tenant: Tenant, people: People) -> None:
    with tenant.env(why="time passes") as env:
        env.sql("UPDATE tenon.session SET expires_at = now() WHERE user_id = %s", (people.ada,))
    assert ada.get("/app").status_code == 401


def test_use_is_noted_once_a_minute(ada: Browser, tenant: Tenant, people: People) -> None:
    def seen() -> list[object]:
        with tenant.env(why="look at sessions") as env:
            rows = env.sql("SELECT seen_at FROM tenon.session WHERE user_id = %s ORDER BY id DESC", (people.ada,))
            return [row[0] for row in rows]

    with tenant.env(why="time passes") as env:
        env.sql(
            "UPDATE tenon.session SET seen_at = seen_at - interval '2 minutes' WHERE user_id = %s",
            (people.ada,),
        )
    before = seen()
    assert ada.get("/app").status_code == 200
    after = seen()
    assert after != before
    assert ada.get("/app").status_code == 200
    assert seen() == after


def test_an_archived_user_is_out_at_once(logged_in: Callable[[str], Browser], tenant: Tenant, people: People) -> None:
    bob = logged_in("bob")
    assert bob.get("/app").status_code == 200
    with tenant.env(why="Bob leaves") as env:
        env.sql("UPDATE gate.user SET archived = true WHERE id = %s", (people.bob,))
        env.tenant.changed()  # type: ignore[union-attr]
    assert bob.get("/app").status_code == 401
    with tenant.env(why="Bob comes back") as env:
        env.sql("UPDATE gate.user SET archived = false WHERE id = %s", (people.bob,))
        env.tenant.changed()  # type: ignore[union-attr]


def test_a_session_of_one_tenant_is_nothing_in_another(ada: Browser, runtime: Runtime) -> None:
    token = cookie_of(ada)
    other = Browser(ada.client.application, "elsewhere.localhost")
    other.client.set_cookie("tenon", token, domain="elsewhere.localhost")
    assert other.get("/app").status_code == 404


def test_too_many_wrong_passwords_are_refused_with_the_time_to_wait(runtime: Runtime, people: People) -> None:
    app = Application(runtime, guard=LoginGuard(pair="2 per 5 minutes"))
    browser = Browser(app)
    assert browser.log_in("bob", "wrong").status_code == 401
    assert browser.log_in("bob", "wrong").status_code == 401
    assert browser.log_in("bob", PASSWORD).status_code == 429
    assert browser.log_in("ada", PASSWORD).status_code == 303, "others are not disturbed"


def test_a_good_password_starts_the_count_afresh(runtime: Runtime, people: People) -> None:
    app = Application(runtime, guard=LoginGuard(pair="2 per 5 minutes"))
    for _ in range(3):
        browser = Browser(app)
        assert browser.log_in("ada", "wrong").status_code == 401
        assert browser.log_in("ada").status_code == 303


def test_the_login_form_has_its_own_token(browser: Browser) -> None:
    answer = browser.post("/login", data={"login": "ada", "password": PASSWORD})
    assert answer.status_code == 403
    answer = browser.post("/login", data={"login": "ada", "password": PASSWORD, "csrf": "x" * 43})
    assert answer.status_code == 403


def test_a_login_form_of_another_browser_is_refused(app: Application) -> None:
    victim, attacker = Browser(app), Browser(app)
    form = attacker.get("/login").get_data(as_text=True)
    token = form.split('name="csrf" value="')[1].split('"')[0]
    victim.get("/login")
    answer = victim.post("/login", data={"login": "ada", "password": PASSWORD, "csrf": token})
    assert answer.status_code == 403


def test_unsafe_requests_need_the_sessions_token(ada: Browser) -> None:
    for token in ("", "x" * 43):
        answer = ada.post("/rpc/shop.customer/describe", json={}, headers={"X-CSRF-Token": token})
        assert answer.status_code == 403
        assert answer.get_json()["error"]["code"] == "csrf"


def test_another_origin_is_refused_though_the_token_is_right(ada: Browser) -> None:
    headers = {"X-CSRF-Token": ada.token, "Origin": "http://evil.localhost"}
    assert ada.post("/rpc/shop.customer/describe", json={}, headers=headers).status_code == 403


def test_behind_https_that_ends_at_the_proxy_the_browsers_origin_is_ours(
    runtime: Runtime, tenant: Tenant, people: People
) -> None:
    settings = replace(runtime.settings, secure_cookies=True)
    behind = Runtime(settings, runtime.cluster, runtime.pool, runtime.control, runtime.library)
    browser = Browser(Application(behind))
    form = browser.get("/login")
    assert "__Host-tenon-visitor=" in form.headers["Set-Cookie"]
    token = form.get_data(as_text=True).split('name="csrf" value="')[1].split('"')[0]
    visitor = form.headers["Set-Cookie"].split(";")[0]
    values = {"login": "ada", "password": PASSWORD, "csrf": token}
    headers = {"Origin": "https://toyshop.localhost", "Cookie": visitor}
    assert browser.post("/login", data=values, headers=headers).status_code == 303
    headers["Origin"] = "http://toyshop.localhost"
    assert browser.post("/login", data=values, headers=headers).status_code == 403


def test_a_visitor_may_not_knock_without_end(app: Application) -> None:
    app.visitors = RateLimit("3 per minute")
    browser = Browser(app)
    statuses = [browser.post("/gate/webhook", data=b"x").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_a_webhook_needs_no_token_and_sees_no_session(ada: Browser) -> None:
    answer = ada.post("/gate/webhook", data=b"x" * 10)
    assert answer.get_json() == {"size": 10, "user": None}


def test_who_is_not_logged_in_is_sent_to_the_login_and_back(browser: Browser) -> None:
    answer = browser.get("/app/customers?page=2", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=%2Fapp%2Fcustomers%3Fpage%3D2"
    form = browser.get("/login").get_data(as_text=True)
    token = form.split('name="csrf" value="')[1].split('"')[0]
    values = {"login": "ada", "password": PASSWORD, "csrf": token}
    assert browser.post("/login?next=/app/customers", data=values).headers["Location"] == "/app/customers"


def test_the_way_back_leads_to_no_other_site(browser: Browser) -> None:
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"):
        form = browser.get("/login").get_data(as_text=True)
        token = form.split('name="csrf" value="')[1].split('"')[0]
        values = {"login": "ada", "password": PASSWORD, "csrf": token}
        answer = browser.post("/login", query_string={"next": target}, data=values)
        assert answer.headers["Location"] == "/app"
        browser.client.delete_cookie("tenon", domain="toyshop.localhost")
