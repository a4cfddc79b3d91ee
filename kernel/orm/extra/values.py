"""Extra fields on records: the mapping `record.extra`, and reading and writing them for many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import SingletonError, ValidationError
from kernel.orm.extra.definitions import ExtraBound
from kernel.orm.extra.paths import PREFIX
from kernel.orm.fields.extra import EMPTY, Extras
from kernel.orm.reading.fetch import fetch
from kernel.orm.reading.guard import guard
from kernel.orm.reading.loading import miss
from kernel.orm.reading.scope import Scope
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import MISSING, UnitOfWork

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model


class ExtraValues(MutableMapping[str, Any]):
    """The extra fields of one record that the actor may see, by their names: all of them, set or not.

    What is unset reads as in any field: `""`, 0, False, None or an empty recordset. `del` unsets.
    """

    __slots__ = ("_record",)

    def __init__(self, record: Model) -> None:
        self._record = record

    def __repr__(self) -> str:
        return f"<extra fields of {self._record!r}: {', '.join(self) or 'none'}>"

    def __getitem__(self, name: str) -> Any:
        bound = self._record.env.extra_field(self._record.__info__, name)
        return value_of(self._record, bound)

    def __setitem__(self, name: str, value: Any) -> None:
        if len(self._record.ids) != 1:
            raise _singleton(self._record)
        assign(self._record, {name: value})

    def __delitem__(self, name: str) -> None:
        self[name] = None

    def __iter__(self) -> Iterator[str]:
        return iter(self._record.env.extra_fields(self._record.__info__))

    def __len__(self) -> int:
        return len(self._record.env.extra_fields(self._record.__info__))

    def __contains__(self, name: object) -> bool:
        return name in self._record.env.extra_fields(self._record.__info__)

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or `default` where there is no such field."""
        if name not in self:
            return default
        return self[name]


def _singleton(record: Model) -> SingletonError:
    return SingletonError(
        f"{record.__info__.name}.extra was read or set on {len(record.ids)} records; it takes one.",
        hint="Iterate over the records, or use write().",
    )


def raw(record: Model) -> Extras:
    """The whole column of one record, read with that of its neighbours."""
    bound = record.__info__.extra
    assert bound is not None
    if len(record.ids) > 1:
        raise _singleton(record)
    try:
        found: Extras = record._c[bound.index][record._id]
    except (KeyError, AttributeError):
        found = miss(record, bound)
    return found


def value_of(record: Model, bound: ExtraBound) -> Any:
    """The value of one extra field, as Python has it."""
    value = bound.from_json(raw(record).values.get(bound.extra_key))
    if bound.comodel is None:
        return value
    return _linked(record._x, bound, bound.comodel, value)


def _linked(scope: Scope, bound: ExtraBound, comodel: ModelInfo, id: Any) -> Model:
    """The linked record; it is looked for with those of the whole chunk."""
    child = scope.children.get(bound.index)
    if child is None:
        column = scope.env.columns[_column_of(scope.model).index]
        known = [column[each].values.get(bound.extra_key) for each in scope.ids if each in column]
        wanted = tuple(dict.fromkeys(each for each in known if each))
        child = scope.children[bound.index] = Scope(scope.env, comodel, wanted)
    if not id or id not in there(scope.work, comodel, (id, *child.ids)):
        return child.record(0)
    child.cover((id,))
    return child.record(id)


def there(work: UnitOfWork, model: ModelInfo, ids: Iterable[Any]) -> set[Any]:
    """Which of `ids` there are: no foreign key says so of the target of an extra field."""
    column = work.column(model.probe)
    wanted = set(ids)
    unknown = [id for id in wanted if id not in column and not work.is_new(model, id)]
    if unknown:
        fetch(work, model, unknown, [model.probe])
    return {id for id in wanted if id in column or work.is_new(model, id)}


def cached_values(records: Model, bound: Bound) -> list[Any]:
    """The values of one extra field of many records in cached form; a link to what is gone is unset."""
    assert isinstance(bound, ExtraBound)
    values = [bound.from_json(raw(record).values.get(bound.extra_key)) for record in records]
    if bound.comodel is None:
        return values
    known = there(records.env.work, bound.comodel, {id for id in values if id})
    return [id if id in known else None for id in values]


def _column_of(model: ModelInfo) -> Bound:
    assert model.extra is not None
    return model.extra


# -- writing -------------------------------------------------------------------------------------------------
def patch_of(env: Env, model: ModelInfo, values: Mapping[str, Any], id: int | None = None) -> dict[str, Any]:
    """API names and values -> keys and JSON; raises UnknownFieldError or ValidationError."""
    patch = {}
    for name, value in values.items():
        bound = env.extra_field(model, name)
        guard(env, bound, (value,))
        patch[bound.extra_key] = bound.to_json(bound.field.convert(value, bound, id))
    return patch


def folded(env: Env, model: ModelInfo, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values as `create` takes them, with those of extra fields as one value of the column."""
    extras = {name: value for name, value in values.items() if name.startswith(PREFIX) and name not in model.fields}
    if not extras:
        return values
    rest = {name: value for name, value in values.items() if name not in extras}
    before = rest.get("extra", EMPTY)
    return {**rest, "extra": before.merged(patch_of(env, model, extras))}


def require(records: Model, names: Iterable[str] | None = None) -> None:
    """Raise ValidationError where a required extra field (of `names`, else any) is unset.

    The system is not asked: code that acts for nobody knows nothing of what a tenant added.
    """
    env, model = records.env, records.__info__
    if env.is_system:
        return
    fields = env.extra_fields(model)
    for bound in [fields[name] for name in (fields if names is None else names) if fields[name].field.required]:
        if bound.null in (0, False) and bound.null is not None:
            continue
        for record in records:
            if _concerns(record, bound) and bound.extra_key not in raw(record).values:
                raise ValidationError(
                    f"{model.label}: {bound.field.label} must be filled in.",
                    record=(model.name, record.id if isinstance(record.id, int) else None),
                    field=bound.name,
                )


def _concerns(record: Model, bound: ExtraBound) -> bool:
    """Whether the record has the field: those of a custom kind are of its records only."""
    return not bound.definition.kind or record.kind.id == bound.definition.kind  # type: ignore[attr-defined]


def assign(records: Model, values: Mapping[str, Any]) -> None:
    """Set extra fields of all of `records`."""
    env, model = records.env, records.__info__
    _merge(records, patch_of(env, model, values, records.ids[0] if len(records.ids) == 1 else None))
    require(records, values)


def assign_column(record: Model, value: Any) -> None:
    """`record.extra = ...`: a value of the column (from a draft) or a mapping by names, merged into what is there."""
    if isinstance(value, Extras):
        _merge(record, value.patch)
    elif isinstance(value, Mapping):
        assign(record, value)
    else:
        raise ValidationError(f"{record.__info__.label}: extra takes a mapping, like {{'x_color': 'red'}}.")


def _merge(records: Model, patch: Mapping[str, Any]) -> None:
    bound = _column_of(records.__info__)
    scope = records._x
    if not scope.writable:
        scope.grant_write(records.ids)
    work = scope.work
    changed: Sequence[tuple[Any, Extras]] = [
        (record.id, after)
        for record in records
        if (after := (before := raw(record)).merged(patch)).values != before.values
    ]
    if not changed:
        return
    column = work.columns[bound.index]
    scope.note_write(bound, tuple([id for id, _ in changed]))
    for id, after in changed:
        if column.get(id, MISSING) is not after:
            column[id] = after
            work.dirty[bound.index].add(id)
