"""History: what happened to records, for who may read them, without the fields that are hidden from that person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kernel.orm.keyed.access import sight
from kernel.orm.ports import Noted
from kernel.orm.reading.reading import titles
from kernel.orm.reading.scope import missing
from kernel.orm.reading.searching import INT8
from kernel.orm.reading.wire_rows import HIDDEN
from kernel.orm.registry.bound import Bound, ModelInfo

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model


def history(records: Model, limit: int = 80) -> list[dict[str, Any]]:
    """Changes of tracked fields of the records, the newest first; MissingError for what may not be read.

    `{"id", "user", "at", "batch", "changes": [{"field", "label", "before", "after"}]}`; links have a title, where
    the reader may see what they lead to. At most one query for the log and one for each linked model.
    """
    env, model, ids = records.env, records.__info__, records.ids
    readable = {id for id in ids if 0 < id < INT8}
    if not env.is_system:
        readable = env.readable(model, readable) if env.may(model, "read") else set()
    for id in ids:
        if id not in readable:
            raise missing(model, id)
    log = env.ports.changes
    if log is None or not ids:
        return []
    env.flush()
    asked = limit
    while True:  # what is not told counts for nothing
        noted = log.of(env.as_system("the history of records that may be read"), model.name, ids, asked)
        told = _told(env, model, noted)
        if len(told) >= limit or len(noted) < asked:
            return told[:limit]
        asked *= 4


def _told(env: Env, model: ModelInfo, noted: Sequence[Noted]) -> list[dict[str, Any]]:
    """The entries that say something to the reader."""
    known = {name: bound for name, bound in model.fields.items() if env.is_system or not env.hides(bound)}
    linked = _titles(env, noted, known)
    told = [_entry(env, each, known, linked) for each in noted]
    return [entry for entry in told if entry["changes"]]


def _entry(env: Env, noted: Noted, known: dict[str, Bound], linked: dict[str, dict[int, str]]) -> dict[str, Any]:
    changes = []
    for name, pair in noted.change.values.items():
        if name not in known:
            continue
        before, after = (_shown(env, known[name], value, linked) for value in pair)
        if before != after:  # else it is of another company or language, or of links that are hidden
            changes.append({"field": name, "label": known[name].field.label, "before": before, "after": after})
    at = noted.at.isoformat()
    return {"id": noted.change.id, "user": noted.user, "at": at, "batch": noted.batch, "changes": changes}


def _titles(env: Env, noted: Sequence[Noted], known: dict[str, Bound]) -> dict[str, dict[int, str]]:
    """model -> id -> title of what the changes link to and the reader may see."""
    wanted: dict[str, dict[int, None]] = {}
    for each in noted:
        for name, pair in each.change.values.items():
            links = [link for side in pair for link in _links(known[name], side)] if name in known else []
            for comodel, id in links:
                if comodel in env.registry.models and env.may(env.registry.models[comodel], "read"):
                    wanted.setdefault(comodel, {})[id] = None
    found = {}
    for model, linked in wanted.items():
        there = env.model(model).browse(list(linked)).exists()
        found[model] = titles(env, env.registry.model(model), there.ids) if there else {}
    return found


def _links(bound: Bound, value: Any) -> list[tuple[str, int]]:
    """(model, id) of what a value of the log links to."""
    if bound.field.type == "reference":
        return [(value["model"], value["id"])] if value else []
    return [] if bound.comodel is None else [(bound.comodel.name, id) for id in _ids(value)]


def _ids(value: Any) -> list[int]:
    if isinstance(value, dict):
        return [id for id in value.values() if id]
    return value if isinstance(value, list) else [value] if value else []


def _shown(env: Env, bound: Bound, value: Any, linked: dict[str, dict[int, str]]) -> Any:
    if bound.keyed:
        value = sight(env, bound)(value or {})
    if bound.field.type == "reference":
        return _referred(value, linked)
    if bound.comodel is None:
        return value
    there = linked.get(bound.comodel.name, {})
    if bound.field.type == "many2many":
        return [{"id": id, "title": there[id]} for id in _ids(value) if id in there]
    shown = [{"id": id, "title": there[id]} if id in there else HIDDEN for id in _ids(value)]
    return shown[0] if shown else None


def _referred(value: Any, linked: dict[str, dict[int, str]]) -> Any:
    there = linked.get(value["model"], {}) if value else {}
    return value and ({**value, "title": there[value["id"]]} if value["id"] in there else HIDDEN)
