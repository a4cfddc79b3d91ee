"""Amounts are rounded to the decimals of their record's currency: when set, and when the currency changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import RegistryError, UnknownFieldError
from kernel.orm.computing import recompute
from kernel.orm.fields.scalar import Money
from kernel.orm.registry.bound import Bound
from kernel.orm.work import UnitOfWork

if TYPE_CHECKING:
    from kernel.orm.model import Model


def connect_currency(bound: Bound) -> None:
    """Settle, when the registry is built, which field says the currency of an amount."""
    item, fields = bound.field, bound.model.fields
    if not isinstance(item, Money):
        return
    if item.currency not in fields:
        raise UnknownFieldError(bound.model.name, item.currency, fields, where=f"{item.place} currency=")
    currency = fields[item.currency]
    if currency.field.type != "many2one" or currency.comodel is None or "decimals" not in currency.comodel.fields:
        raise RegistryError(
            f'{item.place}: currency="{item.currency}" of {bound.model.name}.{bound.name} is no link to a currency.',
            hint="It must be a many2one to a model with the whole number `decimals`.",
        )
    bound.currency = currency
    if bound.stored and not (bound.computed and item.readonly):
        currency.amounts = (*currency.amounts, bound)


def rounded(record: Model, bound: Bound, id: Any, value: Any) -> Any:
    """The value to set on one record; the currencies of its chunk are read together."""
    if not value or bound.currency is None:
        return value
    assert isinstance(bound.field, Money)
    env = recompute.work_env(record._x.work)
    currency = bound.currency
    assert currency.comodel is not None
    decimals = currency.comodel.fields["decimals"]
    try:
        linked = env.columns[currency.index][id]
        digits = env.columns[decimals.index][linked] if linked else None
    except KeyError:
        near = env.records(bound.model, record._x.neighbours(id), readable=True)
        digits = _decimals(near._x.record(id), currency)
    return value if digits is None else bound.field.rounded(value, digits)


def round_all(work: UnitOfWork, bound: Bound, ids: Iterable[Any]) -> None:
    """Round the amounts of new records in place."""
    assert isinstance(bound.field, Money)
    column = work.column(bound)
    filled = tuple([id for id in ids if column.get(id)])
    if not filled or bound.currency is None:
        return
    for record in recompute.work_env(work).records(bound.model, filled, readable=True):
        digits = _decimals(record, bound.currency)
        if digits is not None:
            column[record._id] = bound.field.rounded(column[record._id], digits)


def currency_changed(work: UnitOfWork, currency: Bound, ids: Sequence[Any]) -> None:
    """Records have another currency now: their amounts are rounded to its decimals."""
    records = recompute.work_env(work).records(currency.model, tuple(ids), readable=True)
    for amount in currency.amounts:
        assert isinstance(amount.field, Money)
        for record in records:
            before = getattr(record, amount.name)
            digits = _decimals(record, currency)
            after = before if digits is None else amount.field.rounded(before, digits)
            if after != before:
                work.columns[amount.index][record._id] = after
                work.dirty[amount.index].add(record._id)
                if amount.triggers:
                    recompute.modified(work, amount, (record._id,))


def _decimals(record: Model, currency: Bound) -> int | None:
    linked = getattr(record, currency.name)
    return linked.decimals if linked else None
