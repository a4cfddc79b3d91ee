"""Records that an addon's data files made in the tables of others: what becomes of them when it is purged.

Somebody may have made them their own meanwhile. So only what nobody has changed and nobody uses is deleted; the
rest stays, and the plan says why. Without a purge all of them stay as they are, and the archive keeps their stable
ids, so that the addon finds them again when it comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.addons.assembly import Assembly
from kernel.addons.contents.belongings import claims_of
from kernel.addons.lifecycle.archive import archive_of, has_schema
from kernel.addons.lifecycle.inventory import Part, added_columns, keys_to
from kernel.db import Transaction
from kernel.errors import UserError
from kernel.orm import Env
from kernel.orm.registry.bound import ModelInfo

_STABLE: Final = "SELECT name, model, record, version, touched FROM {table} WHERE addon = %s"


@dataclass(frozen=True, slots=True)
class Remains:
    """Model -> ids of records that data files of the addons made in tables of others."""

    addon: str
    unused: Mapping[str, frozenset[int]]
    """Nobody changed them or links to them: a purge deletes them."""
    changed: Mapping[str, frozenset[int]]
    used: Mapping[str, frozenset[int]]


def remains_of(tx: Transaction, addon: str, rest: Assembly, going: Collection[str]) -> Remains:
    """What `addon` leaves with the addons of `rest` when it goes, along with the others that are `going`."""
    claimed = {(claim.schema, claim.table) for claim in claims_of(rest)}
    found: dict[str, set[int]] = {}
    changed: dict[str, set[int]] = {}
    for name, rows in _by_model(tx, addon).items():
        model = rest.registry.models.get(name)
        if model is None or model.query or (model.schema, model.table) in claimed:
            continue
        versions: dict[int, int] = dict(
            tx.rows(f"SELECT id, version FROM {model.sql} WHERE id = ANY(%s)", (list(rows),))
        )
        for id, (version, touched) in rows.items():
            if id in versions:
                kind = changed if touched or versions[id] != version else found
                kind.setdefault(name, set()).add(id)
    used = _used(tx, rest, found, going)
    unused = {name: frozenset(ids - used.get(name, set())) for name, ids in found.items()}
    return Remains(addon, _filled(unused), _filled(changed), _filled(used))


def delete_remains(env: Env, remains: Sequence[Remains]) -> list[str]:
    """Delete what is unused, each model's records at once; what could not be, as lines for people."""
    todo = [(each.addon, model, ids) for each in remains for model, ids in each.unused.items()]
    said: dict[str, str] = {}
    while todo:
        left = [item for item in todo if not _delete(env, *item, told=lambda model, text: said.update({model: text}))]
        if len(left) == len(todo):
            return [f"{len(ids)} of {env.registry.model(model).label} stay: {said[model]}" for _, model, ids in left]
        todo = left
    return []


def _delete(env: Env, addon: str, model: str, ids: Collection[int], told: Callable[[str, str], None]) -> bool:
    try:
        with env.savepoint():
            env.model(model).browse(sorted(ids)).delete()
    except UserError as error:
        told(model, f"{error.text} ({addon} made them)")
        return False
    return True


def _by_model(tx: Transaction, addon: str) -> dict[str, dict[int, tuple[int, bool]]]:
    """Model -> id -> (version, touched), of an addon that is installed or has an archive."""
    found: dict[str, dict[int, tuple[int, bool]]] = {}
    archive = archive_of(addon)
    tables = ["tenon.stable_id", *([f'"{archive}"."_stable_id"'] if has_schema(tx, archive) else [])]
    for table in tables:
        for _, model, record, version, touched in tx.rows(_STABLE.format(table=table), (addon,)):
            found.setdefault(model, {})[record] = (version, touched)
    return found


def _used(
    tx: Transaction, rest: Assembly, found: Mapping[str, set[int]], going: Collection[str]
) -> dict[str, set[int]]:
    """Those that rows link to which stay; what one of them links to is used, too."""
    used: dict[str, set[int]] = {}
    own = {(column.schema, column.table, column.name) for name in going for column in added_columns(tx, name)}
    grew = True
    while grew:
        grew = False
        for name, ids in found.items():
            model = rest.registry.model(name)
            for key in keys_to(tx, model.schema, model.table):
                column = (key.schema, key.table, key.columns[0])
                if key.schema in going or column in own or column in _own_links(model):
                    continue
                more = set(_linked(tx, key, ids, _away(rest, found, used, key))) - used.get(name, set())
                if more:
                    used.setdefault(name, set()).update(more)
                    grew = True
    return used


def _linked(tx: Transaction, key: Part, ids: Collection[int], away: tuple[str, Collection[int]]) -> Iterator[int]:
    """The ids among `ids` that rows of a table link to, those rows left out whose column has one of the values."""
    column, (name, going) = f'"{key.columns[0]}"', away
    where, params = f"{column} = ANY(%s)", [list(ids)]
    if going:
        where, params = f'{where} AND NOT "{name}" = ANY(%s)', [*params, list(going)]
    yield from (row[0] for row in tx.rows(f"SELECT DISTINCT {column} FROM {key.on} WHERE {where}", params))


def _away(
    rest: Assembly, found: Mapping[str, set[int]], used: Mapping[str, set[int]], key: Part
) -> tuple[str, Collection[int]]:
    """Which rows go of the table that has the key: a column, and its values. Links go with the record that has them."""
    for name, ids in found.items():
        model, going = rest.registry.model(name), ids - used.get(name, set())
        if (model.schema, model.table) == (key.schema, key.table):
            return "id", going
        for schema, table, column in _own_links(model):
            if (schema, table) == (key.schema, key.table):
                return column, going
    return "id", ()


def _own_links(model: ModelInfo) -> set[tuple[str, str, str]]:
    """Columns of link tables that hold a record's own values: many2many fields that its model declares."""
    return {
        (bound.link.schema, bound.link.table, bound.link.left)
        for bound in model.fields.values()
        if bound.link is not None and not bound.mirror
    }


def _filled(found: Mapping[str, Collection[int]]) -> dict[str, frozenset[int]]:
    return {name: frozenset(ids) for name, ids in found.items() if ids}
