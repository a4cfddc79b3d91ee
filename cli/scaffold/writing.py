"""Renders the files of a template into a folder: all of them or none.

A template is a folder below `templates/`; `every` holds what all addons have. A file `views/$name.toml.j2` becomes
`views/loyalty.toml`: `$word` in a name and `{{ word }}` in a text are replaced.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cli.output import Failure

TEMPLATES: Final = Path(__file__).parent / "templates"
SUFFIX: Final = ".j2"


def write_all(folder: Path, layers: Mapping[str, Path], values: Mapping[str, Any]) -> None:
    """Render `layers` (template -> the folder below `folder` it goes to); a later one replaces files of an earlier.

    Raises Failure where `folder` exists; what was written is removed if anything fails.
    """
    if folder.exists():
        raise Failure(f"{folder} exists already.", "Choose another name, or another --path.")
    texts = {inside / place: text for name, inside in layers.items() for place, text in render(name, values)}
    try:
        for place, text in texts.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def render(template: str, values: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """(place, text) of every file of a template; one that is empty where its text is conditional is left out."""
    root = TEMPLATES / template
    jinja = Environment(  # noqa: S701 - source code, not HTML
        loader=FileSystemLoader(root), undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True
    )
    for path in sorted(root.rglob(f"*{SUFFIX}")):
        place = path.relative_to(root)
        text = jinja.get_template(place.as_posix()).render(values)
        if text.strip() or not path.read_text(encoding="utf-8").strip():
            yield Path(Template(place.as_posix().removesuffix(SUFFIX)).substitute(values)), text
