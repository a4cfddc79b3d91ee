"""The view compiler: view files of all addons of an assembly become one checked, merged catalog.

Three steps. *Read*: each table of each `views/*.toml` is checked against the registry and brought into one
shape (`reading`, `takes`, `shapes`). *Merge*: `[[extend.*]]` tables change the views they name, in load order
(`merge`). *Relate*: menus find their parents and actions, actions their models and filters (`catalog`).
Faults are collected over all files and told at once, each with file and line.
"""

from addons.web.compiler.catalog import Action, Catalog, Menu, compile_catalog
from addons.web.compiler.reading import ViewFile

__all__ = ["Action", "Catalog", "Menu", "ViewFile", "compile_catalog"]
