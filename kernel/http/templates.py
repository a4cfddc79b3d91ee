"""Jinja2 templates of addons: `web/login.html` is `login.html` in `addons/web/templates`; always escaped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kernel import i18n

if TYPE_CHECKING:
    import jinja2


class Templates:
    """The templates of one assembly, one Jinja environment per language."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        """`folders` maps addon -> its folder, in load order."""
        self._folders = dict(folders)
        self._environments: dict[str, jinja2.Environment] = {}

    def render(self, name: str, language: str, values: Mapping[str, object]) -> str:
        """The text of a template, its own texts in `language`."""
        return self._environment(language).get_template(name).render(values)

    def _environment(self, language: str) -> jinja2.Environment:
        found = self._environments.get(language)
        if found is None:
            found = self._environments[language] = self._new_environment(language)
        return found

    def _new_environment(self, language: str) -> jinja2.Environment:
        import jinja2  # noqa: PLC0415 - 30 ms, for the first page only: most processes render none

        folders = {name: path / "templates" for name, path in self._folders.items()}
        environment = jinja2.Environment(
            loader=jinja2.PrefixLoader({n: jinja2.FileSystemLoader(p) for n, p in folders.items() if p.is_dir()}),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        catalog = i18n.catalog(self._folders.values(), language)
        environment.install_gettext_translations(catalog, newstyle=True)  # type: ignore[attr-defined]
        return environment
