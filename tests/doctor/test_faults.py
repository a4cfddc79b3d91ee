"""Every fault that an author can make is found without a database, with rule, file, line and the near word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.addons import Library
from kernel.addons.doctor.inspection import inspect
from kernel.addons.rules import RULES
from kernel.config import SOURCE_ROOT
from tests.addons.toys import forget_addons
from tests.doctor.faults import (
    code,
    data,
    files,
    hooks,
    http,
    manifests,
    migrations,
    models,
    quality,
    rights,
    settings,
    texts,
    views,
)
from tests.doctor.faults.sound import write

AREAS = (manifests, files, code, models, rights, views, data, hooks, http, settings, texts, migrations, quality)
FAULTS = {f"{area.__name__.rpartition('.')[2]}: {fault.name}": fault for area in AREAS for fault in area.FAULTS}


@pytest.fixture(scope="module")
def library() -> Library:
    """The addons of the distribution, loaded once."""
    library = Library([SOURCE_ROOT])
    library.assembly(library.resolve(["web"]))
    return library


@pytest.fixture
def root(tmp_path: Path, library: Library) -> Iterator[Path]:
    """A folder with addons, known to the library for one test."""
    library.roots = (SOURCE_ROOT, tmp_path, tmp_path / "second")
    yield tmp_path
    forget_addons(tmp_path)


def found(library: Library, folder: Path) -> list[str]:
    library.available()
    return [f"{finding.severity} {finding.rule} {finding} {finding.hint}" for finding in inspect(library, folder)]


def test_the_addon_that_they_are_made_of_has_none(library: Library, root: Path) -> None:
    assert found(library, write(root)) == []


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_found(library: Library, root: Path, name: str) -> None:
    fault = FAULTS[name]
    folder = write(root, fault)
    said = found(library, folder)
    place = f"addons/perk/{fault.file}" if not fault.file.startswith("addons/") else fault.file
    if fault.line:
        place += f":{fault.line}"
    if fault.at:
        lines = (root / place).read_text().splitlines()
        place += f":{next(number for number, line in enumerate(lines, 1) if fault.at in line)}"
    expected = f"{RULES[fault.rule].severity} {fault.rule} {place} "
    told = [line for line in said if line.startswith(expected)]
    assert told, f"expected {expected}\nfound " + "\n      ".join(said)
    assert fault.near in told[0]
    rest = [line for line in said if line.split()[1] not in fault.also]
    assert rest == told[:1], "and nothing else is told: that would be another fault's echo"


def test_no_fault_is_tried_twice_and_there_are_many() -> None:
    assert len(FAULTS) == sum(len(area.FAULTS) for area in AREAS) >= 100


def test_every_rule_is_tried() -> None:
    """Those that are no change of a text have tests of their own, some by their words."""
    elsewhere = {"file-unreadable", "file-wrong-place", "manifest-entry-point", "migration-circular", "python-changed"}
    known = {fault.rule for fault in FAULTS.values()} | elsewhere
    tests = "".join(path.read_text() for path in (SOURCE_ROOT / "tests").rglob("test_*.py"))
    assert sorted(rule for rule in set(RULES) - known if rule not in tests) == []
