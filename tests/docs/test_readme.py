"""The taste of an addon on the first page is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kernel.addons import Runtime
from kernel.addons.lifecycle.templates import create_tenant
from tests.addons.toys import forget_addons, write_addon
from tests.docs.pages import ROOT, blocks, write_files


def test_the_addon_of_the_first_page_counts_books(open_runtime: Callable[[Path], Runtime], tmp_path: Path) -> None:
    folder = write_addon(tmp_path, "shelf", more='depends = ["crm"]')
    write_files(folder, blocks(ROOT / "README.md"))
    try:
        tenant = create_tenant(open_runtime(tmp_path), "readme", ["shelf"])
        with tenant.env(why="a test") as env:
            ada = env.model("crm.contact").create({"name": "Ada"})
            env.model("shelf.book").create([{"name": "Engines", "reader": ada}, {"name": "Islands", "reader": ada}])
            env.flush()
            assert ada.has_books == 2
    finally:
        forget_addons(tmp_path)
