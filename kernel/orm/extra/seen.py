"""Which extra fields one env sees: the tenant's definitions, without those of groups that the actor is not in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, cast

from kernel.errors import UnknownFieldError
from kernel.orm.extra.definitions import NOTHING, ExtraBound, ExtraSet
from kernel.orm.extra.paths import typed_order

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.registry.bound import Bound, ModelInfo


class SeenExtras:
    """What was found for one env; made anew when the tenant's definitions are other ones."""

    __slots__ = ("_by_model", "_set")

    def __init__(self) -> None:
        self._set: ExtraSet | None = None
        self._by_model: dict[str, Mapping[str, ExtraBound]] = {}

    def of(self, env: Env, model: ModelInfo) -> Mapping[str, ExtraBound]:
        """API name -> field, of an extensible model."""
        port = env.ports.extra_fields
        if port is None:
            return NOTHING
        current = port.definitions(env.as_system("extra fields are the same for everybody"))
        if current is not self._set:
            self._set, self._by_model = current, {}
        fields = self._by_model.get(model.name)
        if fields is None:
            fields = self._by_model[model.name] = {
                name: bound for name, bound in current.of(model).items() if _shown(env, bound)
            }
        return fields


class ExtraEnv:
    """What an env offers for extra fields."""

    @cached_property
    def _extras(self) -> SeenExtras:
        return SeenExtras()

    @property
    def _env(self) -> Env:
        return cast("Env", self)

    def extra_fields(self, model: ModelInfo) -> Mapping[str, ExtraBound]:
        """The tenant's extra fields of a model that the actor may see, by API name (`x_color`)."""
        return self._extras.of(self._env, model) if model.extensible else NOTHING

    def extra_field(self, model: ModelInfo, name: str) -> ExtraBound:
        """An extra field by its API name; raises UnknownFieldError, also for one that the actor may not see."""
        fields = self.extra_fields(model)
        if name in fields:
            return fields[name]
        hidden = self._env.hidden_names(model)
        raise UnknownFieldError(model.name, name, [*(n for n in model.fields if n not in hidden), *fields])

    def field(self, model: ModelInfo, name: str) -> Bound:
        """A declared or extra field by the name that clients use; a hidden one is unknown."""
        bound = model.fields.get(name)
        known = bound is not None and bound is not model.extra and name not in self._env.hidden_names(model)
        return bound if known and bound is not None else self.extra_field(model, name)

    def typed(self, model: ModelInfo, text: str) -> str:
        """An order, a key of groups or an aggregate, the extra fields in it typed for SQL."""
        return typed_order(text, model, self.extra_field) if "x_" in text or "@" in text else text


def _shown(env: Env, bound: ExtraBound) -> bool:
    groups = bound.definition.groups
    return env.is_system or not groups or not groups.isdisjoint(env.user.groups)
