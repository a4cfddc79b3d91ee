"""A violated SQL constraint becomes a ValidationError with the declared message, the field and the record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import errors

from kernel.errors import ValidationError
from kernel.orm.bound import Bound, ModelInfo
from kernel.orm.constraints import Unique
from kernel.orm.work import UnitOfWork

_KEY = re.compile(r"Key \((?P<columns>.+?)\)=\((?P<values>.*?)\)")
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
        bound = _by_column(model, diag.column_name or "")
        label = bound.field.label if bound else diag.column_name
        return _invalid(f"{model.label}: {label} must be filled in.", model, _failing(diag, ids), bound)
    if isinstance(error, errors.ForeignKeyViolation):
        return _foreign_key(work, model, diag, ids)
    if isinstance(error, (errors.UniqueViolation, errors.CheckViolation, errors.ExclusionViolation)):
        return _declared(work, model, diag, ids)
    if isinstance(error, psycopg.DataError):
        return _invalid(f"{model.label}: {diag.message_primary}.", model, None, None)
    return error


def _table_model(work: UnitOfWork, model: ModelInfo, diag: Any) -> ModelInfo:
    """A cascade or a deferred check may fail on another table than the statement's."""
    return work.registry.models.get(f"{diag.schema_name}.{diag.table_name}", model)


def _declared(work: UnitOfWork, model: ModelInfo, diag: Any, ids: Sequence[Any]) -> ValidationError:
    name = diag.constraint_name or ""
    for found in model.constraints:
        if found.name == name:
            fields = found.constraint.fields if isinstance(found.constraint, Unique) else ()
            bound = model.fields.get(fields[0]) if fields else _first_named(model, found.constraint)
            return _invalid(found.constraint.message, model, _culprit(work, model, diag, ids), bound)
    for bound in model.columns:
        if name == f"{model.table}_{bound.column}_required":
            return _invalid(f"{model.label}: {bound.field.label} must be filled in.", model, _failing(diag, ids), bound)
    return _invalid(f"{model.label}: the rule {name} is violated.", model, _culprit(work, model, diag, ids), None)


def _first_named(model: ModelInfo, constraint: Any) -> Bound | None:
    words = re.findall(r"[a-z_][a-z0-9_]*", getattr(constraint, "expression", ""))
    return next((bound for word in words if (bound := _by_column(model, word))), None)


def _foreign_key(work: UnitOfWork, model: ModelInfo, diag: Any, ids: Sequence[Any]) -> ValidationError:
    match = _KEY.search(diag.message_detail or "")
    if match and "is still referenced" in (diag.message_detail or ""):
        return ValidationError(
            f"This record is still used by {model.label.lower()} records and cannot be deleted.",
            hint="Remove or change those first, or archive this record.",
            record=(model.name, None),
            code="still_used",
        )
    bound = _by_column(model, match["columns"]) if match else None
    text = (
        f"{bound.field.label}: record {match['values']} does not exist."
        if bound and match
        else (f"{model.label}: a linked record does not exist.")
    )
    return _invalid(text, model, _culprit(work, model, diag, ids), bound)


def _culprit(work: UnitOfWork, model: ModelInfo, diag: Any, ids: Sequence[Any]) -> int | None:
    """The record at fault: its own row in DETAIL, else the written record with the values of the key."""
    row = _ROW.search(diag.message_detail or "")
    if row:
        return int(row["id"])
    match = _KEY.search(diag.message_detail or "")
    if match is None:
        return _failing(diag, ids)
    bounds = [_by_column(model, column.strip(' "')) for column in match["columns"].split(",")]
    wanted = match["values"]
    found = None
    for id in ids:
        values = [str(work.column(bound).get(id)) for bound in bounds if bound]
        if len(values) == len(bounds) and ", ".join(values) == wanted:
            found = id
    return found if found is not None else _failing(diag, ids)


def _failing(diag: Any, ids: Sequence[Any]) -> int | None:
    row = _ROW.search(diag.message_detail or "")
    if row:
        return int(row["id"])
    return ids[0] if len(ids) == 1 else None


def _by_column(model: ModelInfo, column: str) -> Bound | None:
    return next((bound for bound in model.columns if bound.column == column), None)


def _invalid(text: str, model: ModelInfo, id: int | None, bound: Bound | None) -> ValidationError:
    return ValidationError(text, record=(model.name, id), field=bound.name if bound else None)
