"""What an author may ask for: the templates, what each needs to know, and what its files are filled with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

from cli.output import Failure
from cli.scaffold.bases import Base, find_base, find_side
from kernel.addons import Library
from kernel.config import SOURCE_ROOT

TEMPLATES: Final[Mapping[str, str]] = {
    "model": "one model of its own, with views, rights, data and tests",
    "extension": "a field and behaviour for a model of another addon (--of crm.contact)",
    "bridge": "what connects two addons that do not know each other (--between crm,booking)",
    "widget": "a widget of the web client, and a model that shows it",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    name: str
    title: str
    license: str
    of: str = ""
    between: str = ""

    @property
    def distribution(self) -> str:
        """What `pip` calls it: `tenon-my-loyalty`."""
        return f"tenon-{self.name.replace('_', '-')}"


def values_of(template: str, wish: Wish, library: Library) -> dict[str, Any]:
    """What the files of a template are filled with; Failure where a model that is named is not there."""
    common = {
        "name": wish.name,
        "title": wish.title,
        "license": wish.license,
        "bridges": [],
        "distribution": wish.distribution,
        "year": dt.date.today().year,
        "own_text": _own_text,
    }
    return {**common, **_VALUES[template](wish, library)}


def _own_text(name: str) -> str:
    """A licence that Tenon has, too: beside its source, or in what pip keeps of it."""
    path = SOURCE_ROOT / name
    if not path.is_file():
        files = distribution("tenon").files or []
        path = next(Path(str(file.locate())) for file in files if file.name == name and "licenses" in file.parts)
    return path.read_text(encoding="utf-8")


def _model(_wish: Wish, _library: Library) -> dict[str, Any]:
    return {"depends": ["base", "web"], "summary": "Keeps items.", "about": "keeps items.", "icon": "box"}


def _widget(_wish: Wish, _library: Library) -> dict[str, Any]:
    return {"depends": ["base", "web"], "summary": "Shows scores.", "about": "shows scores.", "icon": "star"}


def _extension(wish: Wish, library: Library) -> dict[str, Any]:
    base = find_base(library, wish.of)
    summary = f"Keeps {base.model} from being deleted."
    return {
        "depends": [base.need],
        "summary": summary,
        "about": f"adds to {base.model}.",
        "icon": "plus",
        "base": base,
        "noun": base.noun,
    }


def _bridge(wish: Wish, library: Library) -> dict[str, Any]:
    names = [name.strip() for name in wish.between.split(",")]
    if len(names) != 2 or not all(names):
        raise Failure(f'"{wish.between}" are not two addons.', "Write both, with a comma: --between crm,booking")
    left, right = (find_side(library, name) for name in names)
    if left.addon == right.addon:
        raise Failure(f'Both sides are in "{left.addon}".', "A bridge connects two addons; one is extended: --of")
    for side in (left, right):
        if not side.field:
            raise Failure(f"{side.model} has neither an e-mail nor a name to compare.", "Name another of its models.")
    return {
        "depends": [],
        "bridges": [left.need, right.need],
        "summary": f"Connects {left.addon} and {right.addon}.",
        "about": f"connects {left.addon} and {right.addon}.",
        "icon": "link",
        "noun": left.noun,
        **_sides(left, right),
    }


def _sides(left: Base, right: Base) -> dict[str, Any]:
    """Names of both sides in code: where they have the same one, that of their addon comes before it."""
    alike = left.cls == right.cls or left.noun == right.noun
    prefix = {side.addon: "".join(part.title() for part in side.addon.split("_")) for side in (left, right)}
    values: dict[str, Any] = {"left": left, "right": right, "fields": _texts({left.field, right.field})}
    lines = []
    for key, side in (("left", left), ("right", right)):
        cls = prefix[side.addon] + side.cls if alike else side.cls
        values[f"{key}_cls"] = cls
        values[f"{key}_field"] = f"{side.addon}_{side.noun}" if alike else side.noun
        values[f"{key}_label"] = f"{side.label} ({side.addon})" if alike else side.label
        lines.append(f"from {side.module} import {side.cls}" + (f" as {cls}" if alike else ""))
    return {**values, "imports": _importer(lines)}


def _texts(names: set[str]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(names))


def _importer(lines: list[str]) -> Callable[..., str]:
    """Gives the imports of both models, and more, in the order of their modules."""
    return lambda *more: "\n".join(sorted([*lines, *more]))


_VALUES: Final[Mapping[str, Callable[[Wish, Library], dict[str, Any]]]] = {
    "model": _model,
    "extension": _extension,
    "bridge": _bridge,
    "widget": _widget,
}
