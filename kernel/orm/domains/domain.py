"""Domains: immutable conditions on records, as a value that knows neither a database nor a registry.

A domain keeps its *shape* (`key`) and its *values* (`params`) apart from the start. The key is the tree
itself, as nested tuples; the params are all values, in the order in which a walk over the key meets them:

    (Purchase.amount > 10) & (Purchase.city == "Porto")
    key     ("&", ("amount", ">", "v"), ("city", "=", "v"))
    params  (10, "Porto")

So two searches that differ in values only have one key, and their SQL is compiled once (`kernel.orm.query`).

    key := ("&", key...) | ("|", key...) | ("!", key) | (path, "any", key) | (path, operator, kind)

`("&",)` is always true, `("|",)` never. Kinds are told in `kernel.orm.domains.operators`. What a term means does not
depend on three-valued logic: what is unset is equal to nothing but "unset", `!=` is the exact complement of
`=`, and a comparison with `<` or `>` does not hold for what is unset. `check` brings a domain into normal
form for one model; only a checked domain is compiled or evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

from kernel.orm.domains.check import shape_for
from kernel.orm.domains.expand import Search, expand
from kernel.orm.domains.match import Ask, Climb, ReadMany, satisfying
from kernel.orm.domains.operators import FALSE_KEY, SPLIT, TRUE_KEY, DomainError, Key, Params, unknown_operator
from kernel.orm.domains.wire import parse, wire_form
from kernel.orm.extra.paths import Resolve, typed_key

if TYPE_CHECKING:
    from kernel.orm.registry.bound import Bound, ModelInfo


class Domain:
    """A condition on the records of a model. Combine with `&`, `|`, `~`.

    Immutable by its types (`Final`): a guard at run time would take longer than all else in making one.
    """

    __slots__ = ("key", "params")

    TRUE: ClassVar[Domain]
    FALSE: ClassVar[Domain]

    def __init__(self, key: Key, params: Params = ()) -> None:
        self.key: Final = key
        self.params: Final = params

    @staticmethod
    def term(path: str, operator: str, value: Any) -> Domain:
        """One comparison; the path may go through relations and end in a part: `partner.born:month`."""
        split = SPLIT.get(operator)
        if split is not None:
            kind, params = split(operator, value)
            return Domain((path, operator, kind), params)
        if operator in ("any", "not any") and isinstance(value, Domain):
            found = Domain.any_(path, value)
            return found if operator == "any" else ~found
        raise unknown_operator(operator)

    @staticmethod
    def any_(path: str, sub: Domain) -> Domain:
        """Some record that the relation leads to satisfies `sub`."""
        return Domain((path, "any", sub.key), sub.params)

    @staticmethod
    def all_of(domains: Iterable[Domain]) -> Domain:
        """All of them hold; of none: true."""
        whole = Domain.TRUE
        for domain in domains:
            whole = whole & domain
        return whole

    @staticmethod
    def any_of(domains: Iterable[Domain]) -> Domain:
        """At least one of them holds; of none: false."""
        whole = Domain.FALSE
        for domain in domains:
            whole = whole | domain
        return whole

    def __and__(self, other: Domain) -> Domain:
        mine, theirs = self.key, other.key
        if mine == TRUE_KEY:
            return other
        if theirs == TRUE_KEY:
            return self
        left = mine[1:] if mine[0] == "&" else (mine,)
        right = theirs[1:] if theirs[0] == "&" else (theirs,)
        return Domain(("&", *left, *right), self.params + other.params)

    def __or__(self, other: Domain) -> Domain:
        mine, theirs = self.key, other.key
        if mine == FALSE_KEY:
            return other
        if theirs == FALSE_KEY:
            return self
        left = mine[1:] if mine[0] == "|" else (mine,)
        right = theirs[1:] if theirs[0] == "|" else (theirs,)
        return Domain(("|", *left, *right), self.params + other.params)

    def __invert__(self) -> Domain:
        if self.key[0] == "!":
            return Domain(self.key[1], self.params)
        return Domain(("!", self.key), self.params)

    def __bool__(self) -> NoReturn:
        raise TypeError("A domain is neither true nor false: combine with & | ~, and mind the parentheses.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Domain):
            return NotImplemented
        return self.key == other.key and self.params == other.params

    def __hash__(self) -> int:
        return hash((self.key, self.params))

    def __reduce__(self) -> tuple[type[Domain], tuple[Key, Params]]:
        return Domain, (self.key, self.params)

    def __repr__(self) -> str:
        return f"Domain({wire_form(self.key, self.params)!r})"

    def to_wire(self) -> list[Any]:
        """The JSON form, the same in data files, RPC and client."""
        return wire_form(self.key, self.params)

    @staticmethod
    def from_wire(wire: Any, *, variables: Mapping[str, Any] = {}, trusted: bool = False) -> Domain:
        """Reads the JSON form; `{"$": name}` is a variable. Untrusted ones are limited in depth and size."""
        return Domain(*parse(wire, variables, trusted))

    def check(
        self, model: ModelInfo, search: Search | None = None, extras: Resolve | None = None, *, typed: bool = False
    ) -> Domain:
        """The domain in normal form for `model`: names and types are right, values are what SQL binds.

        `search(field, operator, value)` is called for terms on fields that a method of their model finds,
        `extras(model, name)` for extra fields; `typed` says that these were looked up before.
        """
        shape = shape_for(self.key, model, typed=typed)
        if shape.extras:
            return self.typed(model, extras).check(model, search, extras, typed=True)
        if shape.searches:
            return Domain(*expand(self.key, self.params, model, search)).check(model, search, extras, typed=typed)
        takes = shape.takes
        if takes is None:
            return Domain(shape.key, self.params)
        return Domain(shape.key, tuple([take(value) for take, value in zip(takes, self.params, strict=True)]))

    def typed(self, model: ModelInfo, extras: Resolve | None) -> Domain:
        """The domain with the type behind the name of each extra field in it."""
        if extras is None:
            raise DomainError(
                f"Extra fields of {model.name} cannot be used here: this is the same for all tenants.",
                hint="Use fields that an addon declares.",
            )
        return Domain(typed_key(self.key, model, extras), self.params)

    def satisfying(
        self,
        model: ModelInfo,
        ids: Sequence[int],
        read: ReadMany,
        *,
        tz: str = "UTC",
        climb: Climb | None = None,
        ask: Ask | None = None,
    ) -> set[int]:
        """Those of `ids` that satisfy the domain (a checked one), as SQL would find them.

        `read(field, ids)` gives the values in cached form; it is called once per field and step of a path.
        `climb` and `ask` answer what needs a tree, or the database: see `kernel.orm.domains.match`.
        """
        return satisfying(self.key, self.params, model, ids, read, tz, climb, ask)

    def matches(self, model: ModelInfo, read: Callable[[Bound, int], Any], id: int, *, tz: str = "UTC") -> bool:
        """Whether one record satisfies the domain (a checked one)."""
        return bool(self.satisfying(model, (id,), lambda bound, ids: [read(bound, each) for each in ids], tz=tz))


Domain.TRUE = Domain(TRUE_KEY)
Domain.FALSE = Domain(FALSE_KEY)
