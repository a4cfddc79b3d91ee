"""The plugin for authors: one transaction per test, shared with the browser, and counted statements."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.config import SOURCE_ROOT
from kernel.orm import Env, Model
from kernel.testing import QueryCount, RpcError, Web, as_user, client, env, query_count, visit
from tests.http.conftest import TOYS, People
from tests.plugin import PLUGIN

__all__ = ["as_user", "client", "env", "query_count", "visit"]

OF_AN_AUTHOR = """
from addons.shop.models import Customer


def test_a_customer_is_loud(env, query_count):
    customer = env[Customer].create({"name": "Ada"})
    assert customer.shout == "ADA"
    with query_count(1):
        env.flush()
    assert env[Customer].count() == 1


def test_the_test_before_left_nothing(env):
    assert env[Customer].count() == 0


def test_the_browser_sees_what_the_test_made(env, client):
    env[Customer].create({"name": "Ada"})
    boss = env.model("gate.user").create({"login": "b", "name": "B", "teams": "shop.user shop.manager"})
    found = client(boss).rpc("shop.customer", "search_read", spec={"name": {}})
    assert [record["name"] for record in found["records"]] == ["Ada"]
"""


def test_the_browser_works_in_the_transaction_of_the_test(
    env: Env, client: Callable[[int | None], Web], people: People
) -> None:
    customer = env.model("shop.customer").create({"name": "Acme", "city": "Porto"})
    changes = {"city": {"from": "Porto", "to": "Rome"}}
    client(people.ada).rpc("shop.customer", "write", id=customer.id, changes=changes)
    assert customer.read({"city": {}})[0]["city"] == "Rome"


def test_nothing_of_the_test_before_is_left(env: Env) -> None:
    assert env.model("shop.customer").count() == 0
    assert env.sql("SELECT count(*) FROM tenon.session") == [(0,)]


def test_a_refused_call_undoes_its_own_work_and_no_other(
    env: Env, client: Callable[[int | None], Web], people: People
) -> None:
    customer = env.model("shop.customer").create({"name": "Acme"})
    with pytest.raises(RpcError) as caught:
        client(people.ada).rpc("shop.customer", "refuse", ids=[customer.id])
    assert (caught.value.status, caught.value.error["code"]) == (400, "user")
    assert customer.read(["city"])[0]["city"] == ""
    assert "Not today." in str(caught.value)


def test_a_visitor_has_no_session(client: Callable[[int | None], Web]) -> None:
    with pytest.raises(RpcError) as caught:
        client(None).rpc("shop.customer", "describe")
    assert caught.value.status == 401


def test_users_see_what_they_may(env: Env, as_user: Callable[[Model | int], Env], people: People) -> None:
    env.model("shop.customer").create([{"name": "Ada's", "owner": people.ada}, {"name": "Bob's", "owner": people.bob}])
    found = as_user(people.ada).model("shop.customer").search()
    assert [customer.display_title for customer in found] == ["Ada's"]


def test_a_wrong_number_of_statements_prints_them_all(env: Env, query_count: QueryCount) -> None:
    with query_count(2):
        env.sql("SELECT 1")
        env.sql("SELECT 2")
    with pytest.raises(pytest.fail.Exception) as caught, query_count(1):
        env.sql("SELECT 3,\n   4")
        env.sql("SELECT 5")
    message = str(caught.value)
    assert "2 statements were sent, 1 were expected" in message
    assert "performance regression" in message
    assert "1. SELECT 3, 4" in message
    assert "2. SELECT 5" in message
    with pytest.raises(pytest.fail.Exception, match="improvement"), query_count(1):
        pass


def test_counts_may_be_nested(env: Env, query_count: QueryCount) -> None:
    with query_count(2):
        with query_count(1):
            env.sql("SELECT 1")
        env.sql("SELECT 2")


def test_an_author_runs_pytest_in_the_folder_of_an_addon(tmp_path: Path) -> None:
    shutil.copytree(TOYS, tmp_path, dirs_exist_ok=True)
    tests = tmp_path / "addons" / "shop" / "tests"
    tests.mkdir()
    (tests / "test_customers.py").write_text(OF_AN_AUTHOR)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *PLUGIN, "--import-mode=importlib", str(tests)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{SOURCE_ROOT}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr
