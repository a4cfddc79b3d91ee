"""Hooks: only the addons of the set answer, in load order; faults are found when the set is assembled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_type, cast

import pytest

from kernel.addons import Library, hookspec, hookspecs
from kernel.addons.hookspecs import authenticators, cli_commands, registry_ready
from kernel.errors import HookError, LoadError, RegistryError, UserError
from kernel.orm import AccessPolicy, Env
from tests.addons.toys import write_addon

HEAD = "from kernel.addons import hookimpl, hookspec\n"


def toy(root: Path, name: str, hooks: str, **more: Any) -> None:
    write_addon(root, name, {"hooks.py": HEAD + hooks}, **more)


def test_answers_come_in_load_order_without_those_that_are_none(library: Library, root: Path) -> None:
    for name in ("c", "a", "b", "d"):
        answer = "None" if name == "d" else f'["{name}"]'
        toy(root, name, f"@hookimpl\ndef cli_commands():\n    return {answer}\n")
    found: Any = library.assembly(["d", "c", "b", "a"]).hooks(cli_commands)()
    assert found == [["a"], ["b"], ["c"]]


def test_a_hook_reaches_only_the_addons_of_the_set(library: Library, root: Path) -> None:
    toy(root, "a", "@hookimpl\ndef cli_commands():\n    return ['a']\n")
    toy(root, "b", "@hookimpl\ndef cli_commands():\n    return ['b']\n")

    def answers(names: list[str]) -> Any:
        return library.assembly(names).hooks(cli_commands)()

    assert answers(["a", "b"]) == [["a"], ["b"]]
    assert answers(["b"]) == [["b"]]
    assert answers([]) == []


def test_the_first_answer_wins_where_the_spec_says_so(library: Library, root: Path) -> None:
    toy(root, "a", "@hookimpl\ndef authenticators(login):\n    return None\n")
    toy(root, "b", "@hookimpl\ndef authenticators(login):\n    return 7 if login == 'ada' else None\n")
    toy(root, "c", "@hookimpl\ndef authenticators(password):\n    return 9\n")
    env: Any = None
    call = library.assembly(["a", "b", "c"]).hooks(authenticators)
    assert call(env=env, login="ada", password="x") == 7
    assert call(env, "eve", "x") == 9
    assert library.assembly([]).hooks(authenticators)(env=env, login="ada", password="x") is None


def test_registry_ready_is_called_once_per_set(library: Library, root: Path) -> None:
    toy(root, "a", "seen = []\n@hookimpl\ndef registry_ready(names):\n    seen.append(names)\n")
    first = library.assembly(["a"])
    library.assembly(("a",))
    hooks = first.addon("a").module("hooks")
    assert hooks is not None
    assert hooks.seen == [("a",)]
    assert registry_ready.name == "registry_ready"


def test_all_faults_of_hooks_are_told_at_once_with_file_and_line(library: Library, root: Path) -> None:
    toy(root, "a", "@hookimpl\ndef record_created(env):\n    pass\n\n@hookimpl\ndef cli_commands(evn):\n    pass\n")
    toy(root, "b", "@hookimpl\ndef records_created(env, record):\n    pass\n")
    with pytest.raises(LoadError) as caught:
        library.assembly(["a", "b"])
    assert caught.value.findings == (
        'addons/a/hooks.py:2 record_created: there is no such hook. Did you mean "records_created"?',
        'addons/a/hooks.py:6 cli_commands: there is no argument "evn": the hook has ().',
        'addons/b/hooks.py:2 records_created: there is no argument "record": the hook has (env, records).'
        ' Did you mean "records"?',
    )


SPEC = "@hookspec\ndef stall_order_paid(order: int) -> str:\n    ...\n"
CALLER = '"""Calls it."""\nfrom addons.stall.hooks import stall_order_paid\n'


def test_an_addon_declares_hooks_for_others(library: Library, root: Path) -> None:
    write_addon(root, "stall", {"hooks.py": HEAD + SPEC, "orders.py": CALLER})
    toy(
        root,
        "mail",
        "@hookimpl\ndef stall_order_paid(order):\n    return f'mail {order}'\n",
        more='depends = ["stall"]',
    )
    assembly = library.assembly(["stall", "mail"])
    module = assembly.addon("stall").module("hooks")
    assert module is not None
    assert assembly.hooks(module.stall_order_paid)(order=3) == ["mail 3"]
    assert assembly.hooks.addons_of(module.stall_order_paid) == ("mail",)
    with pytest.raises(HookError, match="not installed here"):
        library.assembly([]).hooks(module.stall_order_paid)
    with pytest.raises(HookError, match="called by itself"):
        module.stall_order_paid(order=3)


def test_a_hook_that_its_addon_never_calls_is_an_error(library: Library, root: Path) -> None:
    toy(root, "stall", SPEC)
    with pytest.raises(LoadError, match=r"addons/stall/hooks\.py:2 stall_order_paid: .* nothing in its addon calls it"):
        library.assembly(["stall"])


def test_a_hook_is_named_after_its_addon(library: Library, root: Path) -> None:
    toy(root, "stall", SPEC.replace("stall_order", "order"))
    with pytest.raises(LoadError, match=r'order_paid: a hook of this addon is named "stall_'):
        library.assembly(["stall"])


def test_a_hook_of_an_addon_that_may_be_absent_is_optional(library: Library, root: Path) -> None:
    toy(root, "mail", "@hookimpl(optionalhook=True)\ndef stall_order_paid(order):\n    return 'x'\n")
    assert library.assembly(["mail"]).names == ("mail",)


def test_an_error_in_a_hook_names_addon_hook_file_and_line(library: Library, root: Path) -> None:
    toy(root, "a", "def helper():\n    return 1 / 0\n\n@hookimpl\ndef cli_commands():\n    return helper()\n")
    with pytest.raises(HookError) as caught:
        library.assembly(["a"]).hooks(cli_commands)()
    assert str(caught.value).startswith(
        'The hook "cli_commands" of addon "a" (addons/a/hooks.py:7) failed: ZeroDivisionError: division by zero'
    )
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_error_for_the_person_keeps_its_class(library: Library, root: Path) -> None:
    code = "from kernel.errors import UserError\n@hookimpl\ndef cli_commands():\n    raise UserError('Not today.')\n"
    toy(root, "a", code)
    with pytest.raises(UserError, match="Not today") as caught:
        library.assembly(["a"]).hooks(cli_commands)()
    assert caught.value.__notes__ == ['The hook "cli_commands" of addon "a" (addons/a/hooks.py:5) raised it.']


def test_two_providers_of_one_mechanism_are_refused(library: Library, root: Path) -> None:
    for name in ("a", "b"):
        toy(root, name, "@hookimpl\ndef access_policy():\n    return object()\n")
    assert library.assembly(["a"]).names == ("a",)
    with pytest.raises(RegistryError, match=r'"access_policy" has exactly one provider, .* a, b'):
        library.assembly(["a", "b"])


def test_a_spec_knows_its_arguments() -> None:
    @hookspec(first=True)
    def price(product: int, day: str) -> int:
        raise NotImplementedError

    assert price.arguments == ("product", "day")
    assert price.first


def test_a_call_has_the_type_that_its_spec_says(library: Library) -> None:
    hooks, env = library.assembly([]).hooks, cast(Env, None)
    assert_type(hooks(authenticators)(env=env, login="ada", password="x"), int | None)
    assert_type(hooks(hookspecs.access_policy)(), AccessPolicy | None)
    assert_type(hooks(hookspecs.demo_data)(env=env, addon="a"), list[None])
    assert_type(hooks(hookspecs.menu_items)(env=env), list[list[Mapping[str, Any]]])
