"""Wrong input: one clear message, a hint, exit code 1 (2 for a wrong call), no traceback."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.addons import Runtime
from kernel.db import Control
from tests.cli.conftest import Tenon

Addons = Callable[..., dict[str, str]]

MANIFEST = """\
name = "{name}"
title = "{name}"
version = "0.1.0"
summary = "A toy."
license = "MIT"
tenon = ">=0.1,<2"
depends = [{depends}]
"""


def manifest(name: str, *depends: str) -> str:
    return MANIFEST.format(name=name, depends=", ".join(f'"{other}"' for other in depends))


def test_a_wrong_command_suggests_the_nearest(tenon: Tenon) -> None:
    answer = tenon("tennant", "list")
    assert answer.code == 2
    assert 'There is no command "tennant". Did you mean "tenant"?' in answer.err
    answer = tenon("tenant", "craete")
    assert answer.code == 2
    assert 'There is no command "tenon tenant craete". Did you mean "create"?' in answer.err


def test_a_wrong_option_suggests_the_nearest(tenon: Tenon) -> None:
    answer = tenon("tenant", "list", "--jsn")
    assert answer.code == 2
    assert "--json" in answer.err


def test_a_missing_argument_is_a_wrong_call(tenon: Tenon) -> None:
    answer = tenon("tenant", "create")
    assert answer.code == 2
    assert "NAME" in answer.err


def test_an_unknown_addon_suggests_the_nearest_and_makes_no_tenant(tenon: Tenon, control: Control) -> None:
    answer = tenon("tenant", "create", "other", "wep")
    assert answer.code == 1
    assert 'There is no addon "wep". Did you mean "web"?' in answer.err
    assert "tenon addon list" in answer.err
    assert control.find("other") is None


def test_an_unknown_addon_cannot_be_installed_or_looked_at(tenon: Tenon, acme: str) -> None:
    for words in (("addon", "install", acme, "wep"), ("addon", "info", "wep"), ("addon", "graph", "wep")):
        answer = tenon(*words)
        assert answer.code == 1
        assert 'Did you mean "web"?' in answer.err


def test_an_installed_addon_is_not_installed_again(tenon: Tenon, acme: str) -> None:
    answer = tenon("addon", "install", acme, "web")
    assert (answer.code, answer.out) == (0, 'Already installed in "acme": web.\n')


def test_a_dependency_cycle_is_shown_as_a_path(tenon: Tenon, addons: Addons) -> None:
    env = addons(sun=manifest("sun", "moon"), moon=manifest("moon", "star"), star=manifest("star", "sun"))
    answer = tenon("tenant", "create", "other", "sun", env=env)
    assert answer.code == 1
    assert "moon -> star -> sun -> moon" in answer.err


def test_a_gap_in_the_graph_names_who_needs_what(tenon: Tenon, addons: Addons) -> None:
    answer = tenon("addon", "graph", "sun", env=addons(sun=manifest("sun", "weeb")))
    assert answer.code == 1
    assert 'no addon "weeb". Did you mean "web"? Needed by: sun -> weeb' in answer.err
    assert "addons/sun/manifest.toml:7" in answer.err


def test_a_broken_manifest_shows_file_line_and_all_faults(tenon: Tenon, addons: Addons) -> None:
    broken = 'name = "sun"\ntitle = 5\nversion = "one"\nsumary = "A toy."\nlicense = "MIT"\ntenon = ">=0.1"\n'
    answer = tenon("addon", "info", "sun", env=addons(sun=broken))
    assert answer.code == 1
    for fault in ("manifest.toml:2", "manifest.toml:3", "manifest.toml:4"):
        assert fault in answer.err
    assert 'Did you mean "summary"?' in answer.err
    listed = tenon("addon", "list", env=addons(sun=broken))
    assert listed.code == 0
    assert "cannot be used: addons/sun/manifest.toml:2" in listed.err


def test_a_second_tenant_of_one_name_is_refused(tenon: Tenon, acme: str) -> None:
    answer = tenon("tenant", "create", acme)
    assert answer.code == 1
    assert 'There is a tenant "acme" already.' in answer.err
    assert "tenon tenant delete acme" in answer.err


@pytest.mark.parametrize("name", ["Acme", "a b", "www", "../etc"])
def test_a_name_that_fits_into_no_host_name_is_refused(tenon: Tenon, name: str) -> None:
    answer = tenon("tenant", "create", name)
    assert answer.code == 1
    assert f'"{name}" cannot be the name of a tenant.' in answer.err
    assert "small letters" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("tenant", "delete", "acne", "--yes"),
        ("addon", "install", "acne", "web"),
        ("addon", "list", "--tenant", "acne"),
        ("user", "create", "acne", "bob"),
        ("user", "password", "acne", "bob"),
        ("shell", "acne", "-c", "1"),
    ],
)
def test_an_unknown_tenant_suggests_the_nearest(tenon: Tenon, acme: str, words: tuple[str, ...]) -> None:
    answer = tenon(*words)
    assert answer.code == 1
    assert 'There is no tenant "acne". Did you mean "acme"?' in answer.err


def test_nothing_is_destroyed_without_a_yes(tenon: Tenon, acme: str, control: Control) -> None:
    answer = tenon("tenant", "delete", acme)
    assert answer.code == 1
    assert "--yes" in answer.err
    assert control.find(acme) is not None


def test_a_database_that_cannot_be_reached_is_one_message_with_a_hint(tenon: Tenon) -> None:
    url = "postgresql://ada:secret-word@127.0.0.1:9/tenon"
    answer = tenon("tenant", "list", env={"TENON_DATABASE_URL": url})
    assert answer.code == 1
    assert 'The database "tenon" at 127.0.0.1:9 cannot be reached' in answer.err
    assert "TENON_DATABASE_URL" in answer.err
    assert "secret-word" not in answer.err


def test_a_data_folder_that_cannot_be_used_is_named(tenon: Tenon, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = tenon("tenant", "list", env={"TENON_DATA_DIR": str(tmp_path / "file" / "data"), "TENON_DATABASE_URL": ""})
    assert answer.code == 1
    assert "TENON_DATA_DIR" in answer.err


def test_all_faults_of_the_settings_are_told_at_once(tenon: Tenon, tmp_path: Path) -> None:
    (tmp_path / "tenon.toml").write_text('prot = 8080\nthreads = "many"\n')
    answer = tenon("tenant", "list", env={"TENON_WORKERS": "0"}, cwd=tmp_path)
    assert answer.code == 1
    for fault in ('no setting "prot". Did you mean "port"?', "threads = 'many'", "TENON_WORKERS"):
        assert fault in answer.err
    answer = tenon("--config", str(tmp_path / "missing.toml"), "tenant", "list")
    assert answer.code == 1
    assert "no such file" in answer.err


def test_a_login_is_given_once(tenon: Tenon, acme: str) -> None:
    answer = tenon("user", "create", acme, "Ada@example.com", "--generate")
    assert answer.code == 1
    assert "There is a user with this login already." in answer.err


def test_an_unknown_login_or_group_suggests_the_nearest(tenon: Tenon, acme: str) -> None:
    answer = tenon("user", "password", acme, "aba@example.com")
    assert answer.code == 1
    assert 'There is no user "aba@example.com". Did you mean "ada@example.com"?' in answer.err
    answer = tenon("user", "create", acme, "bob", "--group", "base.manger")
    assert answer.code == 1
    assert 'There is no group "base.manger". Did you mean "base.manager"?' in answer.err


def test_a_short_password_is_refused(tenon: Tenon, acme: str) -> None:
    for words in (("create", acme, "bob"), ("password", acme, "ada@example.com")):
        answer = tenon("user", *words, "--password-stdin", stdin="short\n")
        assert answer.code == 1
        assert "A password has 8 to 512 characters, this one has 5." in answer.err


def test_a_settings_file_is_not_overwritten(tenon: Tenon, tmp_path: Path) -> None:
    (tmp_path / "tenon.toml").write_text("# mine\n")
    answer = tenon("init", cwd=tmp_path)
    assert answer.code == 1
    assert "--force" in answer.err
    assert (tmp_path / "tenon.toml").read_text() == "# mine\n"


def test_init_with_a_database_that_cannot_be_reached_leaves_no_file(tenon: Tenon, tmp_path: Path) -> None:
    env = {"TENON_DATABASE_URL": ""}
    answer = tenon("init", "--database-url", "postgresql://127.0.0.1:9/x", cwd=tmp_path, env=env)
    assert answer.code == 1
    assert "cannot be reached" in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_told_before_anything_starts(tenon: Tenon) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for words in (("serve", "--port", port), ("demo", "--port", port)):
            answer = tenon(*words)
            assert answer.code == 1
            assert f"127.0.0.1:{port} cannot be listened on" in answer.err
            assert "--port" in answer.err


def test_a_bad_name_or_place_of_a_new_addon_is_refused(tenon: Tenon, tmp_path: Path) -> None:
    (tmp_path / "addons" / "taken").mkdir(parents=True)
    for words, message in (
        (("Loyalty",), "cannot be the name of an addon"),
        (("tenon",), "cannot be the name of an addon"),
        (("taken",), "exists already"),
        (("fresh", "--path", "elsewhere"), 'is not named "addons"'),
    ):
        answer = tenon("addon", "new", *words, cwd=tmp_path)
        assert answer.code == 1
        assert message in answer.err
    assert not (tmp_path / "elsewhere").exists()


def test_a_script_that_fails_keeps_nothing_and_shows_where_it_failed(
    tenon: Tenon, acme: str, capfd: pytest.CaptureFixture[str]
) -> None:
    script = "env.sql('UPDATE base.user SET name = %s', ('Eve',)); 1 / 0"
    with pytest.raises(AssertionError, match="Traceback"):
        tenon("shell", acme, "-c", script)
    answer = tenon("shell", acme, "-c", "print(env.sql('SELECT count(*) FROM base.user WHERE name = %s', ('Eve',)))")
    assert answer.out == "[(0,)]\n"


def test_a_fault_of_tenon_itself_is_one_message_and_shown_on_request(
    tenon: Tenon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(Runtime, "open", fail)
    answer = tenon("tenant", "list")
    assert answer.code == 1
    assert "This is a fault of Tenon or of an addon: KeyError: 'lost'" in answer.err
    assert "--debug" in answer.err
    with pytest.raises(KeyError):
        tenon("--debug", "tenant", "list")
