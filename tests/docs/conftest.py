"""A tenant with the loyalty example and `library`, the addon that the blocks of the authors' guide make up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kernel.addons import Library, Runtime, Tenant
from kernel.addons.lifecycle.templates import create_tenant
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool
from kernel.testing import as_user, client, env, query_count, visit
from tests.addons.toys import forget_addons
from tests.docs.pages import DOCS, ROOT, Block, blocks, write_files

__all__ = ["as_user", "client", "env", "query_count", "visit"]

_AUTHORS = DOCS / "authors"
ORM = [_AUTHORS / "orm.md", *sorted((_AUTHORS / "orm").glob("*.md"))]
"""The reference of the ORM: its first page, and a page for each subject."""
_FILES = ("manifest", "data", "security", "settings", "views", "client", "pages", "translations", "hooks", "testing")
GUIDE = [*ORM, *(_AUTHORS / f"{name}.md" for name in _FILES)]
"""Pages whose files together are the addon `library`."""


def files_of(page: Path) -> list[Block]:
    """The blocks of a page that are files; on the page of hooks, also those that answer one."""
    return [
        block if block.place else replace(block, place="hooks.py", added=True)
        for block in blocks(page)
        if is_file(block)
    ]


def is_file(block: Block) -> bool:
    """Whether a block is (part of) a file of the addon; what there is one provider for is not."""
    answers = block.language == "python" and block.page.stem == "hooks" and block.text.startswith("@")
    return bool(block.place) or answers


@pytest.fixture(scope="session")
def library_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A root with the addon `library`, as the pages have it."""
    root = tmp_path_factory.mktemp("guide")
    for page in GUIDE:
        write_files(root / "addons" / "library", files_of(page))
    yield root
    forget_addons(root)


@pytest.fixture(scope="session")
def open_runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control) -> Callable[[Path], Runtime]:
    """A runtime that finds the addons of a root beside those of the project and its examples."""

    def opened(root: Path) -> Runtime:
        roots = (*settings.addon_roots, ROOT / "examples", root)
        return Runtime(settings, cluster, pool, control, Library(roots))

    return opened


@pytest.fixture(scope="session")
def runtime(open_runtime: Callable[[Path], Runtime], library_root: Path) -> Runtime:
    return open_runtime(library_root)


@pytest.fixture(scope="session")
def tenant(runtime: Runtime) -> Tenant:
    return create_tenant(runtime, "guide", ["loyalty", "library"], demo=True)
