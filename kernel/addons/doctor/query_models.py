"""Whether the queries of models without a table still give what their fields say, in the database of a tenant."""

from __future__ import annotations

from kernel.db import Transaction
from kernel.errors import MigrateError
from kernel.orm.over_query import faults
from kernel.orm.registry.registry import Registry


def query_faults(tx: Transaction, registry: Registry) -> list[str]:
    """Everything that does not fit, each with the place of its declaration."""
    return [line for model in registry.models.values() if model.query for line in faults(tx, model)]


def refuse_wrong_queries(tx: Transaction, registry: Registry) -> None:
    """Raise MigrateError when tables have changed; also for models of addons that were there before."""
    found = query_faults(tx, registry)
    if found:
        raise MigrateError(
            "Models over a query do not fit their query:",
            findings=found,
            hint="Nothing was changed. Mend the queries or the fields, then try again.",
        )
