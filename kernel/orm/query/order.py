"""The order of records: parsed once per text, and ending in the id, so that it is total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kernel.errors import UnknownFieldError, suggest
from kernel.orm.domains.operators import DomainError

if TYPE_CHECKING:
    from kernel.orm.registry.bound import Bound, ModelInfo

RELEVANCE: Final = "relevance"
"""The order of a text search: what fits best comes first. A field of this name goes before."""
_DEPTH: Final = 5
_LONGEST: Final = 10


class OrderTerm(NamedTuple):
    """One column of an order; `path` leads through many2one fields to a field with a column. None: relevance."""

    path: tuple[Bound, ...]
    desc: bool = False


Order = tuple[OrderTerm, ...]


def parse_order(model: ModelInfo, text: str = "") -> Order:
    """`"date desc, partner.name"` as terms; an empty text is the model's own order."""
    place = ("order", model.name, text)
    order: Order | None = model.registry.plans.get(place)
    if order is None:
        pairs = [_pair(part) for part in text.split(",")] if text.strip() else list(model.order)
        order = _total(model, [term for path, desc in pairs for term in _terms(model, path, desc, 0)])
        model.registry.plans[place] = order
    return order


def _pair(part: str) -> tuple[str, bool]:
    path, *rest = part.split() or [""]
    direction = rest[0].lower() if rest else "asc"
    if not path or len(rest) > 1 or direction not in ("asc", "desc"):
        near = suggest(direction, ("asc", "desc"))
        raise DomainError(f'"{part.strip()}" is no order.{near}', hint='Write for example "date desc, name".')
    return path, direction == "desc"


def _terms(model: ModelInfo, path: str, desc: bool, depth: int) -> list[OrderTerm]:
    """The columns that a path stands for: a many2one stands for the order of its model."""
    head, _, rest = path.partition(".")
    bound = model.find(head)
    if bound is None and path == RELEVANCE and not depth:
        return [OrderTerm((), not desc)]
    if bound is None:
        raise UnknownFieldError(model.name, head, model.fields)
    if not bound.stored and bound.field.related:
        return _terms(model, f"{bound.field.related}.{rest}" if rest else bound.field.related, desc, depth)
    if bound.column is None or not bound.field.orderable or (rest and bound.comodel is None):
        raise DomainError(f"Records of {model.name} cannot be ordered by {path}: it is no stored single value.")
    if bound.comodel is None:
        return [OrderTerm((bound,), desc)]
    if rest and depth > _LONGEST:
        raise DomainError(f"An order goes through {_LONGEST} relations at most.")
    return _linked_terms(bound, bound.comodel, rest, desc, depth)


def _linked_terms(bound: Bound, comodel: ModelInfo, rest: str, desc: bool, depth: int) -> list[OrderTerm]:
    if depth >= _DEPTH and not rest:
        return [OrderTerm((bound,), desc)]
    pairs = [(rest, False)] if rest else list(comodel.order) or [("id", False)]
    inner = [term for path, down in pairs for term in _terms(comodel, path, down, depth + 1)]
    terms = [OrderTerm((bound, *term.path), term.desc != desc) for term in inner]
    if rest or inner[-1].path[-1].name == "id":
        return terms
    return [*terms, OrderTerm((bound,), desc)]


def _total(model: ModelInfo, terms: list[OrderTerm]) -> Order:
    """Without repetitions, cut behind the id, and the id at the end."""
    seen: dict[tuple[Bound, ...], OrderTerm] = {}
    for term in terms:
        seen.setdefault(term.path, term)
        if len(term.path) == 1 and term.path[-1].name == "id":
            return tuple(seen.values())
    id = model.fields["id"]
    return (*seen.values(), OrderTerm((id,)))
