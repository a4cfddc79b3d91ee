"""Pages: logging in and out, the client's shell, and the page that says how to build the client."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from addons.web import shell
from tests.web.conftest import Browser

People = dict[str, int]


def alert(response: TestResponse) -> str:
    found = re.search(r'role="alert"[^>]*>(.*?)</p>', response.text, re.DOTALL)
    return unescape(re.sub("<[^>]+>", "", found[1])) if found else ""


def test_the_start_leads_to_the_login_and_then_to_the_client(browser: Browser, people: People) -> None:
    assert browser.get("/").location == "/login"
    assert browser.log_in("ada@example.com").location == "/app"
    assert browser.get("/").location == "/app"
    assert browser.get("/login").location == "/app"


def test_a_wrong_password_is_told_and_the_login_is_kept(browser: Browser, people: People) -> None:
    response = browser.log_in("ada@example.com", "wrong horse")
    assert response.status_code == 401
    assert alert(response).startswith("Login or password is wrong.")
    assert 'value="ada@example.com"' in response.text
    assert "wrong horse" not in response.text
    assert alert(browser.log_in("nobody@example.com")) == alert(response)


def test_what_was_typed_cannot_become_markup(browser: Browser) -> None:
    response = browser.log_in('"><script>alert(1)</script>', "x")
    assert "<script>alert" not in response.text


def test_too_many_wrong_passwords_are_told_on_the_page(browser: Browser, people: People) -> None:
    for _ in range(10):
        browser.log_in("bob@example.com", "wrong horse")
    response = browser.log_in("bob@example.com")
    assert response.status_code == 429
    assert alert(response)


def test_a_form_without_its_token_is_refused(browser: Browser, people: People) -> None:
    data = {"login": "ada@example.com", "password": "correct horse", "csrf": "x"}
    assert browser.client.post("/login", base_url=browser.base, data=data).status_code == 403


@pytest.mark.parametrize(
    ("wanted", "target"),
    [("/app/crm.deals/3?v=form", "/app/crm.deals/3?v=form"), ("https://evil.example", "/app"), ("//evil", "/app")],
)
def test_after_the_login_one_is_where_one_wanted_to_be(
    browser: Browser, people: People, wanted: str, target: str
) -> None:
    assert browser.log_in("ada@example.com", next=wanted).location == target


def test_the_client_without_a_session_leads_to_the_login_and_back(browser: Browser) -> None:
    response = browser.get("/app/crm.deals", query_string={"v": "board"})
    assert response.status_code == 303
    assert response.location == "/login?next=%2Fapp%2Fcrm.deals%3Fv%3Dboard"
    page = browser.get(response.location)
    assert 'name="next" value="/app/crm.deals?v=board"' in page.text


def test_logging_out_ends_the_session(browser: Browser, people: People) -> None:
    browser.log_in("ada@example.com")
    response = browser.client.post("/logout", base_url=browser.base, data={"csrf": browser.csrf})
    assert response.location == "/login"
    assert browser.rpc("base.user/search_read").status_code == 401


def test_the_login_page_needs_no_script_and_no_other_site(browser: Browser) -> None:
    page = browser.get("/login").text
    assert "http://" not in page
    assert "https://" not in page
    assert page.count("<form") == 1
    assert len(page) < 8_000


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built client, as the bundler describes it."""
    manifest = tmp_path / "web-manifest.json"
    manifest.write_text(
        json.dumps({"main": "assets/main-1.js", "css": ["assets/main-1.css"], "imports": {"react": "assets/r.js"}})
    )
    monkeypatch.setattr(shell, "MANIFEST", manifest)
    return manifest


def test_the_shell_has_import_map_boot_data_and_nonces(browser: Browser, people: People, built: Path) -> None:
    browser.log_in("ada@example.com")
    response = browser.get("/app/base.users")
    page, policy = response.text, response.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all(f'nonce="{nonce[1]}"' in attributes for attributes in scripts if "application/json" not in attributes)
    found = re.search(r'<script type="importmap"[^>]*>(.*?)</script>', page)
    assert found is not None
    assert re.fullmatch(r"/web/static/\w{12}/client/assets/r\.js", json.loads(found[1])["imports"]["react"])
    boot = re.search(r'id="tenon-boot">(.*?)</script>', page, re.DOTALL)
    assert boot is not None
    assert json.loads(boot[1])["user"]["name"] == "Ada"
    assert re.search(r'<script type="module"[^>]*src="/web/static/\w{12}/client/assets/main-1\.js"', page)


def test_a_name_cannot_break_out_of_the_boot_data(browser: Browser, people: People, built: Path) -> None:
    browser.log_in("ada@example.com")
    browser.rpc("base.user/save_preferences", {"ids": [], "args": {"name": "</script><script>alert(1)</script>"}})
    page = browser.get("/app").text
    assert "<script>alert" not in page


def test_a_missing_client_is_told_with_what_to_run(
    browser: Browser, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "MANIFEST", tmp_path / "missing.json")
    browser.log_in("ada@example.com")
    response = browser.get("/app")
    assert response.status_code == 503
    assert "make demo" in response.text
