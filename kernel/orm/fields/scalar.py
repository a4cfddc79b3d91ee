"""Fields of one value: texts, numbers, truth."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context
from decimal import Decimal as Number
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack, overload

import nh3

from kernel.errors import DeveloperError
from kernel.orm.domains.domain import Domain
from kernel.orm.fields.base import Field, Options

if TYPE_CHECKING:
    from kernel.orm.model import Model
    from kernel.orm.registry.registry import Bound

N = TypeVar("N")
INT8 = 2**63
_EXACT = Context(prec=1100)
"""More digits than a number may have: nothing is rounded but by `quantize`."""


def sendable(text: str) -> str:
    """The text, if PostgreSQL can hold it; raises ValueError."""
    if "\0" in text:
        raise ValueError("a text cannot contain the NUL character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValueError("a text cannot contain half of a character (a lone surrogate)") from None
    return text


class _Textual(Field[str]):
    sql_type = "text"
    exact = str

    @property
    def null(self) -> Any:
        return ""

    def accept(self, value: str) -> str:
        return value if value.isascii() and "\0" not in value else sendable(value)

    def accepts_all(self, values: list[Any]) -> bool:
        joined = "".join(values)
        try:
            return "\0" not in joined and (joined.isascii() or bool(joined.encode()))
        except UnicodeEncodeError:
            return False

    def ilike(self, text: str) -> Domain:
        """Contains `text`, whatever the case; `%`, `_` and `\\` are literal."""
        return Domain.term(self.name, "ilike", text)

    def like(self, text: str) -> Domain:
        """Contains `text` exactly; `%`, `_` and `\\` are literal."""
        return Domain.term(self.name, "like", text)

    def starts_with(self, text: str) -> Domain:
        """Begins with `text`."""
        return Domain.term(self.name, "starts_with", text)

    def similar(self, text: str) -> Domain:
        """Written like `text`, with slips of the pen; see `index="trigram"`. Sort by `order="relevance"`."""
        return Domain.term(self.name, "similar", text)

    def matches(self, text: str) -> Domain:
        """Has the words of `text` (`"a phrase"`, `or`, `-without`); see `index="fulltext"`."""
        return Domain.term(self.name, "matches", text)


class Char(_Textual):
    """A short text on one line; `size` limits the number of characters."""

    type = "char"

    def __init__(self, label: str = "", *, size: int | None = None, **options: Unpack[Options]) -> None:
        super().__init__(label, **options)
        if size is not None and (type(size) is not int or size < 1):
            raise DeveloperError(f"{self.place}: size={size!r} must be a whole number of characters, 1 or more.")
        self.size = size

    def accept(self, value: str) -> str:
        if self.size is not None and len(value) > self.size:
            raise ValueError(f"{len(value)} characters are too long, {self.size} fit")
        return value if value.isascii() and "\0" not in value else sendable(value)

    def accepts_all(self, values: list[Any]) -> bool:
        return self.size is None and super().accepts_all(values)


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

    def accepts_all(self, values: list[Any]) -> bool:
        return False


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
            if float(value) != value:
                raise ValueError(f"{value} cannot be kept exactly as a binary float")
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
        if not (_is_pair(digits) and 0 < digits[0] <= 1000 and 0 <= digits[1] <= digits[0]):
            raise DeveloperError(f"{self.place}: digits={digits!r} must be (all, after the point), like (16, 2).")
        self.digits = digits
        self._step = Number(1).scaleb(-digits[1])
        self._limit = Number((0, (1,), digits[0] - digits[1]))
        self._zero = Number((0, (0,), -digits[1]))

    @property
    def null(self) -> Any:
        return None if self.nullable else self._zero

    if TYPE_CHECKING:  # whole numbers are exact too

        def __set__(self, record: Model, value: N | int) -> None: ...
        def __lt__(self, value: N | int) -> Domain: ...
        def __le__(self, value: N | int) -> Domain: ...
        def __gt__(self, value: N | int) -> Domain: ...
        def __ge__(self, value: N | int) -> Domain: ...

    def accept(self, value: Number) -> Number:
        if not value.is_finite():
            raise ValueError(f"{value} is not a finite number")
        if value.copy_abs() < self._limit:
            rounded = value.quantize(self._step, ROUND_HALF_UP, _EXACT)
            if rounded.copy_abs() < self._limit:  # 9.995 may have become 10.00
                return rounded or self._zero  # there is no -0.00 in the database
        raise ValueError(f"{value} has more than {self.digits[0] - self.digits[1]} digits before the point")

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


def _is_pair(digits: Any) -> bool:
    return isinstance(digits, (tuple, list)) and [type(each) for each in digits] == [int, int]


class Money(Decimal[Number]):
    """An amount in the currency of the field named `currency`, rounded half up to its decimals.

    It always has four decimals, as in the database: without a currency they are all kept.
    """

    type = "money"

    def __init__(self, label: str = "", *, currency: str = "currency", **options: Unpack[Options]) -> None:
        super().__init__(label, digits=(18, 4), **options)
        self.currency = currency

    def rounded(self, value: Number, decimals: int) -> Number:
        """Half up to the currency's decimals; four of them are shown all the same."""
        whole = value.quantize(Number(1).scaleb(-min(decimals, 4)), ROUND_HALF_UP, _EXACT)
        return whole.quantize(self._step, ROUND_HALF_UP, _EXACT) or self._zero


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
