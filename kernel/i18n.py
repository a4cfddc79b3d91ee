"""Texts that are translated late: gettext catalogs per addon, and lazy texts.

English is the source language. A catalog is `i18n/<language>.po` beside an addon's code, compiled in
memory by Babel when the language is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations


@dataclass(frozen=True, slots=True)
class Text:
    """A text with named values, translated where it is shown: `Text("{n} days", {"n": 3})`."""

    source: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.source.format(**self.values) if self.values else self.source

    def render(self, catalog: NullTranslations) -> str:
        """The text in the catalog's language, values filled in."""
        translated = catalog.gettext(self.source)
        return translated.format(**self.values) if self.values else translated


def catalog(folders: Iterable[Path], language: str) -> NullTranslations:
    """One catalog over the `i18n/` folders of `folders`, later ones winning; empty if none has the language."""
    merged: Translations | None = None
    for folder in folders:
        path = folder / "i18n" / f"{language}.po"
        if not path.is_file():
            continue
        compiled = BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        part = Translations(compiled)
        merged = part if merged is None else merged.merge(part)
    return merged or NullTranslations()
