"""The generic checks as tests: collected for each addon whose tests are run, without a line of its author's.

    pytest addons/loyalty     collects addons/loyalty::generic::views-can-be-read and its like as well

They are left out where single files or tests are named, by `--no-generic`, and one by one by `[waived]` in the
manifest, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kernel.addons import Runtime, Tenant
from kernel.addons.discovery.catalog import PACKAGE
from kernel.addons.discovery.manifest import FILE_NAME, read_manifest
from kernel.testing.generic import CHECKS, Subject


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--no-generic`."""
    group = parser.getgroup("tenon")
    group.addoption("--no-generic", action="store_true", help="leave out the checks that every addon gets")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the checks of the addons that were asked for by their folder, or by one around it."""
    if config.getoption("--no-generic"):
        return
    for folder in _addons(config, items):
        items.extend(Generic.of(session, folder).collect())


def _addons(config: pytest.Config, items: list[pytest.Item]) -> list[Path]:
    """Folders of addons that have tests in this run."""
    here = config.invocation_params.dir
    asked = [(here / argument).resolve() for argument in config.args]
    places = [place for place in asked if place.is_dir()]
    found: dict[Path, None] = {}
    for item in items:
        folder = _addon_of(item.path)
        if folder is not None and any(place in (folder, folder / "tests", *folder.parents) for place in places):
            found[folder] = None
    return list(found)


def _addon_of(path: Path) -> Path | None:
    """The addon in whose `tests/` a file lies."""
    for folder in path.parents:
        if folder.parent.name == PACKAGE and (folder / FILE_NAME).is_file():
            return folder if path.is_relative_to(folder / "tests") else None
    return None


class Generic(pytest.Module):
    """The generic checks of one addon."""

    folder: Path

    @classmethod
    def of(cls, session: pytest.Session, folder: Path) -> Generic:
        """Named like the addon: `addons/loyalty::generic`."""
        made: Generic = cls.from_parent(session, path=folder / FILE_NAME, nodeid=f"{PACKAGE}/{folder.name}::generic")
        made.folder = folder
        made.name = "generic"
        return made

    def _getobj(self) -> ModuleType:
        return ModuleType(f"generic_checks_of_{self.folder.name}")

    def collect(self) -> Iterator[pytest.Function]:
        """One test per check; what the manifest waives is skipped with its reason."""
        manifest, _ = read_manifest(self.folder)
        waived = manifest.waived if manifest else {}
        test = self._test()
        for id, check in CHECKS.items():
            item = pytest.Function.from_parent(self, name=id, callobj=partial_of(test, check))
            if id in waived:
                item.add_marker(pytest.mark.skip(reason=f"waived by {FILE_NAME}: {waived[id]}"))
            yield item

    def _test(self) -> Callable[..., None]:
        subjects: list[Subject] = []

        def test(check: Callable[[Subject], None], runtime: Runtime, demo_tenants: Callable[[str], Tenant]) -> None:
            if not subjects:
                subjects.append(Subject(self.folder, runtime, demo_tenants))
            check(subjects[0])

        return test


def partial_of(test: Callable[..., None], check: Callable[[Subject], None]) -> Callable[..., Any]:
    """A function of the fixtures alone, as pytest looks at its parameters."""
    bound = partial(test, check)

    def generic(runtime: Runtime, demo_tenants: Callable[[str], Tenant]) -> None:
        bound(runtime, demo_tenants)

    return generic
