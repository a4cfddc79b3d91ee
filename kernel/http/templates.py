"""Jinja2 templates of addons: `web/login.html` is `login.html` in `addons/web/templates`; always escaped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jinja2

from kernel import i18n


class Templates:
    """The templates of one assembly, one Jinja environment per language."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        """`folders` maps addon -> its folder, in load order."""
        self._folders = dict(folders)
        self._loader = jinja2.PrefixLoader(
            {
                name: jinja2.FileSystemLoader(path / "templates")
                for name, path in self._folders.items()
                if (path / "templates").is_dir()
            }
        )
        self._environments: dict[str, jinja2.Environment] = {}

    def render(self, name: str, language: str, values: Mapping[str, object]) -> str:
        """The text of a template, its own texts in `language`."""
        return self._environment(language).get_template(name).render(values)

    def _environment(self, language: str) -> jinja2.Environment:
        found = self._environments.get(language)
        if found is None:
            found = jinja2.Environment(
                loader=self._loader,
                autoescape=True,
                undefined=jinja2.StrictUndefined,
                extensions=["jinja2.ext.i18n"],
                trim_blocks=True,
                lstrip_blocks=True,
                auto_reload=False,
            )
            catalog = i18n.catalog(self._folders.values(), language)
            found.install_gettext_translations(catalog, newstyle=True)  # type: ignore[attr-defined]
            self._environments[language] = found
        return found
