"""Neither side names the other or the bridge: not in code, not in manifests, not in what the screens show."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.addons import Library
from kernel.addons.doctor.check import read_contents
from kernel.config import SOURCE_ROOT

ADDONS = SOURCE_ROOT / "addons"
SUFFIXES = {".py", ".toml", ".csv", ".html", ".js", ".css", ".po", ".pot"}
ALONE = {"crm": ("booking", "crm_booking_bridge", "sync"), "booking": ("crm", "crm_booking_bridge", "sync")}
SYNC = ("crm", "booking", "crm_booking_bridge")


def named(folder: Path, others: tuple[str, ...]) -> list[str]:
    """Lines in which another addon is named as code names it: in an import, a model, a depends, a stable id."""
    names = "|".join(others)
    pattern = re.compile(rf"addons\.({names})\b|[\"'\[ ]({names})\.[a-z_]+|[\"']({names})[\"']")
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and "__pycache__" not in path.parts:
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                if pattern.search(line):
                    found.append(f"{path.relative_to(ADDONS)}:{number}: {line.strip()}")
    return found


@pytest.mark.parametrize("name", ALONE)
def test_neither_names_the_other_or_the_bridge(name: str) -> None:
    assert named(ADDONS / name, ALONE[name]) == []


def test_the_engine_names_no_product() -> None:
    assert [line for line in named(ADDONS / "sync", SYNC) if '"billing"' not in line] == []


def test_the_search_for_names_finds_them() -> None:
    assert named(ADDONS / "crm_booking_bridge", ("crm",))
    assert named(ADDONS / "crm_booking_bridge", ("booking",))


@pytest.mark.parametrize("name", ALONE)
def test_each_is_complete_with_the_others_deleted_from_the_tree(name: str, tmp_path: Path) -> None:
    """Imported and checked in a process that cannot find them."""
    for addon in ("base", "web", name):
        ignored = shutil.ignore_patterns("node_modules", "__pycache__", "client")
        shutil.copytree(ADDONS / addon, tmp_path / "addons" / addon, ignore=ignored)
    (tmp_path / "kernel").symlink_to(SOURCE_ROOT / "kernel")
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from kernel.addons import Library\n"
        "from kernel.addons.doctor.check import read_contents\n"
        f"library = Library([Path({str(tmp_path)!r})])\n"
        f"read_contents(library.assembly(library.resolve([{name!r}])), [{name!r}])\n"
        "print(sorted({part.split('.')[1] for part in sys.modules if part.startswith('addons.')}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env={"PATH": "/usr/bin", "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == str(sorted(["base", name, "web"])), done.stderr


def test_the_bridge_is_suggested_where_both_are() -> None:
    library = Library([SOURCE_ROOT])
    manifest = library.manifest("crm_booking_bridge")
    assert [need.name for need in manifest.bridges] == ["crm", "booking"]
    assembly = library.assembly(library.resolve(["crm_booking_bridge"]))
    assert read_contents(assembly, ["crm_booking_bridge"])


def test_the_bridge_adds_no_column_to_a_table_of_either_side() -> None:
    library = Library([SOURCE_ROOT])
    registry = library.assembly(library.resolve(["crm_booking_bridge"])).registry
    added = [
        bound
        for model in registry.models.values()
        for bound in model.fields.values()
        if bound.addon in ("crm_booking_bridge", "sync") and model.addon in ("crm", "booking")
    ]
    assert added
    assert [bound for bound in added if bound.column or bound.link] == []
