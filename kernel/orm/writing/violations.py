"""A violated SQL constraint becomes a ValidationError with the declared message, the field and the record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import errors

from kernel.errors import ValidationError
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.registry.constraints import Unique
from kernel.orm.work import UnitOfWork
from kernel.orm.writing.culprits import KEY, by_column, culprit

_ROW = re.compile(r"Failing row contains \((?P<id>\d+)[,)]")


def explain(
    error: psycopg.Error, work: UnitOfWork, model: ModelInfo, ids: Sequence[Any]
) -> ValidationError | psycopg.Error:
    """The error to raise for a failed statement on `model`; other errors come back as they are.

    `ids` are the records of the statement; the one at fault is found from the DETAIL of the server.
    """
    diag = error.diag
    model = _table_model(work, model, diag)
    if isinstance(error, errors.NotNullViolation):
        bound = by_column(model, diag.column_name or "")
        label = bound.field.label if bound else diag.column_name
        return _invalid(f"{model.label}: {label} must be filled in.", model, _failing(diag, ids), bound)
    if isinstance(error, errors.ForeignKeyViolation):
        return _foreign_key(work, model, diag, ids)
    if isinstance(error, (errors.UniqueViolation, errors.CheckViolation, errors.ExclusionViolation)):
        return _declared(work, model, diag, ids)
    if isinstance(error, errors.ProgramLimitExceeded):
        return _too_long(work, model, diag, ids)
    if isinstance(error, psycopg.DataError):
        private = any(bound.field.private for bound in model.columns)
        text = "a value does not fit" if private else diag.message_primary
        return _invalid(f"{model.label}: {text}.", model, ids[0] if len(ids) == 1 else None, None)
    return error


def _table_model(work: UnitOfWork, model: ModelInfo, diag: Any) -> ModelInfo:
    """A cascade or a deferred check may fail on another table than the statement's."""
    return work.registry.models.get(f"{diag.schema_name}.{diag.table_name}", model)


def _declared(work: UnitOfWork, model: ModelInfo, diag: Any, ids: Sequence[Any]) -> ValidationError:
    name = diag.constraint_name or ""
    at_fault = culprit(work, model, diag.message_detail or "", ids)
    for found in model.constraints:
        if found.name == name:
            fields = found.constraint.fields if isinstance(found.constraint, Unique) else ()
            bound = model.fields.get(fields[0]) if fields else _first_named(model, found.constraint)
            return _invalid(found.constraint.message, model, at_fault, bound)
    for bound in model.columns:
        if name == f"{model.table}_{bound.column}_required":
            return _invalid(f"{model.label}: {bound.field.label} must be filled in.", model, _failing(diag, ids), bound)
    return _invalid(
        f"{model.label}: the rule {name} is violated.",
        model,
        at_fault,
        None,
    )


def _first_named(model: ModelInfo, constraint: Any) -> Bound | None:
    words = re.findall(r"[a-z_][a-z0-9_]*", getattr(constraint, "expression", ""))
    return next((bound for word in words if (bound := by_column(model, word))), None)


def _too_long(work: UnitOfWork, model: ModelInfo, diag: Any, ids: Sequence[Any]) -> ValidationError:
    """A text that does not fit into an index: the longest of those with an index is at fault."""
    named = re.search(r'for index "([^"]+)"', diag.message_primary or "")
    indexed = [bound for bound in model.columns if bound.exact is str and (bound.field.index or bound.field.unique)]
    bounds = [bound for bound in indexed if named and named[1].startswith(f"{model.table}_{bound.column}_")] or indexed
    lengths = {(bound, id): len(work.column(bound).get(id) or "") for bound in bounds for id in ids}
    bound, id = max(lengths, key=lambda pair: lengths[pair], default=(None, None))
    label = bound.field.label if bound else "a text"
    return _invalid(f"{model.label}, {label}: the text is too long for the index on it.", model, id, bound)


def _foreign_key(work: UnitOfWork, model: ModelInfo, diag: Any, ids: Sequence[Any]) -> ValidationError:
    match = KEY.search(diag.message_detail or "")
    if match and "is still referenced" in (diag.message_detail or ""):
        return ValidationError(
            f"This record is still used by {model.label.lower()} records and cannot be deleted.",
            hint="Remove or change those first, or archive this record.",
            record=(model.name, None),
            code="still_used",
        )
    bound = by_column(model, match["columns"]) if match else None
    text = (
        f"{bound.field.label}: record {match['values']} does not exist."
        if bound and match
        else (f"{model.label}: a linked record does not exist.")
    )
    return _invalid(text, model, culprit(work, model, diag.message_detail or "", ids), bound)


def _failing(diag: Any, ids: Sequence[Any]) -> int | None:
    row = _ROW.search(diag.message_detail or "")
    if row:
        return int(row["id"])
    return ids[0] if len(ids) == 1 else None


def _invalid(text: str, model: ModelInfo, id: int | None, bound: Bound | None) -> ValidationError:
    return ValidationError(text, record=(model.name, id), field=bound.name if bound else None)
