"""Checks of templates and translations: they can be read, and what they name is there."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from kernel.addons.discovery.loader import Addon
from kernel.addons.findings import Findings
from kernel.errors import suggest

_NAMED: Final = re.compile(r"%\((\w+)\)[sdif]")


def check_templates(addon: Addon, folders: Mapping[str, Path], findings: Findings) -> None:
    """Templates are valid Jinja and extend or include templates that are there. `folders`: addon -> its folder."""
    files = [path for path in addon.files("templates") if path.suffix in (".html", ".txt", ".xml", ".j2")]
    if not files:
        return
    import jinja2  # noqa: PLC0415 - not needed to serve
    from jinja2 import meta, nodes  # noqa: PLC0415

    known = {
        f"{name}/{path.relative_to(folder / 'templates').as_posix()}"
        for name, folder in folders.items()
        for path in (folder / "templates").rglob("*")
        if path.is_file()
    }
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in files:
        try:
            tree = environment.parse(path.read_text(encoding="utf-8"))
        except jinja2.TemplateSyntaxError as error:
            text = f"is no valid template: {error.message}"
            findings.add(addon.shown(path), error.lineno, "", text, rule="template-syntax")
            continue
        for name in sorted(filter(None, meta.find_referenced_templates(tree))):
            if name not in known:
                kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
                line = next((n.lineno for kind in kinds for n in tree.find_all(kind) if _names(n, name)), 0)
                text = f'no template "{name}".{suggest(name, known)}'
                findings.add(addon.shown(path), line, "", text, rule="template-unknown")


def _names(node: object, name: str) -> bool:
    return name in str(getattr(node, "template", ""))


def check_translations(addon: Addon, findings: Findings) -> None:
    """Catalogs can be read, and a translated text has the values of its source."""
    files = addon.files("i18n")
    if not files:
        return
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - not needed to serve
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415 - not needed to serve

    for path in files:
        shown = addon.shown(path)
        try:
            Locale.parse(path.stem)
            with path.open("rb") as source:
                catalog = read_po(source, locale=path.stem, abort_invalid=True)
        except PoFileError as error:
            text = f"is no valid catalog: {error}"
            findings.add(shown, (error.lineno or 0) + 1, "", text, rule="translation-syntax")
            continue
        except (ValueError, LookupError, UnknownLocaleError) as error:
            findings.add(shown, 0, "", f"cannot be read: {error}", rule="translation-syntax")
            continue
        for message in catalog:
            if message.id and message.string:
                _check_message(shown, message.lineno or 0, message.id, message.string, findings)


def _check_message(shown: str, line: int, source: object, translated: object, findings: Findings) -> None:
    """Each form of the translation names values that the source has; none is missing from the last (plural) form."""
    sources = list(source) if isinstance(source, (tuple, list)) else [str(source)]
    known = {name for text in sources for name in _placeholders(text)}
    forms = [str(form) for form in (translated if isinstance(translated, (tuple, list)) else [translated]) if form]
    strange = [(form, name) for form in forms for name in sorted(_placeholders(form) - known)]
    for form, name in strange:
        text = f'"{form}" names the value "{name}", which "{sources[0]}" does not have.{suggest(name, known)}'
        findings.add(shown, line, "", text, rule="translation-wrong-value")
    if strange or not forms:
        return
    for name in sorted(_placeholders(sources[-1]) - _placeholders(forms[-1])):
        text = f'"{forms[-1]}" does not name the value "{name}" of "{sources[-1]}"'
        findings.add(shown, line, "", text, rule="translation-wrong-value")


def _placeholders(text: str) -> set[str]:
    """`{n}` and `%(n)s`: the values of a text."""
    try:
        braces = {name.partition(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        braces = set()
    return braces | set(_NAMED.findall(text))


def template_folders(addons: Iterable[Addon]) -> dict[str, Path]:
    """Addon -> its folder, of those that have templates."""
    return {addon.name: addon.path for addon in addons if addon.files("templates")}
