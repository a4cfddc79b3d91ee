"""What all fields share: the typed descriptor, its options, its domain operators and its decorators.

A `Field` holds the declaration only. What depends on a set of addons (column, comodel, triggers)
lives in `kernel.orm.registry.registry.Bound`. In a composed class the descriptor is replaced by a property.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Self, TypedDict, TypeVar, overload

from kernel.errors import DeveloperError, ValidationError, suggest
from kernel.orm.domains.domain import Domain
from kernel.orm.place import Place, caller_place

if TYPE_CHECKING:
    from kernel.orm.model import Model
    from kernel.orm.ports import Ports
    from kernel.orm.registry.registry import Bound

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

NO_DEFAULT: Any = object()


class Options(TypedDict, total=False):
    """Options every field takes."""

    required: bool
    default: Any
    index: bool | Literal["trigram", "fulltext"]
    unique: bool
    readonly: bool
    copy: bool
    help: str
    tracked: bool
    pii: bool
    groups: Sequence[str]
    stored: bool
    related: str
    aggregate: str
    sql: str
    secret: bool
    hashed: bool
    translate: bool
    company_dependent: bool


_KNOWN = frozenset(Options.__annotations__)

SEALED: dict[builtins.type[Any], builtins.type[Any]] = {}
"""Type of field -> the type it becomes with `secret=True`; filled by `kernel.orm.fields.secret`."""


def seal(field: Field[Any]) -> None:
    """Make a field that holds plain values one that holds encrypted ones; DeveloperError where its type cannot."""
    sealed = SEALED.get(type(field))
    if sealed is None:
        names = ", ".join(sorted(known.__name__ for known in SEALED))
        raise DeveloperError(
            f"{type(field).__name__}() cannot be secret=True; these can: {names}.",
            hint="The hash of a password needs hashed=True: it is hidden from everybody, and not encrypted.",
        )
    if field.keyed or field.computed or field.unique or field.index:
        raise DeveloperError(
            f"{type(field).__name__}(secret=True) cannot be translated, per company, related, unique or indexed.",
            hint="Nothing in the database can compare encrypted values.",
        )
    field.__class__ = sealed


class Field(Generic[T]):
    """A field of a model: typed `T` on a record, and the field itself on the class."""

    type: ClassVar[str] = ""
    sql_type: ClassVar[str] = ""
    exact: builtins.type[Any] = object
    """The type of values that need no conversion, only `accept`."""
    prefetch: ClassVar[bool] = True
    orderable: ClassVar[bool] = True

    def __init__(self, label: str = "", *, nullable: bool = False, **options: Any) -> None:
        unknown = [name for name in options if name not in _KNOWN]
        if unknown:
            near = suggest(unknown[0], [*_KNOWN, "nullable"])
            place = caller_place(sys._getframe(1))
            text = f'{place}: {type(self).__name__}() has no option "{unknown[0]}".{near}'
            raise DeveloperError(text, rule="model-unknown-option")
        self.name = ""
        self.owner: builtins.type[Any] | None = None
        self.label = label
        self.nullable = nullable
        self.required: bool = options.get("required", False)
        self.index: bool | Literal["trigram", "fulltext"] = options.get("index", False)
        self.unique: bool = options.get("unique", False)
        self.help: str = options.get("help", "")
        self.tracked: bool = options.get("tracked", False)
        self.pii: bool = options.get("pii", False)
        self.secret: bool = options.get("secret", False)
        self.hashed: bool = options.get("hashed", False)
        self.groups: tuple[str, ...] = tuple(options.get("groups", ()))
        self.related: str = options.get("related", "")
        self.aggregate: str = options.get("aggregate", "")
        self.sql: str = options.get("sql", "")
        self.translate: bool = options.get("translate", False)
        self.company_dependent: bool = options.get("company_dependent", False)
        self.place: Place = caller_place(sys._getframe(1))
        self._default: Any = options.get("default", NO_DEFAULT)
        self._stored: bool | None = options.get("stored")
        self._readonly: bool | None = options.get("readonly")
        self._copy: bool | None = options.get("copy")
        self.compute_name = ""
        self.depends: tuple[str, ...] = ()
        self.default_name = ""
        self.inverse_name = ""
        self.search_name = ""
        self.onchange_names: list[str] = []
        self.validate_names: list[str] = []
        if self.secret:
            seal(self)

    def __set_name__(self, owner: builtins.type[Any], name: str) -> None:
        if not self.name:
            self.name, self.owner = name, owner
            self.label = self.label or name.replace("_", " ").capitalize()

    @property
    def said(self) -> str:
        """`Partner.name, declared at file:line,` for errors."""
        owner = self.owner.__name__ if self.owner is not None else "?"
        return f"{owner}.{self.name}, declared at {self.place},"

    # -- what the declaration says -----------------------------------------------------------------
    @property
    def computed(self) -> bool:
        """Whether the value is computed, taken from a related record, or summed up over its lines."""
        return bool(self.compute_name or self.related or self.aggregate)

    @property
    def stored(self) -> bool:
        """Whether the table has a column (or a link table) for it."""
        return not self.computed if self._stored is None else self._stored

    @property
    def readonly(self) -> bool:
        """Whether clients may not set it. Computed fields are, unless declared otherwise or invertible."""
        if self._readonly is not None:
            return self._readonly
        return self.computed and not self.inverse_name

    @property
    def settable(self) -> bool:
        """Whether code may set it: what is computed only if it is editable, or has an inverse."""
        return not (self.computed and self.readonly)

    def asks(self, value: Any) -> bool:
        """Whether a computed field that is given `value` for a new record computes one all the same."""
        return False

    @property
    def copied(self) -> bool:
        """Whether `copy()` takes the value along."""
        return (not self.computed and not self.unique and not self.secret) if self._copy is None else self._copy

    @property
    def null(self) -> Any:
        """The one form of absence."""
        return None

    @property
    def private(self) -> bool:
        """Whether errors must not quote its values: personal data and secrets."""
        return self.pii or self.secret

    @property
    def as_stored(self) -> bool:
        """Whether the cached form is what the database holds: `from_sql` and `to_sql` are not called then."""
        return type(self).from_sql is Field.from_sql

    @property
    def keyed(self) -> Literal["", "language", "company"]:
        """By what one record has several values of the field; empty where it has one."""
        if self.translate:
            return "language"
        return "company" if self.company_dependent else ""

    @property
    def constant_default(self) -> Any:
        """The default, if it is the same for every record and reader; else the null value."""
        return self.null if self._default is NO_DEFAULT or callable(self._default) else self._default

    @property
    def has_default(self) -> bool:
        """Whether a new record gets something else than the null value."""
        return self._default is not NO_DEFAULT or bool(self.default_name)

    def default_value(self) -> Any:
        """The constant default, or the result of the function given as `default=`."""
        if self._default is NO_DEFAULT:
            return self.null
        return self._default() if callable(self._default) else self._default

    # -- values --------------------------------------------------------------------------------------
    def accept(self, value: Any) -> Any:
        """Check a value of the exact type; raises ValueError with the reason."""
        return value

    def coerce(self, value: Any) -> Any:
        """Turn another type into the exact one; raises ValueError or TypeError with the reason."""
        raise TypeError(f"{value!r} is no {self.exact.__name__}")

    def convert(self, value: Any, bound: Bound, id: int | None = None) -> Any:
        """Python input -> cached form; raises ValidationError naming record and field."""
        if value is None:
            return self.null
        try:
            return self.accept(value if type(value) is self.exact else self.coerce(value))
        except (ValueError, TypeError, ArithmeticError) as reason:
            raise self.refused(reason, bound, id) from None

    def refused(self, reason: object, bound: Bound, id: int | None = None) -> ValidationError:
        """The error for a value that does not fit; of private fields it says nothing that could quote the value."""
        text = "the value does not fit" if self.private else reason
        return ValidationError(
            f"{bound.model.label}, {self.label}: {text}.", record=(bound.model.name, id), field=self.name
        )

    def convert_many(self, values: list[Any], bound: Bound) -> list[Any]:
        """`convert` of a column, checked as a whole where that is enough."""
        if set(map(type, values)) == {self.exact} and self.accepts_all(values):
            return values
        return [self.convert(value, bound) for value in values]

    def accepts_all(self, values: list[Any]) -> bool:
        """Whether `accept` leaves all these values of the exact type as they are; False where that is not known."""
        return type(self).accept is Field.accept and type(self).convert is Field.convert

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values in cached form are one: setting an equal value writes nothing."""
        return bool(one == other)

    def from_sql(self, value: Any) -> Any:
        """What the database gives (not NULL) -> cached form; a field that overrides it overrides `to_sql`, too."""
        return value

    def to_sql(self, value: Any) -> Any:
        """Cached form (not None) -> what the database takes, and compares with in a domain."""
        return value

    def keep(self, value: Any, bound: Bound, id: int, ports: Ports) -> Any:
        """Cached form (not None) -> cached form, just before it is written, what lies outside the row put there.

        Called once per value and flush; a field that does not override it pays nothing.
        """
        return value

    def present(self, value: Any, record: Model) -> Any:
        """Cached form -> what an attribute of `record` gives; a field that does not override it pays nothing."""
        return value

    def locate(self, wire: Any, model: str, id: Any) -> Any:
        """The wire form of a record's value with what depends on the record: where it can be fetched."""
        return wire

    def to_wire(self, value: Any) -> Any:
        """Cached form -> JSON."""
        return value

    def from_wire(self, value: Any, bound: Bound) -> Any:
        """JSON -> cached form; raises ValidationError."""
        return self.convert(value, bound)

    def operand(self, value: Any, operator: str, bound: Bound) -> Any:
        """A value of a domain, ready to be bound in SQL; raises ValidationError."""
        return self.from_wire(value, bound)

    # -- typing of access ----------------------------------------------------------------------------
    @overload
    def __get__(self, record: None, owner: builtins.type[Any]) -> Self: ...
    @overload
    def __get__(self, record: Model, owner: builtins.type[Any]) -> T: ...
    def __get__(self, record: Any, owner: builtins.type[Any]) -> Any:
        if record is None:
            return self
        raise DeveloperError(
            f"{owner.__name__}.{self.name}: this class is a declaration; get records from env[{owner.__name__}]."
        )

    if TYPE_CHECKING:

        def __set__(self, record: Model, value: T) -> None: ...

    # -- domains -------------------------------------------------------------------------------------
    def __eq__(self, value: object) -> Domain:  # type: ignore[override]
        return Domain.term(self.name, "=", value)

    def __ne__(self, value: object) -> Domain:  # type: ignore[override]
        return Domain.term(self.name, "!=", value)

    __hash__ = object.__hash__

    def __lt__(self, value: T) -> Domain:
        return Domain.term(self.name, "<", value)

    def __le__(self, value: T) -> Domain:
        return Domain.term(self.name, "<=", value)

    def __gt__(self, value: T) -> Domain:
        return Domain.term(self.name, ">", value)

    def __ge__(self, value: T) -> Domain:
        return Domain.term(self.name, ">=", value)

    def is_in(self, values: Iterable[T]) -> Domain:
        """The value is one of `values`."""
        return Domain.term(self.name, "in", values)

    def not_in(self, values: Iterable[T]) -> Domain:
        """The value is none of `values`; unset ones are included."""
        return Domain.term(self.name, "not in", values)

    # -- decorators, in the idiom of @x.setter ---------------------------------------------------------
    def compute(self, *depends: str) -> Callable[[F], F]:
        """The decorated method computes the field; `depends` are dotted paths.

        On an override in an extension it adds what the override reads: `@Partner.points.compute("x")`.
        """
        place = caller_place(sys._getframe(1))

        def decorate(method: F) -> F:
            if self.owner is None:
                self.compute_name = method.__name__
                self.depends = depends
            elif self.compute_name != method.__name__:
                raise DeveloperError(
                    f"{place}: {method.__name__} cannot compute {self.said} which "
                    f"{f'is computed by {self.compute_name}' if self.compute_name else 'is not computed'}."
                    f"{suggest(method.__name__, [self.compute_name])}",
                    hint="An extension overrides the method that is there, by its name.",
                )
            marks = getattr(method, "__computes__", ())
            method.__computes__ = (*marks, (self, depends))  # type: ignore[attr-defined]
            return method

        return decorate

    def default(self, method: F) -> F:
        """The decorated method, called on an empty recordset, gives the default."""
        self.default_name = method.__name__
        return method

    def inverse(self, method: F) -> F:
        """The decorated method writes a set value of a computed field to where it belongs."""
        self.inverse_name = method.__name__
        return method

    def search(self, method: F) -> F:
        """The decorated method turns (operator, value) on a non-stored field into a Domain."""
        self.search_name = method.__name__
        return method

    def onchange(self, method: F) -> F:
        """The decorated method runs on a draft when the person changes the field."""
        self.onchange_names.append(method.__name__)
        return method

    def validate(self, method: F) -> F:
        """The decorated method checks records once per batch; it raises ValidationError."""
        self.validate_names.append(method.__name__)
        return method
