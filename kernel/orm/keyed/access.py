"""Keyed fields on records: each env's view of a mapping, and writing one value of it or several.

The transaction's column holds mappings; a view is filled from them when it is read, and forgotten in all envs
when a mapping changes. Whatever the number of records, mappings are read by one query per chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kernel.errors import AccessError, DeveloperError, ValidationError, suggest
from kernel.orm.computing import recompute
from kernel.orm.fields.relation import DraftId
from kernel.orm.keyed.values import NOTHING, Raw, seen_text, with_text, with_value
from kernel.orm.reading.fetch import companions, fetch
from kernel.orm.reading.scope import Scope, hidden, missing
from kernel.orm.registry.bound import Bound
from kernel.orm.work import MISSING, UnitOfWork
from kernel.orm.writing.literals import array_literal

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model

Change = Callable[[Raw], dict[str, Any]]
"""What becomes of the mapping of one record."""


# -- reading -------------------------------------------------------------------------------------------
def sight(env: Env, bound: Bound) -> Callable[[Raw], Any]:
    """What the env's reader sees of a mapping."""
    if bound.keyed == "language":
        language, tenant = env.language, env.tenant_language
        return lambda raw: seen_text(raw, language, tenant)
    key, unset = str(env.company), bound.unset
    return lambda raw: raw.get(key, unset)


def load_view(scope: Scope, bound: Bound, ids: Sequence[Any]) -> None:
    """Bring what the env sees of `ids` into its column; mappings that are not there are read."""
    read_mappings(scope.work, bound, ids)
    raw, view, see = scope.work.columns[bound.index], scope.env.columns[bound.index], sight(scope.env, bound)
    for id in ids:
        if id in raw:
            view[id] = see(raw[id])


def read_mappings(work: UnitOfWork, bound: Bound, ids: Iterable[Any]) -> None:
    """Read the mappings of those of `ids` that are not in the cache, and the plain columns with them."""
    raw = work.columns[bound.index]
    unread = [id for id in ids if id not in raw and not isinstance(id, DraftId) and not work.is_new(bound.model, id)]
    if unread:
        fetch(work, bound.model, unread, companions(work, bound, unread[0]))


def translations(record: Model, name: str) -> dict[str, str]:
    """All texts of a translated field of one record, by language."""
    bound = checked_translated(record, name)
    getattr(record.ensure_one(), name)  # asks for the rights, and reads
    return dict(record.env.work.columns[bound.index][record.id])


def checked_translated(records: Model, name: str) -> Bound:
    """The field, if it is translated and the actor may know it."""
    bound = records.__info__.field(name)
    if not records.env.is_system and records.env.hides(bound):
        raise hidden(bound)
    if bound.keyed != "language":
        raise ValidationError(f"{records.__info__.label}, {bound.field.label}: this is not translated.", field=name)
    return bound


# -- writing -------------------------------------------------------------------------------------------
def change_for(env: Env, bound: Bound, value: Any, id: Any = None) -> Change:
    """What setting `value` does: one key's value, or a mapping with those of several keys."""
    if isinstance(value, Mapping):
        return _several(env, bound, value, id)
    converted = bound.field.convert(value, bound, id)
    if bound.keyed == "language":
        language, tenant = env.language, env.tenant_language
        return lambda raw: with_text(raw, language, converted, tenant)
    if env.company is None:
        if converted == bound.unset:
            return dict
        raise DeveloperError(
            f"{bound.model.name}.{bound.name} is kept per company, and nobody said which.",
            hint="Write it in env.with_company(...).",
        )
    company = str(env.company)
    return lambda raw: with_value(raw, company, converted, bound.unset, bound.null)


def _several(env: Env, bound: Bound, values: Mapping[Any, Any], id: Any) -> Change:
    """Exactly the given keys change: nothing is filled in for others."""
    check = check_language if bound.keyed == "language" else check_company
    given = {check(env, bound, key): bound.field.convert(value, bound, id) for key, value in values.items()}

    def change(raw: Raw) -> dict[str, Any]:
        if bound.keyed == "company":
            for key, value in given.items():
                raw = with_value(raw, key, value, bound.unset, bound.null)
            return dict(raw)
        return {key: text for key, text in {**raw, **given}.items() if text}

    return change


def check_language(env: Env, bound: Bound, key: Any) -> str:
    """The code, if it is a language of the tenant; ValidationError else."""
    known = env.languages
    if isinstance(key, str) and (key in known or env.ports.users is None):
        return key
    near = suggest(str(key), known)
    raise ValidationError(f"{bound.field.label}: {key!r} is no language that is used here.{near}", field=bound.name)


def check_company(env: Env, bound: Bound, key: Any) -> str:
    """The id as a key, if the actor works for that company; ValidationError or AccessError else."""
    try:
        company = int(getattr(key, "id", key))
    except (TypeError, ValueError):
        raise ValidationError(f"{bound.field.label}: {key!r} is no company.", field=bound.name) from None
    if not env.is_system and company not in env.user.companies:
        raise AccessError("You do not work for this company.", hint="Ask an administrator to add you to it.")
    return str(company)


def change_mappings(scope: Scope, bound: Bound, ids: Sequence[Any], change: Change) -> None:
    """Change the mappings of `ids`: cache, views of all envs, dirty, dependents. Rights on them were asked."""
    work = scope.work
    read_mappings(work, bound, ids if len(ids) > 1 else scope.neighbours(ids[0]))
    raw = work.columns[bound.index]
    changed: dict[Any, Raw] = {}
    for id in ids:
        before = raw.get(id, MISSING)
        if before is MISSING:
            if not isinstance(id, DraftId):
                raise missing(bound.model, id)
            before = NOTHING
        after = change(before)
        if after != before:
            changed[id] = after
    if not changed:
        return
    scope.note_write(bound, tuple(changed))
    raw.update(changed)
    work.dirty[bound.index].update(changed)
    work.forget_plain(bound.index, changed)
    if bound.triggers:
        recompute.modified(work, bound, tuple(changed))


def fill_new(made: Model, bound: Bound, ids: Sequence[Any], values: Sequence[Any]) -> None:
    """The mappings of new records, from one value each."""
    work, env = made.env.work, made.env
    work.column(bound).update(
        {id: change_for(env, bound, value)(NOTHING) for id, value in zip(ids, values, strict=True)}
    )


# -- checks --------------------------------------------------------------------------------------------
def is_filled(env: Env, raw: Raw) -> bool:
    """Whether a required text is there: in the tenant's language."""
    return env.tenant_language in raw


def check_links(work: UnitOfWork, links: Iterable[Bound], ids: Iterable[Any]) -> None:
    """Raise ValidationError for a link, about to be written, to a record that is not there: no foreign key does."""
    for bound in links:
        assert bound.comodel is not None
        column, new = work.column(bound), work.new.get(bound.comodel.name, {})
        by_target = {target: id for id in ids for target in column.get(id, NOTHING).values() if target not in new}
        if by_target:
            _check_targets(work, bound, by_target)


def _check_targets(work: UnitOfWork, bound: Bound, by_target: Mapping[Any, Any]) -> None:
    assert bound.comodel is not None
    rows = work.tx.rows(
        f"SELECT id FROM {bound.comodel.sql} WHERE id = ANY(%s::int8[])", (array_literal(list(by_target), "int8"),)
    )
    there = {row[0] for row in rows}
    for target, id in by_target.items():
        if target not in there:
            raise ValidationError(
                f"{bound.field.label}: record {target} does not exist.", record=(bound.model.name, id), field=bound.name
            )
