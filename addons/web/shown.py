"""Which fields the screens of an addon show."""

from __future__ import annotations

from addons.web.catalogs import catalog_of
from addons.web.compiler.anchors import anchors
from addons.web.compiler.reading import read_view_files
from addons.web.compiler.shapes import VIEWS
from kernel.addons import Assembly
from kernel.addons.findings import Findings


def fields_of_views(assembly: Assembly, addon: str) -> dict[str, frozenset[str]]:
    """Model -> fields on the views that the addon declares or extends, with what others put there."""
    views = catalog_of(assembly).views
    own: set[str] = set()
    for file in read_view_files(addon, assembly.addon(addon).path, Findings()):
        own |= {f"{kind}.{name}" for kind in VIEWS for name in file.source.data.get(kind, {})}
        own |= set(file.source.data.get("extend", {}))
    found: dict[str, set[str]] = {}
    for id in own & set(views):
        kind, _, name = id.partition(".")
        model = name.partition(":")[0]
        names = {anchor.id for anchor in anchors(kind, dict(views[id])) if anchor.kind == "field"}
        found.setdefault(model, set()).update(name for name in names if "." not in name)
    return {model: frozenset(names) for model, names in found.items()}
