"""What the commands do when all is well."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest

from cli.main import SECTIONS
from kernel.config import Settings
from kernel.db import Control
from kernel.http.passwords import verify_password
from tests.addons.toys import forget_addons
from tests.cli.conftest import Answer, Tenon


def rows(control: Control, tenant: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(control.get(tenant).dsn) as connection:
        return connection.execute(cast(Any, query)).fetchall()


def checks(control: Control, tenant: str, login: str, password: str) -> bool:
    found = rows(control, tenant, f"SELECT password_hash FROM base.user WHERE login = '{login}'")
    return verify_password(found[0][0], password)


def objects(answer: Answer) -> list[dict[str, Any]]:
    assert answer.code == 0, answer
    return cast(list[dict[str, Any]], answer.json)


def test_help_shows_tasks_and_every_command_has_one_line(tenon: Tenon) -> None:
    answer = tenon("--help")
    assert answer.code == 0
    for title, entries in SECTIONS.items():
        assert f"{title}:" in answer.out
        for name, entry in entries.items():
            assert entry.help in answer.out
            assert entry.load().name == name
    for name in ("tenant", "addon", "user"):
        assert tenon(name, "--help").code == 0


def test_the_version_is_shown(tenon: Tenon) -> None:
    assert re.fullmatch(r"Tenon \d+\.\d+\.\d+\n", tenon("--version").out)


def test_a_tenant_is_created_listed_and_deleted(tenon: Tenon, control: Control) -> None:
    made = tenon("tenant", "create", "brief", "--admin", "bob", "--hostname", "crm.brief.example", "--json")
    assert made.code == 0
    shown = cast(dict[str, Any], made.json)
    assert (shown["name"], shown["state"], shown["address"]) == (
        "brief",
        "active",
        "http://crm.brief.example:8080",
    )
    assert checks(control, "brief", "bob", shown["password"])
    assert "brief" in tenon("tenant", "list").out
    listed = {item["name"]: item for item in objects(tenon("tenant", "list", "--json"))}
    assert listed["brief"]["addons"] == ["base", "web"]
    assert "password" not in str(listed["brief"])
    plan = tenon("tenant", "delete", "brief", "--dry-run")
    assert "Would delete" in plan.out
    assert control.find("brief") is not None
    assert tenon("tenant", "delete", "brief", "--yes").out == 'The tenant "brief" is deleted.\n'
    assert control.find("brief") is None


def test_a_dry_run_creates_nothing(tenon: Tenon, control: Control) -> None:
    answer = tenon("tenant", "create", "plan", "crm", "--dry-run")
    assert 'Would create the tenant "plan" with: base, web, crm' in answer.out
    assert control.find("plan") is None


def test_users_are_made_with_groups_and_get_new_passwords(tenon: Tenon, acme: str, control: Control) -> None:
    made = tenon("user", "create", acme, "eve@example.com", "--name", "Eve Adams", "--group", "base.manager")
    assert made.code == 0
    password = re.search(r"Password\s+(\S+)", made.out)
    assert password is not None
    assert checks(control, acme, "eve@example.com", password[1])
    query = (
        "SELECT u.name, g.key FROM base.user u JOIN base.user_groups ug ON ug.user_id = u.id "
        "JOIN base.group g ON g.id = ug.group_id WHERE u.login = 'eve@example.com'"
    )
    assert ("Eve Adams", "base.manager") in rows(control, acme, query)
    changed = tenon("user", "password", acme, "eve@example.com", "--password-stdin", stdin="correct horse\n")
    assert changed.code == 0
    assert "correct horse" not in changed.out
    assert checks(control, acme, "eve@example.com", "correct horse")


def test_addons_are_listed_with_what_a_tenant_has(tenon: Tenon, acme: str) -> None:
    listed = {item["name"]: item for item in objects(tenon("addon", "list", "--tenant", acme, "--json"))}
    assert listed["base"]["installed"] is True
    assert listed["crm"]["installed"] is False
    assert "State" in tenon("addon", "list", "--tenant", acme).out


def test_an_addon_is_described(tenon: Tenon) -> None:
    answer = tenon("addon", "info", "crm")
    assert "base -> web -> crm" in answer.out
    assert cast(dict[str, Any], tenon("addon", "info", "crm", "--json").json)["name"] == "crm"


def test_the_graph_is_in_load_order(tenon: Tenon) -> None:
    names = [item["name"] for item in objects(tenon("addon", "graph", "--json"))]
    assert names.index("base") < names.index("web") < names.index("crm")
    assert [item["name"] for item in objects(tenon("addon", "graph", "web", "--json"))] == ["base", "web"]
    assert "Needs" in tenon("addon", "graph").out


def test_an_addon_is_planned_then_installed(tenon: Tenon, acme: str, control: Control) -> None:
    plan = tenon("addon", "install", acme, "crm", "--dry-run")
    assert plan.code == 0, plan
    assert "install crm" in plan.out
    assert "crm" not in control.get(acme).addons
    done = tenon("addon", "install", acme, "crm")
    assert done.out == 'Installed in "acme": crm.\n'
    assert "crm" in control.get(acme).addons
    assert rows(control, acme, "SELECT count(*) > 0 FROM crm.stage") == [(True,)]


def test_a_new_addon_can_be_installed_as_it_is(tenon: Tenon, tmp_path: Path, control: Control) -> None:
    made = tenon("addon", "new", "fleet", "--title", "Company cars", cwd=tmp_path)
    assert made.code == 0
    assert f"TENON_ADDONS_PATH={tmp_path}" in made.out
    env = {"TENON_ADDONS_PATH": str(tmp_path)}
    assert tenon("addon", "info", "fleet", env=env).out.startswith("Company cars (fleet 0.1.0)")
    assert tenon("tenant", "create", "cars", env=env).code == 0
    done = tenon("addon", "install", "cars", "fleet", env=env)
    assert done.code == 0, done
    assert rows(control, "cars", "SELECT count(*) FROM fleet.item") == [(0,)]
    assert tenon("addon", "upgrade", "cars", env=env).out == '"cars" is up to date.\n'
    assert tenon("tenant", "delete", "cars", "--yes").code == 0


def test_the_shell_keeps_what_is_committed_and_nothing_else(tenon: Tenon, acme: str) -> None:
    write = "users = env.model('base.user').search(); users[0].name = 'Ada Lovelace'"
    read = "print([user.name for user in env.model('base.user').search()])"
    assert "Lovelace" in tenon("shell", acme, "-c", f"{write}\n{read}").out
    assert "Lovelace" not in tenon("shell", acme, "-c", read).out
    assert tenon("shell", acme, stdin=f"{write}\ncommit()\n").code == 0
    assert "Lovelace" in tenon("shell", acme, "-c", read).out


def test_the_shell_acts_as_a_user(tenon: Tenon, acme: str, control: Control) -> None:
    user = rows(control, acme, "SELECT id FROM base.user WHERE login = 'ada@example.com'")[0][0]
    answer = tenon("shell", acme, "--user", str(user), "-c", "print(env.user.login, env.is_system)")
    assert answer.out == "ada@example.com False\n"


def test_init_writes_settings_that_can_be_read_back(tenon: Tenon, tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "addons").mkdir()
    answer = tenon("init", "--data-dir", str(settings.data_dir), cwd=tmp_path)
    assert answer.code == 0, answer
    read = Settings.load(tmp_path / "tenon.toml", environ={})
    assert read.data_dir == settings.data_dir
    assert read.addons_path == (tmp_path,)
    assert read.port == 8080


def test_addons_that_are_written_after_init_are_found(tenon: Tenon, tmp_path: Path, settings: Settings) -> None:
    assert tenon("init", "--data-dir", str(settings.data_dir), cwd=tmp_path).code == 0
    answer = tenon("addon", "new", "after_init", cwd=tmp_path)
    assert "Next: tenon test after_init" in answer.out.splitlines()
    assert Settings.load(tmp_path / "tenon.toml", environ={}).addons_path == (tmp_path,)
    forget_addons(tmp_path)


@pytest.mark.parametrize("words", [("tenant", "list"), ("addon", "list"), ("addon", "graph")])
def test_lists_come_as_json_too(tenon: Tenon, words: tuple[str, ...]) -> None:
    assert isinstance(objects(tenon(*words, "--json")), list)
