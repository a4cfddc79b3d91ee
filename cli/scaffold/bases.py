"""The model of another addon that a new one extends or links: found by name, and as code names it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cli.output import Failure
from cli.scaffold.samples import sample
from kernel.addons import Addon, Assembly, Library
from kernel.errors import suggest
from kernel.orm import ModelInfo, Unique


@dataclass(frozen=True, slots=True)
class Base:
    """A model, and what the files of a new addon say of it."""

    model: str
    addon: str
    cls: str
    module: str
    need: str
    """For the manifest: `crm >=0.1,<1`."""
    field: str
    """The field by which records of two addons are compared: the e-mail, else the title."""
    repeats: bool
    """Whether two records may have the same value in it."""
    views: tuple[str, ...]
    sample: str
    """Source of a dict that a record can be made from."""

    @property
    def noun(self) -> str:
        """`contact`, of `crm.contact`."""
        return self.model.partition(".")[2]

    @property
    def label(self) -> str:
        """`Contact`."""
        return self.noun.replace("_", " ").capitalize()


COMPARED: Final = "email"


def find_base(library: Library, name: str) -> Base:
    """The base of a model's name; Failure with the near word where there is no such model."""
    addon, _, noun = name.partition(".")
    assembly = _assembly(library, addon)
    own = {model.name: model for model in _own_models(assembly, addon)}
    if not noun:
        raise Failure(f'"{name}" is an addon; which of its models?', f"It has: {', '.join(sorted(own)) or 'none'}.")
    if name not in own:
        raise Failure(f'There is no model "{name}".{suggest(name, own)}', f"{addon} has: {', '.join(sorted(own))}.")
    return _describe(assembly, own[name])


def find_side(library: Library, name: str) -> Base:
    """The base of one side of a bridge: a model, or for an addon's name the one that is most like a person."""
    if "." in name:
        return find_base(library, name)
    assembly = _assembly(library, name)
    shown = [model for model in _own_models(assembly, name) if "form" in _views(assembly, model.name)]
    if not shown:
        raise Failure(
            f'No model of "{name}" has a form, so it does not show which one to link.', "Name it: crm.contact"
        )
    return _describe(assembly, min(shown, key=lambda model: (COMPARED not in model.fields, model.name)))


def _assembly(library: Library, addon: str) -> Assembly:
    return library.assembly(library.resolve([addon]))


def _own_models(assembly: Assembly, addon: str) -> Iterable[ModelInfo]:
    """Models with a table of their own: others take no new columns."""
    models = assembly.registry.models.values()
    return [model for model in models if model.addon == addon and not model.query and not model.transient]


def _describe(assembly: Assembly, model: ModelInfo) -> Base:
    addon = assembly.addon(model.addon)
    declared = _declared(addon, model.name)
    public = addon.modules.get(f"addons.{addon.name}.models")
    is_public = getattr(public, declared.__name__, None) is declared
    version = addon.manifest.version
    compared = next((name for name in (COMPARED, model.title) if _is_text(model, name)), "")
    return Base(
        model=model.name,
        addon=addon.name,
        cls=declared.__name__,
        module=f"addons.{addon.name}.models" if is_public else declared.__module__,
        need=f"{addon.name} >={version.major}.{version.minor},<{version.major + 1}",
        field=compared,
        repeats=not _is_unique(model, compared),
        views=_views(assembly, model.name),
        sample=sample(model),
    )


def _is_text(model: ModelInfo, name: str) -> bool:
    return name in model.fields and model.fields[name].field.type == "char"


def _is_unique(model: ModelInfo, name: str) -> bool:
    rules = [bound.constraint for bound in model.constraints]
    return any(isinstance(rule, Unique) and rule.fields == (name,) for rule in rules) or (
        name in model.fields and model.fields[name].field.unique
    )


def _declared(addon: Addon, model: str) -> type[Any]:
    """The class that begins a model, as its addon wrote it."""
    for cls in addon.classes:
        declaration = vars(cls)["__declaration__"]
        if declaration.model == model and declaration.kind == "model":
            return cls
    raise LookupError(model)


def _views(assembly: Assembly, model: str) -> tuple[str, ...]:
    """The kinds of views that the addons declare for a model."""
    found: set[str] = set()
    for addon in assembly.addons:
        for path in addon.files("views"):
            document: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
            kinds = (kind for kind in ("form", "list", "search") if isinstance(document.get(kind), dict))
            found.update(kind for kind in kinds if model in document[kind])
    return tuple(sorted(found))
