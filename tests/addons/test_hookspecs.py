"""Every hook of the kernel: called at its moment with its arguments, in load order, its answer used, its error told.

Two toy addons, `anna` and `berta` (which needs anna), answer all hooks and tell `heard.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from cli.logins import change_login, make_login
from kernel.addons import Finding, HealthProblem, OwnedRows, Rule, Runtime, Tenant, hookspecs
from kernel.addons.contents import belongings
from kernel.addons.doctor.check import read_contents
from kernel.addons.doctor.tenant_exam import examine_tenant
from kernel.addons.hooks import HookSpec
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install, plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.errors import HookError, LoadError
from tests.addons import heard
from tests.addons.shelf import add_first_revision
from tests.addons.test_upgrade import next_process
from tests.addons.toys import write_addon

SPECS = {name: spec for name, spec in vars(hookspecs).items() if isinstance(spec, HookSpec)}
SINGLE = ("access_policy", "user_directory", "settings_store", "extra_fields", "number_series", "change_log")
MODELS = """
from kernel.orm import Model, fields

class Thing(Model, name="anna.thing", title="name"):
    name = fields.Char("Name", required=True)
"""


def hooks_of(addon: str, only: tuple[str, ...] = ()) -> str:
    """A module that answers hooks and tells so: all that several may answer, or those that are named."""
    code = ["from kernel.addons import hookimpl", "from tests.addons import heard"]
    for name, spec in SPECS.items():
        if name in (only or SPECS.keys() - set(SINGLE)):
            given = "".join(f", {argument}={argument}" for argument in spec.arguments)
            code += ["@hookimpl", f"def {name}({', '.join(spec.arguments)}):"]
            code.append(f"    return heard.tell({addon!r}, {name!r}{given})")
    return "\n".join(code) + "\n"


def write(root: Path, version: str = "1.0.0") -> None:
    write_addon(root, "anna", {"models/__init__.py": MODELS, "hooks.py": hooks_of("anna")}, version=version)
    write_addon(root, "berta", {"hooks.py": hooks_of("berta")}, more='depends = ["anna"]\ncommand = "Says."')
    manifest = root / "addons/anna/manifest.toml"
    manifest.write_text(manifest.read_text() + 'command = "Says."\n')


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    heard.forget()
    yield
    heard.forget()


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    """With both, heard from now on."""
    write(root)
    add_first_revision(root, "anna")
    made = create_tenant(runtime, "witnessed", ["berta"])
    heard.told.clear()
    return made


def names(hook: str) -> list[tuple[Any, ...]]:
    """(who heard, of which addon) of a hook that is called per addon."""
    return [(call[0], *call[2:]) for call in heard.heard(hook)]


BOTH = [("anna", "anna"), ("berta", "anna"), ("anna", "berta"), ("berta", "berta")]


# -- an addon comes, changes, goes -------------------------------------------------------------------------
def test_hook_addon_installed_is_called_for_each_addon(runtime: Runtime, root: Path) -> None:
    write(root)
    create_tenant(runtime, "witnessed", ["berta"])
    assert names("addon_installed") == BOTH


def test_hook_security_declared_is_called_with_what_each_addon_declares(runtime: Runtime, root: Path) -> None:
    write(root)
    (root / "addons/anna/security").mkdir()
    (root / "addons/anna/security/groups.toml").write_text('[[group]]\nid = "user"\nname = "User"\n')
    create_tenant(runtime, "witnessed", ["berta"])
    calls = heard.heard("security_declared")
    assert [(call[0], call[2]) for call in calls] == BOTH
    assert [[group.id for group in call[3].groups] for call in calls] == [["anna.user"], ["anna.user"], [], []]


def test_hook_demo_data_is_called_where_it_is_asked_for(runtime: Runtime, root: Path) -> None:
    write(root)
    create_tenant(runtime, "plain", ["berta"])
    assert names("demo_data") == []
    create_tenant(runtime, "filled", ["berta"], demo=True)
    assert names("demo_data") == BOTH


def test_hook_registry_ready_is_called_with_the_addons_in_load_order(runtime: Runtime, root: Path) -> None:
    write(root)
    runtime.library.assembly(["berta", "anna"])
    assert heard.heard("registry_ready") == [("anna", ("anna", "berta")), ("berta", ("anna", "berta"))]


def test_hook_addon_upgraded_is_called_with_the_version_before(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    write(root, "1.1.0")
    later = next_process(runtime, root)
    execute(later, plan_upgrade(later, later.tenant("witnessed")))
    assert names("addon_upgraded") == [("anna", "anna", "1.0.0"), ("berta", "anna", "1.0.0")]


def test_hook_addon_uninstalling_is_called_before_and_addon_restored_after(runtime: Runtime, tenant: Tenant) -> None:
    with tenant.env(why="a test") as env:
        env.model("anna.thing").create({"name": "one"})
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["anna"], cascade=True))
    assert names("addon_uninstalling") == [("anna", "berta"), ("berta", "berta"), ("anna", "anna"), ("berta", "anna")]
    heard.told.clear()
    execute(runtime, plan_install(runtime, runtime.tenant("witnessed"), ["anna"]))
    assert names("addon_restored") == [("anna", "anna", "1.0.0")]
    assert names("addon_installed") == []


def test_hook_addon_restored_can_read_what_is_back(runtime: Runtime, tenant: Tenant) -> None:
    with tenant.env(why="a test") as env:
        env.model("anna.thing").create({"name": "one"})
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["berta"]))
    execute(runtime, plan_install(runtime, runtime.tenant("witnessed"), ["berta"]))
    assert names("addon_restored") == [("anna", "berta", "1.0.0"), ("berta", "berta", "1.0.0")]


def test_an_error_while_an_addon_comes_or_goes_leaves_the_tenant_as_it_was(runtime: Runtime, tenant: Tenant) -> None:
    heard.answers["berta", "addon_uninstalling"] = ZeroDivisionError("no")
    with pytest.raises(HookError, match=r'"addon_uninstalling" of addon "berta" \(addons/berta/hooks\.py:\d+\)'):
        execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["berta"]))
    assert runtime.tenant("witnessed").assembly().names == ("anna", "berta")


# -- records -------------------------------------------------------------------------------------------------
def test_hook_records_created_and_records_written_and_records_deleting(tenant: Tenant) -> None:
    with tenant.env(why="a test") as env:
        things = env.model("anna.thing").create([{"name": "one"}, {"name": "two"}])
        env.flush()
        assert [(who, records.ids) for who, _, records in heard.heard("records_created")] == [
            ("anna", things.ids),
            ("berta", things.ids),
        ]
        things.write(name="three")
        env.flush()
        written = [(who, records.ids, changed) for who, _, records, changed in heard.heard("records_written")]
        assert written == [("anna", things.ids, frozenset({"name"})), ("berta", things.ids, frozenset({"name"}))]
        things.delete()
        assert [(who, len(records)) for who, _, records in heard.heard("records_deleting")] == [
            ("anna", 2),
            ("berta", 2),
        ]


@pytest.mark.parametrize("hook", ["records_created", "records_written", "records_deleting"])
def test_an_error_in_a_hook_on_records_undoes_what_was_done(tenant: Tenant, hook: str) -> None:
    with tenant.env(why="a test") as env:
        env.model("anna.thing").create({"name": "kept"})
    heard.answers["berta", hook] = ZeroDivisionError("no")
    told = rf'The hook "{hook}" of addon "berta" \(addons/berta/hooks\.py:\d+\) failed: ZeroDivisionError: no'
    with pytest.raises(HookError, match=told), tenant.env(why="a test") as env:
        thing = env.model("anna.thing").search()
        env.model("anna.thing").create({"name": "lost"})
        thing.write(name="changed")
        env.flush()
        thing.delete()
    with tenant.env(why="a test") as env:
        assert env.model("anna.thing").search().mapped("name") == ["kept"]


# -- somebody asks ---------------------------------------------------------------------------------------------
def test_hook_install_preview_is_asked_before_and_its_lines_are_in_the_plan(runtime: Runtime, root: Path) -> None:
    write_addon(root, "carla")
    write_addon(root, "dora")
    more = 'bridges = ["carla", "dora"]'
    write_addon(root, "emma", {"hooks.py": hooks_of("emma", ("install_preview",))}, more=more)
    tenant = create_tenant(runtime, "previewed", ["carla", "dora"])
    heard.answers["emma", "install_preview"] = ["two are one"]
    assert plan_install(runtime, tenant, ["emma"]).notes == ("emma: two are one",)
    assert names("install_preview") == [("emma", "emma")]


def test_hook_menu_items_and_cli_commands_are_gathered_in_load_order(tenant: Tenant) -> None:
    heard.answers.update({("anna", "menu_items"): [{"id": "a"}], ("berta", "menu_items"): [{"id": "b"}]})
    heard.answers.update({("anna", "cli_commands"): ["a"], ("berta", "cli_commands"): None})
    with tenant.env(why="a test") as env:
        assert env.hooks(hookspecs.menu_items)(env=env) == [[{"id": "a"}], [{"id": "b"}]]
        assert env.hooks(hookspecs.cli_commands)() == [cast(Any, ["a"])]


def test_hook_authenticators_stops_at_the_first_who_knows(tenant: Tenant) -> None:
    heard.answers["berta", "authenticators"] = 7
    with tenant.env(why="a test") as env:
        assert env.hooks(hookspecs.authenticators)(env=env, login="ada", password="x") == 7
        assert heard.heard("authenticators") == [("anna", env, "ada", "x"), ("berta", env, "ada", "x")]


def test_hook_create_user_and_set_password_are_asked_by_the_command_line(tenant: Tenant) -> None:
    heard.answers.update({("anna", "create_user"): 5, ("anna", "set_password"): 5})
    make_login(tenant, "ada.byron@example.com", password="secret", groups=("anna.user",), administrator=False)
    change_login(tenant, "ada.byron@example.com", "other")
    (created,), (changed,) = heard.heard("create_user"), heard.heard("set_password")
    assert created[2:] == ("ada.byron@example.com", "Ada Byron", "secret", ("anna.user",), False)
    assert changed[2:] == ("ada.byron@example.com", "other")


def test_hook_check_addon_and_check_rules_refuse_an_install(tenant: Tenant) -> None:
    heard.answers["anna", "check_rules"] = [Rule("anna-too-short", "It is too short.")]
    heard.answers["anna", "check_addon"] = [Finding("addons/berta/x", 3, "x", "is too short", "anna-too-short")]
    with pytest.raises(LoadError, match=r"addons/berta/x:3 x: is too short"):
        read_contents(tenant.assembly(), ["berta"])
    assert {call[1].name for call in heard.heard("check_addon")} == {"berta"}


def test_hook_owned_rows_are_claimed_in_load_order(tenant: Tenant) -> None:
    heard.answers["berta", "owned_rows"] = [OwnedRows("anna.thing", addon="name")]
    assert [f"{claim.schema}.{claim.table}" for claim in belongings.claims_of(tenant.assembly())] == ["anna.thing"]


def test_hook_health_checks_are_asked_by_the_doctor_and_change_nothing(runtime: Runtime, tenant: Tenant) -> None:
    heard.answers["anna", "health_checks"] = [HealthProblem("It is cold.", "Heat.", grave=False)]
    heard.answers["berta", "health_checks"] = [HealthProblem("It rains.")]
    found = [each for each in examine_tenant(runtime, tenant.row) if each.rule == "addon-health"]
    assert [(each.text, each.hint, each.grave) for each in found] == [
        ('"witnessed": It is cold.', "Heat.", False),
        ('"witnessed": It rains.', "", True),
    ]
    heard.answers["berta", "health_checks"] = ZeroDivisionError("no")
    (failed,) = [each for each in examine_tenant(runtime, tenant.row) if each.rule == "not-examined"]
    assert 'The hook "health_checks" of addon "berta"' in failed.text


# -- what there is one of --------------------------------------------------------------------------------------
def provided(runtime: Runtime, root: Path, hook: str, port: str) -> bool:
    """Whether what the hook answers is what an env asks."""
    heard.answers["anna", hook] = answer = object()
    write_addon(root, "anna", {"hooks.py": hooks_of("anna", (hook,))})
    return getattr(runtime.library.assembly(["anna"]).ports(None), port) is answer


def test_hook_access_policy(runtime: Runtime, root: Path) -> None:
    assert provided(runtime, root, "access_policy", "policy")


def test_hook_user_directory(runtime: Runtime, root: Path) -> None:
    assert provided(runtime, root, "user_directory", "users")


def test_hook_settings_store(runtime: Runtime, root: Path) -> None:
    assert provided(runtime, root, "settings_store", "settings")


def test_hook_extra_fields(runtime: Runtime, root: Path) -> None:
    assert provided(runtime, root, "extra_fields", "extra_fields")


def test_hook_number_series(runtime: Runtime, root: Path) -> None:
    assert provided(runtime, root, "number_series", "numbers")


def test_hook_change_log(runtime: Runtime, root: Path) -> None:
    assert provided(runtime, root, "change_log", "changes")
