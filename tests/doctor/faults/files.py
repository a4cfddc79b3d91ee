"""Files that lie in the wrong place, or are not there."""

from __future__ import annotations

from tests.doctor.faults.sound import Fault

FAULTS = [
    Fault("no manifest", "file-missing-manifest", "manifest.toml", changes={"manifest.toml": None}),
    Fault("addons a package", "file-addons-init", "addons/__init__.py", beside={"addons/__init__.py": ""}),
    Fault("no package", "file-missing-init", "__init__.py", changes={"__init__.py": None}),
    Fault("package says nothing", "file-missing-docstring", "__init__.py", "x = 1", changes={"__init__.py": "x = 1\n"}),
    Fault("no types", "file-missing-typed", "py.typed", changes={"py.typed": None}),
    Fault("no words", "file-missing-readme", "README.md", changes={"README.md": None}),
    Fault("no tests", "file-missing-tests", "tests", changes={"tests/test_card.py": None}),
    Fault("folder view", "file-unknown-folder", "view", near='"views"', changes={"view/card.toml": ""}),
    Fault("folder template", "file-unknown-folder", "template", near='"templates"', changes={"template/a.html": ""}),
    Fault("view as JSON", "file-not-read", "views/more.json", near=".toml", changes={"views/more.json": "{}"}),
    Fault("data as YAML", "file-not-read", "data/more.yaml", changes={"data/more.yaml": "a: 1"}),
    Fault(
        "rights misspelt",
        "file-not-read",
        "security/acces.csv",
        near='"access.csv"',
        changes={"security/acces.csv": "x"},
    ),
    Fault("view no TOML", "toml-invalid", "views/more.toml", "[list", changes={"views/more.toml": "[list\n"}),
    Fault("data no TOML", "toml-invalid", "data/more.toml", "a = ", changes={"data/more.toml": "a = \n"}),
]
