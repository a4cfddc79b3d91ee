"""What authors are shown imports public names only: the examples, and what `tenon addon new` writes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.test_tree import ROOT, python_files

PUBLIC = re.compile(r"kernel\.(orm|addons|http|testing|errors|i18n)")


def shown() -> list[Path]:
    templates = (ROOT / "cli/scaffold/templates").rglob("*.py.j2")
    return [*python_files("examples"), *templates]


def test_examples_and_templates_import_nothing_private() -> None:
    private = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in shown()
        for module in re.findall(r"^\s*(?:from|import) (kernel[\w.]*)", path.read_text(), re.MULTILINE)
        if not PUBLIC.fullmatch(module)
    ]
    assert len(shown()) > 30
    assert private == []
