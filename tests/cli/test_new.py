"""`tenon addon new`: what each template writes is whole, clean and passes its own tests at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.addons import Library
from kernel.addons.doctor.check import read_contents
from kernel.addons.migrations.autogenerate import migration_faults
from kernel.config import SOURCE_ROOT
from kernel.db import Cluster
from tests.addons.toys import forget_addons
from tests.cli.conftest import Tenon
from tests.plugin import PLUGIN

WORDS = {
    "loans": ["--title", "Loans"],
    "stars": ["--template", "widget"],
    "keeper": ["--of", "crm.contact"],
    "pals": ["--between", "crm,booking"],
    "namesakes": ["--between", "crm.tag,booking.service"],
}
CLIENT = SOURCE_ROOT / "addons/web/client"


@pytest.fixture(scope="module")
def written(tenon: Tenon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root with an addon of each template."""
    root = tmp_path_factory.mktemp("new")
    for name, words in WORDS.items():
        answer = tenon("addon", "new", name, *words, cwd=root)
        assert answer.code == 0, answer
        assert f"tenon test {name}" in answer.out
    forget_addons(root)
    yield root
    forget_addons(root)


@pytest.mark.parametrize("name", WORDS)
def test_a_new_addon_fits_and_its_history_gives_its_schema(written: Path, name: str, cluster: Cluster) -> None:
    library = Library([SOURCE_ROOT, written])
    assert read_contents(library.assembly(library.resolve([name])), [name])
    assert migration_faults(cluster, library, name) == []


@pytest.mark.parametrize("name", WORDS)
def test_a_new_addon_passes_the_doctor_without_a_warning(tenon: Tenon, written: Path, name: str) -> None:
    answer = tenon("addon", "check", name, "--strict", env={"TENON_ADDONS_PATH": str(written)})
    assert (answer.code, answer.out) == (0, f"{name}: no faults.\n"), answer


def test_the_tests_of_new_addons_pass_at_once(written: Path, cluster: Cluster) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-W", "error", *PLUGIN, *(f"addons/{name}" for name in WORDS)],
        cwd=written,
        env={**os.environ, "PYTHONPATH": str(SOURCE_ROOT), "TENON_TEST_DATABASE_URL": cluster.dsn("postgres")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_new_addons_are_clean_for_ruff(written: Path) -> None:
    known = "lint.isort.known-first-party=['addons', 'kernel']"
    for words in (["check", "--config", known], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", words[0], "--config", str(SOURCE_ROOT / "pyproject.toml"), *words[1:]]
        done = subprocess.run([*command, str(written)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_new_addons_are_strictly_typed(written: Path) -> None:
    options = ["--config-file=", "--strict", "--explicit-package-bases", "--exclude", "/migrations/"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *(f"addons/{name}" for name in WORDS)],
        cwd=written,
        env={**os.environ, "MYPYPATH": os.pathsep.join(map(str, (written, SOURCE_ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not (CLIENT / "node_modules").is_dir(), reason="the client's tools are not installed")
def test_the_types_that_a_widget_gets_find_a_fault_in_it(written: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(written / "addons/stars", tmp_path / "stars")
    command = [str(CLIENT / "node_modules/.bin/tsc"), "-p", str(folder / "jsconfig.json")]
    assert subprocess.run(command, check=False).returncode == 0
    script = folder / "static/web/main.js"
    script.write_text(script.read_text().replace("field.label", "field.lable"))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Did you mean 'label'?" in done.stdout


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
def test_the_module_of_a_widget_is_javascript(written: Path, tmp_path: Path) -> None:
    script = shutil.copy(written / "addons/stars/static/web/main.js", tmp_path / "main.mjs")
    assert subprocess.run(["node", "--check", str(script)], check=False).returncode == 0
    assert json.loads((written / "addons/stars/jsconfig.json").read_text())["compilerOptions"]["strict"]


def test_an_extension_of_a_model_without_views_has_none(tenon: Tenon, tmp_path: Path) -> None:
    assert tenon("addon", "new", "eventful", "--of", "crm.stage_event", cwd=tmp_path).code == 0
    assert not (tmp_path / "addons/eventful/views").exists()
    forget_addons(tmp_path)


REFUSED = {
    "a name with a capital": (["Loans"], '"Loans" cannot be the name of an addon'),
    "a name of the kernel": (["tenon"], '"tenon" cannot be the name of an addon'),
    "a name that is taken": (["crm"], 'There is an addon "crm" already'),
    "a model that is not there": (["x", "--of", "crm.contcat"], 'no model "crm.contcat". Did you mean "crm.contact"?'),
    "an addon that is not there": (["x", "--of", "crn.contact"], 'There is no addon "crn". Did you mean "crm"?'),
    "an addon for a model": (["x", "--of", "booking"], "which of its models?"),
    "an extension of nothing": (["x", "--template", "extension"], "needs --of"),
    "a bridge of nothing": (["x", "--template", "bridge"], "needs --between"),
    "a bridge with one side": (["x", "--between", "crm"], '"crm" are not two addons'),
    "a bridge of one addon": (["x", "--between", "crm.contact,crm.lead"], 'Both sides are in "crm"'),
    "a bridge to what has no screens": (["x", "--between", "crm,sync"], 'No model of "sync" has a form'),
    "what belongs to another template": (
        ["x", "--template", "model", "--of", "crm.tag"],
        "is for the template extension",
    ),
    "a folder of another name": (["x", "--path", "plugins"], 'plugins is not named "addons"'),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_written_is_told_and_nothing_is_left(tenon: Tenon, tmp_path: Path, case: str) -> None:
    words, told = REFUSED[case]
    answer = tenon("addon", "new", *words, cwd=tmp_path)
    assert answer.code == 1
    assert told in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_template_that_is_not_there_is_a_wrong_call(tenon: Tenon) -> None:
    answer = tenon("addon", "new", "x", "--template", "modle")
    assert answer.code == 2
    assert "'model', 'extension', 'bridge', 'widget'" in answer.err


def test_a_folder_that_is_there_stays_as_it_is(tenon: Tenon, tmp_path: Path) -> None:
    own = tmp_path / "addons/loans/notes.txt"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    answer = tenon("addon", "new", "loans", cwd=tmp_path)
    assert (answer.code, own.read_text()) == (1, "mine")
    assert "exists already" in answer.err


def test_what_cannot_be_completed_is_taken_back(tenon: Tenon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.copy", lambda *_: (_ for _ in ()).throw(OSError("the disk is full")))
    answer = tenon("addon", "new", "stars", "--template", "widget", cwd=tmp_path)
    assert answer.code == 1
    assert "the disk is full" in answer.err
    assert not (tmp_path / "addons/stars").exists()


def test_a_person_at_a_terminal_is_asked_for_what_is_missing(
    tenon: Tenon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.addon.new.at_terminal", lambda: True)
    answer = tenon("addon", "new", "asked", cwd=tmp_path, stdin="extension\ncrm.tag\nAsked for\n")
    assert answer.code == 0, answer
    manifest = (tmp_path / "addons/asked/manifest.toml").read_text()
    assert 'title = "Asked for"' in manifest
    assert "crm >=" in manifest
    forget_addons(tmp_path)
