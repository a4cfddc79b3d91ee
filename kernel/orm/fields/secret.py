"""Texts that are encrypted in the database: what `Char` and `Text` become with `secret=True`.

In the cache lies a `Sealed`: the token as the database has it, or the text until it is written. Nobody but code
that acts as the system gets the text, by reading the attribute; on the wire there is only whether it is set.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kernel.errors import AccessError, DeveloperError, TenonError, ValidationError
from kernel.orm.fields.base import SEALED, Field
from kernel.orm.fields.scalar import Char, Text

if TYPE_CHECKING:
    from kernel.orm.model import Model
    from kernel.orm.ports import Ports
    from kernel.orm.registry.registry import Bound


class SecretError(TenonError):
    """The value of a secret field cannot be decrypted. `details` name model, record and field."""

    code = "secret"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret: encrypted, or not written yet. It never shows itself."""

    token: str = field(default="", repr=False)
    text: str = field(default="", repr=False)

    def __str__(self) -> str:
        return "<secret>"


class _Secret(Field[str]):
    exact: Any = Sealed
    prefetch = False

    def convert(self, value: Any, bound: Bound, id: int | None = None) -> Any:
        """A text is kept until the flush encrypts it; errors do not repeat it."""
        if value is None or value == "":
            return ""
        if isinstance(value, Sealed):
            return value
        try:
            if not isinstance(value, str):
                raise TypeError(f"a {type(value).__name__} is no text")
            return Sealed(text=self.accept(value))
        except (ValueError, TypeError) as reason:
            text = f"{bound.model.label}, {self.label}: {reason}."
            raise ValidationError(text, record=(bound.model.name, id), field=self.name) from None

    def convert_many(self, values: list[Any], bound: Bound) -> list[Any]:
        return [self.convert(value, bound) for value in values]

    def keep(self, value: Any, bound: Bound, id: int, ports: Ports) -> Any:
        if not value or value.token:
            return value
        if ports.secrets is None:
            raise DeveloperError(f"{bound!r}: nothing encrypts secrets.", hint="Give the env a port `secrets`.")
        return Sealed(ports.secrets.seal(value.text, purpose(bound)))

    def present(self, value: Any, record: Model) -> str:
        """The text, for the system; SecretError where the key is not at hand."""
        if not record.env.is_system:
            raise AccessError(
                f"The secret {self.label} of {record.__info__.label.lower()} records is not shown.",
                hint="Code that needs it reads it by env.as_system(why).",
            )
        return opened(value, record, self.name)

    def from_sql(self, value: Any) -> Any:
        return Sealed(value) if value else ""

    def to_sql(self, value: Any) -> Any:
        return value.token if value else ""

    def to_wire(self, value: Any) -> Any:
        return {"set": bool(value)}

    def from_wire(self, value: Any, bound: Bound) -> Any:
        """A new text; null or an empty one unsets."""
        return self.convert(value, bound)


def opened(value: Any, record: Model, name: str) -> str:
    """The text of a secret; SecretError names record and field."""
    if not value or value.text:
        return value.text if value else ""
    model, secrets = record.__info__, record.env.ports.secrets
    try:
        if secrets is None:
            raise ValueError("nothing decrypts secrets here")
        return secrets.open(value.token, purpose(model.fields[name]))
    except ValueError as reason:
        raise SecretError(
            f"{model.label} {record.id}, {model.fields[name].field.label}: this secret cannot be read: {reason}.",
            hint="Put the right master key back, or enter the secret anew. `tenon doctor` lists all that are lost.",
            model=model.name,
            id=record.id,
            field=name,
        ) from None


def purpose(bound: Bound) -> str:
    """What a token of this field counts for."""
    return f"{bound.model.name}.{bound.name}"


class SecretChar(_Secret, Char):
    """A short text, encrypted."""

    exact: Any = Sealed
    accept = Char.accept


class SecretText(_Secret, Text):
    """A text of any length, encrypted."""

    exact: Any = Sealed
    accept = Text.accept


SEALED.update({Char: SecretChar, Text: SecretText})
