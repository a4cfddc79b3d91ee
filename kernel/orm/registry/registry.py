"""The registry: the models of one ordered set of addons, composed and immutable.

Tenants with the same addons share one registry; nothing of a tenant is in it.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kernel.errors import DeveloperError, NotInstalledError, UnknownModelError
from kernel.orm.registry.bound import AddonModels, Bound, BoundConstraint, LinkTable, ModelInfo
from kernel.orm.registry.compose import Composition, compose, examine

__all__ = ["AddonModels", "Bound", "BoundConstraint", "LinkTable", "ModelInfo", "Plans", "Registry"]


class Plans(OrderedDict[Any, Any]):
    """A bounded cache of compiled queries, by shape; the least recently compiled leave first."""

    def __init__(self, limit: int = 4096) -> None:
        super().__init__()
        self.limit = limit

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        while len(self) > self.limit:
            self.popitem(last=False)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cycle collector, which finds nothing here and takes half of the time of a large registry."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Registry:
    """The models of an ordered set of addons. Made by `build`; not changed afterwards."""

    def __init__(self, parts: Sequence[AddonModels], composition: Composition) -> None:
        self.addons = tuple(part.name for part in parts)
        self.models = composition.models
        self.bounds = composition.bounds
        self.by_class = composition.by_class
        self.trees = tuple(model for model in self.models.values() if model.tree is not None)
        self.plans = Plans()
        for model in self.models.values():
            model.registry = self

    @staticmethod
    def build(addons: Iterable[AddonModels]) -> Registry:
        """Compose the classes of `addons`, given in load order.

        Raises RegistryError for classes that do not fit together, naming both places.
        """
        parts = tuple(addons)
        with _uncollected():
            return Registry(parts, compose(parts))

    @staticmethod
    def examine(addons: Iterable[AddonModels]) -> tuple[Registry, Sequence[DeveloperError]]:
        """A registry of what is sound, to look at and not to work with, and everything that is wrong."""
        parts = tuple(addons)
        with _uncollected():
            composition, faults = examine(parts)
        return Registry(parts, composition), faults.errors

    def personal_data(self) -> dict[str, tuple[str, ...]]:
        """Model -> names of the fields that hold personal data (`pii=True`); models without any are left out."""
        found = {
            name: tuple(bound.name for bound in model.fields.values() if bound.field.pii)
            for name, model in self.models.items()
        }
        return {name: names for name, names in found.items() if names}

    def model(self, name: str) -> ModelInfo:
        """The model `name`; raises UnknownModelError with the nearest name."""
        try:
            return self.models[name]
        except KeyError:
            raise UnknownModelError(name, self.models) from None

    def model_of(self, cls: type[Any]) -> ModelInfo:
        """The model that `cls` declares or extends; raises NotInstalledError."""
        try:
            return self.by_class[cls]
        except KeyError:
            name = getattr(cls, "__model__", "") or cls.__name__
            raise NotInstalledError(
                f"{cls.__module__}.{cls.__name__} ({name}) is not installed in this tenant.",
                hint=f"Declare the addon in depends, or ask env.has({name!r}) first.",
            ) from None
