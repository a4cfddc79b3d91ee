"""Typed settings of an addon: what a tenant may tune, read as `env.settings(CrmSettings).rot_days`.

    class CrmSettings(Settings, addon="crm"):
        \"\"\"How the pipeline behaves.\"\"\"

        rot_days: int = setting(14, "Days until a deal without activity is marked")

An object of the class holds the values in force; it is frozen. Where values are kept is asked through the
hook `settings_store`; the settings screen is made from `describe()`.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, ClassVar, Final, Self, TypeVar, dataclass_transform, get_type_hints

from kernel.errors import DeveloperError, ValidationError, suggest

T = TypeVar("T")
_META: Final = "tenon.setting"
_TYPES: Final = {
    bool: "boolean", int: "integer", float: "float", Decimal: "decimal", str: "char", datetime.date: "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One setting as a screen shows it."""

    addon: str
    name: str
    type: str
    label: str
    help: str
    default: Any
    per_company: bool
    choices: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """Its name over all addons: `crm.rot_days`."""
        return f"{self.addon}.{self.name}"


def setting(
    default: T,
    label: str,
    *,
    help: str = "",
    per_company: bool = False,
    choices: tuple[tuple[str, str], ...] = (),
) -> T:
    """Declare a setting: its default (which gives the type) and its label."""
    meta = {"label": label, "help": help, "per_company": per_company, "choices": choices}
    declared: T = field(default=default, metadata={_META: meta})
    return declared


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(setting,))
class Settings:
    """Base of an addon's settings; see the module."""

    addon: ClassVar[str]
    infos: ClassVar[Mapping[str, SettingInfo]]

    def __init_subclass__(cls, addon: str = "") -> None:
        if not addon:
            raise DeveloperError(
                f"The settings class {cls.__qualname__} names no addon.",
                hint=f'Write `class {cls.__name__}(Settings, addon="...")`.',
            )
        cls.addon = addon
        cls.__annotations__ = {n: t for n, t in cls.__dict__.get("__annotations__", {}).items()}
        dataclass(frozen=True, kw_only=True)(cls)
        cls.infos = _infos(cls, addon)

    @classmethod
    def from_wire(cls, values: Mapping[str, Any]) -> Self:
        """An object from stored values; a name nobody knows any more is left out."""
        known = {name: value for name, value in values.items() if name in cls.infos}
        return cls(**{name: cls.check(name, value) for name, value in known.items()})

    @classmethod
    def check(cls, name: str, value: Any) -> Any:
        """The value of a setting, as its type; ValidationError if it is none."""
        info = cls.infos.get(name)
        if info is None:
            text = f'{cls.addon} has no setting "{name}".{suggest(name, cls.infos)}'
            raise ValidationError(text, field=name)
        try:
            checked = _cast(info, value)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise ValidationError(f"{info.label}: {value!r} is no {info.type}.", field=name) from error
        if info.choices and checked not in dict(info.choices):
            allowed = ", ".join(choice for choice, _ in info.choices)
            raise ValidationError(f"{info.label}: {value!r} is none of {allowed}.", field=name)
        return checked

    def to_wire(self) -> dict[str, Any]:
        """The values as JSON holds them: decimals and dates as text."""
        return {
            name: str(value) if isinstance(value, (Decimal, datetime.date)) else value
            for name, value in dataclasses.asdict(self).items()  # type: ignore[call-overload]
        }

    @classmethod
    def describe(cls) -> tuple[SettingInfo, ...]:
        """Every setting, for the screen."""
        return tuple(cls.infos.values())


def _infos(cls: type[Settings], addon: str) -> dict[str, SettingInfo]:
    hints = get_type_hints(cls)
    found: dict[str, SettingInfo] = {}
    for item in fields(cls):  # type: ignore[arg-type]
        meta = item.metadata.get(_META)
        kind = _TYPES.get(hints[item.name])
        if meta is None or kind is None:
            raise DeveloperError(
                f"{cls.__qualname__}.{item.name} is no setting.",
                hint='Write `name: int = setting(14, "Label")`; types: bool, int, float, Decimal, str, date.',
            )
        kind = "selection" if meta["choices"] else kind
        found[item.name] = SettingInfo(
            addon,
            item.name,
            kind,
            meta["label"],
            meta["help"],
            item.default,
            meta["per_company"],
            meta["choices"],
        )
    return found


def _cast(info: SettingInfo, value: Any) -> Any:
    if info.type == "boolean":
        if not isinstance(value, bool):
            raise TypeError("true or false is needed")
        return value
    if info.type in ("integer", "float") and (
        isinstance(value, bool) or not isinstance(value, (int, float, str))
    ):
        raise TypeError("a number is needed")
    if info.type == "integer":
        return int(value)
    if info.type == "float":
        return float(value)
    if info.type == "decimal":
        return Decimal(str(value))
    if info.type == "date":
        return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)
    if not isinstance(value, str):
        raise TypeError("a text is needed")
    return value
