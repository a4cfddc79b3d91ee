"""Fields of one value: text, numbers, truth, choice, JSON."""

from __future__ import annotations

import builtins
import enum
import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP
from decimal import Decimal as Number
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack, overload

import nh3

from kernel.errors import DeveloperError, suggest
from kernel.orm.domain import Domain
from kernel.orm.fields.base import Field, Options

if TYPE_CHECKING:
    from kernel.orm.model import Model
    from kernel.orm.registry import Bound

N = TypeVar("N")
INT8 = 2**63


class _Textual(Field[str]):
    sql_type = "text"
    exact = str

    @property
    def null(self) -> Any:
        return ""

    def accept(self, value: str) -> str:
        if "\0" in value:
            raise ValueError("a text cannot contain the NUL character")
        return value

    def ilike(self, text: str) -> Domain:
        """Contains `text`, whatever the case; `%`, `_` and `\\` are literal."""
        return Domain.term(self.name, "ilike", text)

    def like(self, text: str) -> Domain:
        """Contains `text` exactly; `%`, `_` and `\\` are literal."""
        return Domain.term(self.name, "like", text)

    def starts_with(self, text: str) -> Domain:
        """Begins with `text`."""
        return Domain.term(self.name, "starts_with", text)


class Char(_Textual):
    """A short text on one line; `size` limits the number of characters."""

    type = "char"

    def __init__(self, label: str = "", *, size: int | None = None, **options: Unpack[Options]) -> None:
        super().__init__(label, **options)
        self.size = size

    def accept(self, value: str) -> str:
        if self.size is not None and len(value) > self.size:
            raise ValueError(f"{len(value)} characters are too long, {self.size} fit")
        if "\0" in value:
            raise ValueError("a text cannot contain the NUL character")
        return value

    def accepts_all(self, values: list[Any]) -> bool:
        return self.size is None and "\0" not in "".join(values)


class Text(_Textual):
    """A text of any length."""

    type = "text"

    def __init__(self, label: str = "", **options: Unpack[Options]) -> None:
        super().__init__(label, **options)


class Html(_Textual):
    """Rich text, sanitised whenever it is set."""

    type = "html"
    prefetch = False

    def __init__(self, label: str = "", **options: Unpack[Options]) -> None:
        super().__init__(label, **options)

    def accept(self, value: str) -> str:
        return nh3.clean(super().accept(value))


class _Number(Field[N], Generic[N]):
    @property
    def null(self) -> Any:
        return None if self.nullable else self.exact(0)


class Integer(_Number[N]):
    """A whole number of 64 bits."""

    type = "integer"
    sql_type = "int8"
    exact = int

    @overload
    def __init__(
        self: Integer[int], label: str = ..., *, nullable: Literal[False] = ..., **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: Integer[int | None], label: str = ..., *, nullable: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, label: str = "", *, nullable: bool = False, **options: Any) -> None:
        super().__init__(label, nullable=nullable, **options)

    def accept(self, value: int) -> int:
        if not -INT8 <= value < INT8:
            raise ValueError(f"{value} is out of range for a whole number of 64 bits")
        return value

    def accepts_all(self, values: list[Any]) -> bool:
        return bool(min(values) >= -INT8 and max(values) < INT8)


class Float(_Number[N]):
    """A binary floating-point number; never money."""

    type = "float"
    sql_type = "float8"
    exact = float

    @overload
    def __init__(
        self: Float[float], label: str = ..., *, nullable: Literal[False] = ..., **options: Unpack[Options]
    ) -> None: ...
    @overload
    def __init__(
        self: Float[float | None], label: str = ..., *, nullable: Literal[True], **options: Unpack[Options]
    ) -> None: ...
    def __init__(self, label: str = "", *, nullable: bool = False, **options: Any) -> None:
        super().__init__(label, nullable=nullable, **options)

    def accept(self, value: float) -> float:
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a finite number")
        return value

    def accepts_all(self, values: list[Any]) -> bool:
        return math.isfinite(sum(values))  # one that is not finite shows in the sum

    def coerce(self, value: Any) -> float:
        if type(value) is int:
            return float(value)
        raise TypeError(f"{value!r} is no number")


class Decimal(_Number[N]):
    """An exact number of `digits=(all, after the point)`, rounded half up."""

    type = "decimal"
    sql_type = "numeric"
    exact = Number

    @overload
    def __init__(
        self: Decimal[Number],
        label: str = ...,
        *,
        digits: tuple[int, int] = ...,
        nullable: Literal[False] = ...,
        **options: Unpack[Options],
    ) -> None: ...
    @overload
    def __init__(
        self: Decimal[Number | None],
        label: str = ...,
        *,
        digits: tuple[int, int] = ...,
        nullable: Literal[True],
        **options: Unpack[Options],
    ) -> None: ...
    def __init__(
        self, label: str = "", *, digits: tuple[int, int] = (16, 2), nullable: bool = False, **options: Any
    ) -> None:
        super().__init__(label, nullable=nullable, **options)
        self.digits = digits
        self._step = Number(1).scaleb(-digits[1])
        self._limit = Number(10) ** (digits[0] - digits[1])

    if TYPE_CHECKING:  # whole numbers are exact too

        def __set__(self, record: Model, value: N | int) -> None: ...
        def __lt__(self, value: N | int) -> Domain: ...
        def __le__(self, value: N | int) -> Domain: ...
        def __gt__(self, value: N | int) -> Domain: ...
        def __ge__(self, value: N | int) -> Domain: ...

    def accept(self, value: Number) -> Number:
        if not value.is_finite():
            raise ValueError(f"{value} is not a finite number")
        if abs(value) >= self._limit:
            raise ValueError(f"{value} has more than {self.digits[0] - self.digits[1]} digits before the point")
        return value.quantize(self._step, ROUND_HALF_UP)

    def coerce(self, value: Any) -> Number:
        if type(value) is int:
            return Number(value)
        if type(value) is str:
            try:
                return Number(value)
            except ArithmeticError:
                raise ValueError(f"{value!r} is no number") from None
        if type(value) is float:
            raise TypeError(f"{value!r} is a binary float; give a Decimal, a whole number or a text")
        raise TypeError(f"{value!r} is no number")

    def to_wire(self, value: Any) -> Any:
        return None if value is None else format(value, "f")

    def from_wire(self, value: Any, bound: Bound) -> Any:
        return self.convert(str(value) if type(value) is float else value, bound)


class Money(Decimal[Number]):
    """An amount in the currency of the field named `currency`, rounded to its decimals when set."""

    type = "money"

    def __init__(self, label: str = "", *, currency: str = "currency", **options: Unpack[Options]) -> None:
        super().__init__(label, digits=(18, 4), **options)
        self.currency = currency

    @staticmethod
    def rounded(value: Number, decimals: int) -> Number:
        """Half up to the currency's decimals."""
        return value.quantize(Number(1).scaleb(-decimals), ROUND_HALF_UP)


class Boolean(Field[bool]):
    """True or false; never unset."""

    type = "boolean"
    sql_type = "bool"
    exact = bool

    def __init__(self, label: str = "", **options: Unpack[Options]) -> None:
        super().__init__(label, **options)

    @property
    def null(self) -> Any:
        return False


S = TypeVar("S")


class Selection(Field[S]):
    """One of a fixed list: `[("open", "Open"), ...]` or an Enum of texts (its values are stored)."""

    type = "selection"
    sql_type = "text"
    exact = str

    @overload
    def __init__(
        self: Selection[str],
        values: Sequence[tuple[str, str]] | builtins.type[enum.Enum],
        label: str = ...,
        *,
        required: Literal[True],
        default: Any = ...,
        **options: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: Selection[str | None],
        values: Sequence[tuple[str, str]] | builtins.type[enum.Enum],
        label: str = ...,
        **options: Any,
    ) -> None: ...
    def __init__(
        self, values: Sequence[tuple[str, str]] | builtins.type[enum.Enum], label: str = "", **options: Any
    ) -> None:
        super().__init__(label, **options)
        if isinstance(values, type):
            values = [(member.value, member.name.replace("_", " ").capitalize()) for member in values]
        if not values:
            raise DeveloperError("Selection() needs at least one value.")
        self.values: tuple[tuple[str, str], ...] = tuple((value, text) for value, text in values)
        self._labels = dict(self.values)
        self.added: dict[str, str] = {}

    def accept(self, value: str) -> Any:
        if value in self._labels or value in self.added:
            return value
        if value == "":
            return None
        near = suggest(value, self._labels)
        raise ValueError(f'"{value}" is none of {", ".join(self._labels)}.{near}'.rstrip("."))

    def coerce(self, value: Any) -> str:
        if isinstance(value, enum.Enum):
            return str(value.value)
        raise TypeError(f"{value!r} is no text")

    def text(self, value: str | None) -> str:
        """What a person reads for `value`."""
        return "" if value is None else self._labels.get(value, value)


class Json(Field[Any]):
    """Any JSON value, kept as it is."""

    type = "json"
    sql_type = "jsonb"
    prefetch = False
    orderable = False

    def __init__(self, label: str = "", **options: Unpack[Options]) -> None:
        super().__init__(label, **options)

    def convert(self, value: Any, bound: Bound, id: int | None = None) -> Any:
        return value


def selection_pairs(values: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The wire form of a selection's values."""
    return [[value, text] for value, text in values]
