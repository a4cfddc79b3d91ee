"""Typed settings of an addon: a class of annotated defaults, kept per tenant by a provider.

    class CrmSettings(Settings, addon="crm"):
        rot_days: int = 14

Read with `env.settings(CrmSettings).rot_days`. Values are bool, int, str, or Decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn, Self, get_type_hints

from kernel.errors import DeveloperError, ValidationError, suggest

_TYPES = (bool, int, str, Decimal)


class Settings:
    """Base of the settings classes. Instances are immutable."""

    __addon__: ClassVar[str] = ""

    def __init_subclass__(cls, *, addon: str) -> None:
        super().__init_subclass__()
        cls.__addon__ = addon

    @classmethod
    def declared(cls) -> Mapping[str, tuple[type[Any], Any]]:
        """name -> (type, default)."""
        hints = {name: kind for name, kind in get_type_hints(cls).items() if not name.startswith("__")}
        for name, kind in hints.items():
            if kind not in _TYPES or not hasattr(cls, name):
                raise DeveloperError(f"{cls.__name__}.{name} needs a type of bool, int, str, Decimal and a default.")
        return MappingProxyType({name: (kind, getattr(cls, name)) for name, kind in hints.items()})

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """The settings with `values` (wire form) over the defaults; what is no longer declared is left out."""
        self = cls.__new__(cls)
        for name, (kind, default) in cls.declared().items():
            object.__setattr__(self, name, cls.cast(name, kind, values[name]) if name in values else default)
        return self

    @classmethod
    def cast(cls, name: str, kind: type[Any], value: Any) -> Any:
        """One value in its type; raises ValidationError."""
        if name not in cls.declared():
            raise ValidationError(f'{cls.__addon__} has no setting "{name}".{suggest(name, cls.declared())}')
        try:
            if kind is Decimal:
                return Decimal(str(value))
            if kind is int and isinstance(value, bool):
                raise ValueError
            if type(value) is kind:
                return value
            raise ValueError
        except (ValueError, ArithmeticError):
            raise ValidationError(f"Setting {name}: {value!r} is no {kind.__name__}.", field=name) from None

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Settings are immutable: {name} cannot be set.")
