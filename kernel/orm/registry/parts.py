"""The declared classes of the installed addons, sorted by what they are, before they are composed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from kernel.errors import RegistryError, suggest
from kernel.orm.registry.bound import AddonModels, ModelInfo
from kernel.orm.registry.declare import Declaration
from kernel.orm.registry.faults import Faults

MAX_NAME: Final = 63
"""Bytes of an SQL name in PostgreSQL."""


@dataclass(slots=True)
class Parts:
    """The declared classes, sorted by what they are."""

    models: dict[str, tuple[str, type[Any]]] = field(default_factory=dict)
    extensions: dict[str, list[type[Any]]] = field(default_factory=dict)
    mixin_extensions: dict[type[Any], list[type[Any]]] = field(default_factory=dict)
    addon_of: dict[type[Any], str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def bringer(self, cls: type[Any], model: ModelInfo) -> str:
        """The addon that brings what `cls` declares into `model`: a mixin of an earlier addon comes with the model."""
        return max(self.addon_of.get(cls, model.addon), model.addon, key=self.order.index)


def sort(addons: Iterable[AddonModels], faults: Faults) -> Parts:
    """Sort the classes of addons given in load order; what cannot stand is noted and left out."""
    parts = Parts()
    for addon in addons:
        parts.order.append(addon.name)
        for cls in addon.classes:
            declaration: Declaration = cls.__dict__["__declaration__"]
            parts.addon_of[cls] = addon.name
            if declaration.kind == "model":
                with faults():
                    _add_model(parts, addon.name, cls, declaration)
            elif declaration.kind == "extension":
                _add_extension(parts, cls, declaration)
    for name, classes in parts.extensions.items():
        if name not in parts.models:
            with faults():
                raise RegistryError(
                    f'{classes[0].__declaration__.place}: {classes[0].__name__} extends "{name}", '
                    f"which is not installed.{suggest(name, parts.models)}",
                    hint="Declare the addon of that model in depends.",
                    rule="model-unknown-extended",
                )
    return parts


def _add_model(parts: Parts, addon: str, cls: type[Any], declaration: Declaration) -> None:
    name = declaration.model
    if name in parts.models:
        first = parts.models[name][1].__declaration__.place
        raise RegistryError(f'Model "{name}" is declared twice: {first} and {declaration.place}.', rule="model-twice")
    if name.split(".", 1)[0] != addon:
        raise RegistryError(
            f'{declaration.place}: model "{name}" must begin with its addon\'s name "{addon}.".',
            rule="model-wrong-name",
        )
    if len(name.split(".", 1)[1]) > MAX_NAME - len("_id_seq"):
        raise RegistryError(f'{declaration.place}: model name "{name}" is too long for SQL.', rule="model-wrong-name")
    parts.models[name] = (addon, cls)


def _add_extension(parts: Parts, cls: type[Any], declaration: Declaration) -> None:
    if declaration.model:
        parts.extensions.setdefault(declaration.model, []).append(cls)
        return
    mixin = next(base for base in cls.__mro__[1:] if base.__dict__["__declaration__"].kind == "mixin")
    parts.mixin_extensions.setdefault(mixin, []).append(cls)
