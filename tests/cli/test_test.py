"""`tenon test`: an addon's tests from any folder, in clones of one template, with pytest's arguments and exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, Control, Pool
from tests.addons.toys import write_addon
from tests.cli.conftest import Tenon

TESTS = """
import calendar
import os
import addons.calendar
from kernel.orm import Env

def test_an_addon_may_have_the_name_of_a_module_of_python(env: Env) -> None:
    assert calendar.isleap(2028)
    assert __name__ == "addons.calendar.tests.test_dates"
    assert addons.calendar.__doc__

def test_tenants_are_named_after_the_process(env: Env) -> None:
    assert env.tenant.name.endswith(f"-{os.getpid()}")

def test_that_fails() -> None:
    assert not os.environ.get("SHALL_FAIL")
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place of addons: `calendar` has tests, `silent` has none."""
    root = tmp_path_factory.mktemp("tested")
    write_addon(root, "calendar", {"tests/__init__.py": "", "tests/test_dates.py": TESTS})
    write_addon(root, "silent", {"tests/__init__.py": ""})
    return root


@pytest.fixture
def data(data_dir: Path) -> Iterator[Path]:
    """A data folder of its own, with a server of its own, below one that PostgreSQL can reach."""
    yield data_dir / "own"
    assert not list((data_dir / "own").rglob("postmaster.pid")), "a database was left running"


def tenon_test(root: Path, data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    own = {"TENON_DATA_DIR": str(data), "TENON_ADDONS_PATH": str(root), "PYTHONPATH": str(SOURCE_ROOT), **more}
    return subprocess.run(
        [sys.executable, "-m", "cli", "test", *words],
        cwd="/",
        env={**{key: value for key, value in os.environ.items() if not key.startswith("TENON_")}, **own},
        capture_output=True,
        text=True,
        check=False,
    )


def test_workers_clone_one_template_and_leave_no_tenant(root: Path, data: Path) -> None:
    done = tenon_test(root, data, "calendar", "-q", "-n", "2", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
    with Cluster.open(Settings(data_dir=data / "testing")) as cluster:
        pool = Pool(2)
        control = Control.open(cluster, pool)
        assert control.tenants() == []
        assert len(control.run(lambda tx: tx.rows("SELECT name FROM control.template"))) == 1
        pool.close()


def test_the_exit_code_and_the_arguments_are_those_of_pytest(root: Path, data: Path, cluster: Cluster) -> None:
    more = {"TENON_TEST_DATABASE_URL": cluster.dsn("postgres"), "SHALL_FAIL": "1"}
    failed = tenon_test(root, data, "calendar", "-q", "-k", "fails", "-p", "no:cacheprovider", **more)
    assert failed.returncode == 1
    assert "1 failed, 2 deselected" in failed.stdout
    assert tenon_test(root, data, "calendar", "-k", "nothing", "-p", "no:cacheprovider", **more).returncode == 5


def test_an_addon_without_tests_is_told(tenon: Tenon, root: Path) -> None:
    answer = tenon("test", "silent", env={"TENON_ADDONS_PATH": str(root)})
    assert answer.code == 1
    assert 'The addon "silent" has no tests.' in answer.err
    assert "test_something.py" in answer.err


def test_an_addon_that_is_not_there_suggests_the_nearest(tenon: Tenon, root: Path) -> None:
    answer = tenon("test", "calender", env={"TENON_ADDONS_PATH": str(root)})
    assert answer.code == 1
    assert 'Did you mean "calendar"?' in answer.err


@pytest.mark.parametrize(("module", "told"), [("pytest", 'pip install "tenon[authors]"'), ("xdist", "Leave -n out")])
def test_what_is_not_installed_is_told(
    tenon: Tenon, root: Path, monkeypatch: pytest.MonkeyPatch, module: str, told: str
) -> None:
    monkeypatch.setattr("cli.test.find_spec", lambda name: None if name == module else name)
    answer = tenon("test", "calendar", "-n", "2", env={"TENON_ADDONS_PATH": str(root)})
    assert answer.code == 1
    assert told in answer.err
