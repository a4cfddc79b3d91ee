"""The Apps screen: who may use it, what it shows, and an operation from its plan to its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from addons.base.models import User
from kernel.addons import Library, Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.worker import Worker, worker_thread
from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, Control, Pool, operations
from kernel.db.tenants import drop_database
from kernel.http.app import Application
from kernel.http.login import LoginGuard
from tests.addons.toys import forget_addons, write_addon
from tests.web.conftest import Browser

MODELS = '''
"""Notes."""

from kernel.orm import Model, fields


class Note(Model, name="{name}.note"):
    """A note."""

    text = fields.Char("Text")
'''
ACCESS = "model,group,read,create,write,delete\n{name}.note,{name}.user,1,1,1,1\n"
GROUPS = '[[group]]\nid = "user"\nname = "User"\n\n[[group]]\nid = "manager"\nname = "Manager"\nimplies = ["user"]\n'


def write_notes(root: Path, name: str, more: str = 'depends = ["web"]') -> None:
    files = {
        "models/__init__.py": MODELS.format(name=name),
        "security/access.csv": ACCESS.format(name=name),
        "security/groups.toml": GROUPS,
    }
    write_addon(root, name, files, more=more)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """The addons `ink` and `paper`, a bridge between them, and one with a broken manifest."""
    write_notes(tmp_path, "ink")
    write_notes(tmp_path, "paper")
    write_notes(tmp_path, "quill", 'depends = ["web"]\nbridges = ["ink", "paper"]\nicon = "link"')
    write_addon(tmp_path, "torn", more='depends = ["no such"]')
    yield tmp_path
    forget_addons(tmp_path)


@pytest.fixture
def runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control, root: Path) -> Runtime:
    return Runtime(replace(settings, addons_path=(root,)), cluster, pool, control, Library([SOURCE_ROOT, root]))


@pytest.fixture
def tenant(runtime: Runtime, hashed: str) -> Iterator[Tenant]:
    made = create_tenant(runtime, "desk", ["ink"])
    with made.env(why="a test") as env:
        manager = [env.ref("base.manager").id]
        env[User].create({"name": "Ada", "login": "ada@example.com", "password_hash": hashed, "groups": manager})
        env[User].create({"name": "Bob", "login": "bob@example.com", "password_hash": hashed})
    yield made
    runtime.pool.forget(made.row.dsn)
    drop_database(runtime.cluster, runtime.control, made.row)


def browser_of(runtime: Runtime, tenant: Tenant, login: str) -> Browser:
    browser = Browser(Client(Application(runtime, guard=LoginGuard())), f"http://{tenant.name}.localhost")
    browser.log_in(login)
    return browser


@pytest.fixture
def ada(runtime: Runtime, tenant: Tenant) -> Browser:
    return browser_of(runtime, tenant, "ada@example.com")


def post(browser: Browser, path: str, body: Any, csrf: str | None = None) -> TestResponse:
    headers = {"X-CSRF-Token": browser.csrf if csrf is None else csrf}
    return browser.client.post(path, base_url=browser.base, json=body, headers=headers)


def get(browser: Browser, path: str) -> Any:
    response = browser.client.get(path, base_url=browser.base)
    assert response.status_code == 200, response.text
    return response.json


def states(browser: Browser) -> dict[str, str]:
    return {app["name"]: app["state"] for app in get(browser, "/web/apps")["apps"]}


def run(browser: Browser, kind: str, *names: str, **options: bool) -> int:
    response = post(browser, "/web/apps/run", {"kind": kind, "addons": list(names), **options})
    assert response.status_code == 200, response.text
    return int((response.json or {})["operation"])


def test_only_administrators_may_look_plan_and_run(runtime: Runtime, tenant: Tenant) -> None:
    bob = browser_of(runtime, tenant, "bob@example.com")
    assert bob.client.get("/web/apps", base_url=bob.base).status_code == 403
    assert bob.client.get("/web/apps/operations/1", base_url=bob.base).status_code == 403
    for path in ("/web/apps/plan", "/web/apps/run"):
        response = post(bob, path, {"kind": "install", "addons": ["paper"]})
        assert (response.status_code, (response.json or {})["error"]["code"]) == (403, "access")
    assert operations.take(runtime.control) is None


def test_nothing_is_run_for_a_page_of_another_site(ada: Browser, runtime: Runtime) -> None:
    response = post(ada, "/web/apps/run", {"kind": "install", "addons": ["paper"]}, csrf="x")
    assert response.status_code == 403
    assert operations.take(runtime.control) is None


def test_apps_are_listed_with_their_states(ada: Browser) -> None:
    found = {app["name"]: app for app in get(ada, "/web/apps")["apps"]}
    shown = {name: found[name]["state"] for name in ("base", "ink", "paper", "quill", "torn")}
    expected = {"base": "installed", "ink": "installed", "paper": "available", "quill": "available", "torn": "broken"}
    assert shown == expected
    assert found["quill"] == {
        "name": "quill",
        "title": "Quill",
        "summary": "A toy.",
        "version": "1.0.0",
        "icon": "link",
        "category": found["quill"]["category"],
        "depends": ["web"],
        "bridges": ["ink", "paper"],
        "state": "available",
        "kept": False,
        "faults": [],
    }
    assert "no such" in found["torn"]["faults"][0]


def test_a_plan_is_shown_and_run_to_its_end(ada: Browser, runtime: Runtime, tenant: Tenant) -> None:
    plan = post(ada, "/web/apps/plan", {"kind": "install", "addons": ["paper"]}).json or {}
    assert plan["plan"] == [{"step": "install", "addon": "paper", "text": "install paper 1.0.0"}]
    assert plan["suggested"] == ["quill"]
    number = run(ada, "install", "paper")
    assert run(ada, "install", "paper") == number
    filed = get(ada, f"/web/apps/operations/{number}")
    assert filed["state"] == "filed"
    with worker_thread(runtime):
        for _ in range(200):
            if get(ada, f"/web/apps/operations/{number}")["state"] in ("done", "failed"):
                break
            time.sleep(0.05)
    assert get(ada, f"/web/apps/operations/{number}") == {
        "id": number,
        "kind": "install",
        "addons": ["paper"],
        "state": "done",
        "progress": 100,
        "text": "Installed: paper.",
        "error": "",
    }
    assert states(ada)["paper"] == "installed"
    assert states(ada)["quill"] == "suggested"
    assert get(ada, "/web/apps")["operations"][0]["id"] == number


def test_a_refused_bridge_is_not_suggested_again(ada: Browser, runtime: Runtime, tenant: Tenant) -> None:
    execute(runtime, plan_install(runtime, tenant, ["paper"]))
    assert states(ada)["quill"] == "suggested"
    run(ada, "refuse", "quill")
    assert Worker(runtime).drain() == 1
    assert states(ada)["quill"] == "available"
    assert plan_install(runtime, tenant, ["quill"]).added == ("quill",)


def test_what_was_uninstalled_comes_back_with_its_people_and_rights(
    ada: Browser, runtime: Runtime, tenant: Tenant
) -> None:
    with tenant.env(why="a test") as env:
        env.model("ink.note").create({"text": "kept"})
        env[User].search(User.login == "bob@example.com").write(groups=[*_groups(env), env.ref("ink.user").id])
    bob = browser_of(runtime, tenant, "bob@example.com")
    assert bob.rpc("ink.note/search_read", {"spec": {"text": {}}}).status_code == 200
    plan = post(ada, "/web/apps/plan", {"kind": "uninstall", "addons": ["ink"]}).json or {}
    assert plan["keeps"][0] == {"addon": "ink", "text": "Note", "rows": 1}
    assert plan["stops"][0] == {"addon": "ink", "text": "lists and forms of Note", "rows": None}
    number = run(ada, "uninstall", "ink")
    Worker(runtime).drain()
    assert get(ada, f"/web/apps/operations/{number}")["text"].startswith("Uninstalled: ink.")
    assert {app["name"]: app["kept"] for app in get(ada, "/web/apps")["apps"]}["ink"]
    assert bob.rpc("ink.note/search_read", {"spec": {"text": {}}}).status_code == 404
    with tenant.env(why="a test") as env:
        assert env.sql("SELECT 1 FROM base.group WHERE addon = 'ink'") == []
        assert env.sql("SELECT 1 FROM base.access WHERE addon = 'ink' OR starts_with(model, 'ink.')") == []
    plan = post(ada, "/web/apps/plan", {"kind": "install", "addons": ["ink"]}).json or {}
    assert plan["plan"][0]["step"] == "restore"
    assert "ink: 1 row of 1 table come back" in plan["notes"]
    run(ada, "install", "ink")
    Worker(runtime).drain()
    answer = bob.rpc("ink.note/search_read", {"spec": {"text": {}}})
    assert answer.status_code == 200
    assert (answer.json or {})["result"]["records"][0]["text"] == "kept"


def _groups(env: Any) -> list[int]:
    return list(env[User].search(User.login == "bob@example.com").groups.ids)


def test_what_is_needed_and_this_screen_itself_cannot_be_uninstalled(ada: Browser, runtime: Runtime) -> None:
    refused = post(ada, "/web/apps/run", {"kind": "uninstall", "addons": ["web"]})
    assert (refused.status_code, (refused.json or {})["error"]["code"]) == (400, "still_needed")
    assert (refused.json or {})["error"]["details"] == {"dependents": ["ink"]}
    refused = post(ada, "/web/apps/run", {"kind": "uninstall", "addons": ["web"], "cascade": True})
    assert (refused.json or {})["error"]["text"] == "This screen belongs to what would be uninstalled."
    assert operations.take(runtime.control) is None


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "erase", "addons": ["ink"]},
        {"kind": "install", "addons": []},
        {"kind": "install", "addons": "ink"},
        {"kind": "install", "addons": ["ink"], "more": 1},
        {"kind": "install", "addons": ["inc"]},
        {"kind": "install", "addons": ["torn"]},
        {"kind": "uninstall", "addons": ["paper"]},
    ],
)
def test_a_wrong_request_is_refused(ada: Browser, body: Any) -> None:
    assert 400 <= post(ada, "/web/apps/plan", body).status_code < 500


def test_an_operation_of_another_tenant_is_not_to_be_seen(ada: Browser, runtime: Runtime) -> None:
    other = create_tenant(runtime, "other", ["web"])
    try:
        number = operations.file(runtime.control, other.row.uuid, "install", {"addons": ["ink"]}).id
        response = ada.client.get(f"/web/apps/operations/{number}", base_url=ada.base)
        assert response.status_code == 404
    finally:
        drop_database(runtime.cluster, runtime.control, other.row)


def test_an_operation_that_fails_says_why_and_the_next_goes_on(ada: Browser, runtime: Runtime, tenant: Tenant) -> None:
    file = operations.file
    first = file(runtime.control, tenant.row.uuid, "install", {"addons": ["nothing"]})
    second = file(runtime.control, tenant.row.uuid, "install", {"addons": ["paper"]})
    assert Worker(runtime).drain() == 2
    failed = get(ada, f"/web/apps/operations/{first.id}")
    assert (failed["state"], failed["text"]) == ("failed", "")
    assert failed["error"].startswith('There is no addon "nothing".')
    assert get(ada, f"/web/apps/operations/{second.id}")["state"] == "done"


def test_what_a_dead_worker_left_is_carried_out_by_the_next(ada: Browser, runtime: Runtime, tenant: Tenant) -> None:
    number = run(ada, "install", "paper")
    taken = operations.take(runtime.control)
    assert taken is not None
    stop = threading.Event()
    thread = threading.Thread(target=Worker(runtime).run, args=(stop,))
    thread.start()
    for _ in range(200):
        if operations.get(runtime.control, number).state == "done":
            break
        time.sleep(0.05)
    stop.set()
    thread.join()
    assert operations.get(runtime.control, number).attempts == 2
    assert states(ada)["paper"] == "installed"
