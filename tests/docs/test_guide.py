"""The authors' guide is true: its files are an addon that installs, its statements run in a tenant with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.addons.migrations.autogenerate import begin_history
from kernel.config import SOURCE_ROOT
from kernel.db import Cluster
from kernel.orm import Env, Model
from kernel.testing import QueryCount, Web
from tests.docs.conftest import GUIDE, is_file
from tests.docs.pages import ROOT, blocks, run
from tests.plugin import PLUGIN


@pytest.mark.parametrize("page", GUIDE, ids=lambda page: page.stem)
def test_the_statements_of_a_page_run(
    page: Path,
    env: Env,
    as_user: Callable[[Model | int], Env],
    client: Callable[[Model | int | None], Web],
    query_count: QueryCount,
) -> None:
    names: dict[str, object] = {"env": env, "as_user": as_user, "client": client, "query_count": query_count}
    run([block for block in blocks(page, "python") if not is_file(block)], names)


def test_the_tests_that_authors_are_shown_pass(library_root: Path, cluster: Cluster) -> None:
    examples = ROOT / "examples"
    begin_history((ROOT, examples, library_root), "library")
    done = run_pytest(library_root, "library", cluster, examples)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


def test_the_files_of_the_guide_are_strictly_typed(library_root: Path) -> None:
    options = ["--config-file=", "--strict", "--explicit-package-bases"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "addons/library/models"],
        cwd=library_root,
        env={**os.environ, "MYPYPATH": os.pathsep.join(map(str, (library_root, ROOT / "examples", ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def run_pytest(root: Path, addon: str, cluster: Cluster, *more: Path) -> subprocess.CompletedProcess[str]:
    """What an author does in the folder that contains `addons/`."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", *PLUGIN, f"addons/{addon}"],
        cwd=root,
        env={
            **os.environ,
            "PYTHONPATH": str(SOURCE_ROOT),
            "TENON_ADDONS_PATH": os.pathsep.join(map(str, more)),
            "TENON_TEST_DATABASE_URL": cluster.dsn("postgres"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
