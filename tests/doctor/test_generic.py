"""The checks that every addon's own suite gets for nothing: collected, run, waived, left out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.addons.rules import GENERIC
from kernel.config import SOURCE_ROOT
from kernel.testing.generic import CHECKS
from tests.doctor.faults.sound import SOUND, Change, Fault, write
from tests.plugin import PLUGIN

Run = Callable[..., str]
WAIVED = 'depends = ["base", "web"]\n\n[waived]\ncomes-and-goes = "it only comes"'


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs pytest as an author of the addon `perk` does, with changes to its files; what it prints."""

    def ran(*words: str, **changes: Change) -> str:
        named = {name.replace("__", "/").replace("_dot_", "."): change for name, change in changes.items()}
        tests = {"tests/test_card.py": 'def test_own() -> None:\n    """Own."""\n'}
        write(tmp_path, Fault("", "", "", changes={**tests, **named}))
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *PLUGIN, "--import-mode=importlib", "-p", "no:cacheprovider", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": f"{SOURCE_ROOT}{os.pathsep}{tmp_path}", "PYTEST_ADDOPTS": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    return ran


def test_the_checks_that_are_told_are_those_that_run() -> None:
    assert list(CHECKS) == list(GENERIC)


@pytest.mark.parametrize("asked", ["addons/perk/tests", "."])
def test_a_folder_of_an_addon_collects_its_checks(run: Run, asked: str) -> None:
    found = run(asked, "--collect-only", "-q").splitlines()
    assert found[:7] == ["addons/perk/tests/test_card.py::test_own", *(f"addons/perk::generic::{id}" for id in CHECKS)]


def test_a_file_alone_leaves_them_out(run: Run) -> None:
    assert "generic" not in run("addons/perk/tests/test_card.py", "--collect-only", "-q")


def test_checks_fail_with_what_does_not_hold_and_tell_what_is_waived(run: Run) -> None:
    said = run(
        *("addons/perk", "-rs", "-k", "generic and not data and not views and not history"),
        README_dot_md=None,
        manifest_dot_toml=('depends = ["base", "web"]', WAIVED),
        views__card_dot_toml=('order = "name"', 'order = "nmae"'),
    )
    assert "file-missing-readme addons/perk/README.md is missing" in said
    assert 'view-unknown-field addons/perk/views/card.toml:18 list.perk.card: no field "nmae"' in said
    assert "waived by manifest.toml: it only comes" in said
    assert "2 failed, 1 skipped" in said


RUDE = (
    SOUND["hooks.py"].rstrip()
    + """


        @hookimpl
        def addon_uninstalling(env: Env, addon: str) -> None:
            if addon == "perk":
                env.sql("UPDATE base.company SET name = name || '!'")
"""
)
HALF = 'fields = ["level", { name = "owner", widget = "chip" }, "boom"]'
BOOM = '''    note = fields.Char("Note")
    boom = fields.Integer("Boom")

    @boom.compute("name")
    def _compute_boom(self) -> None:
        """Never."""
        for card in self:
            card.boom = 1 // 0
'''


def test_hook_fields_shown_says_what_is_read_and_a_tenant_shows_what_files_do_not(run: Run) -> None:
    """A value that cannot be computed, a history that lacks tables, an uninstall that changes others."""
    said = run(
        *("addons/perk", "-k", "generic and not complete and not check"),
        hooks_dot_py=RUDE,
        security__rules_dot_toml=None,
        views__card_dot_toml=('fields = ["level", { name = "owner", widget = "chip" }]', HALF),
        models__card_dot_py=('    note = fields.Char("Note")\n', BOOM),
    )
    assert "perk.user cannot read perk.card as it is shown" in said
    assert "run: tenon addon revision perk" in said
    assert "without perk, others changed" in said
    assert "3 failed, 1 passed" in said
