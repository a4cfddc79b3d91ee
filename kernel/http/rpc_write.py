"""Methods of the RPC that change records: create, write, delete, copy, translations, and onchange on a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kernel.http.calls import Call
from kernel.http.casting import ArgumentError
from kernel.http.seen import check_seen, check_texts, read_changes, same_value
from kernel.http.seen_lines import check_lines
from kernel.http.wire import AUDIT, check_names, read_id, read_ids, read_values, settable_field
from kernel.orm import Model
from kernel.orm.writing import drafts


def create(call: Call) -> dict[str, Any]:
    """One new record, read back."""
    check_names(call.body, ("values", "spec"), "create")
    values = read_values(call.model, call.body.get("values", {}), call.env.field)
    check_lines(call, call.model, values)
    record = call.empty.create(values)
    return _read_back(call, record)


def write(call: Call) -> Any:
    """Change one record, each change with the value that was seen; or the same values on many records."""
    if "ids" in call.body:
        return _write_many(call)
    check_names(call.body, ("id", "changes", "spec"), "write")
    changes = read_changes(call.model, call.body.get("changes"), call.env.field)
    record = call.locked([read_id(call.body.get("id"))])
    check_seen(call, record, changes)
    check_lines(call, call.model, {change.bound.name: change.value for change in changes})
    record.write(**{change.bound.name: change.value for change in changes})
    return _read_back(call, record)


def _write_many(call: Call) -> Any:
    check_names(call.body, ("ids", "values", "spec"), "write")
    values = read_values(call.model, call.body.get("values"), call.env.field)
    records = call.locked(read_ids(call.body["ids"]))
    check_lines(call, call.model, values)
    records.write(**values)
    call.env.flush()
    return records.read(call.spec())


def delete(call: Call) -> bool:
    """Delete the records `ids`: all of them or none."""
    check_names(call.body, ("ids",), "delete")
    call.visible(read_ids(call.body.get("ids"))).delete()
    call.env.flush()
    return True


def copy(call: Call) -> dict[str, Any]:
    """A copy of one record, read back."""
    check_names(call.body, ("id", "spec"), "copy")
    return _read_back(call, call.visible([read_id(call.body.get("id"))]).copy())


def _read_back(call: Call, record: Model) -> dict[str, Any]:
    """The record as it is after all that its change has set off."""
    call.env.flush()
    return record.read(call.spec())[0]


def onchange(call: Call) -> dict[str, Any]:
    """What changes on a form when the person has set the fields `changed`; nothing is saved.

    Without values and changes: the defaults of a new record.
    """
    check_names(call.body, ("values", "changed", "spec", "id"), "onchange")
    changed = call.names("changed")
    values = read_values(call.model, call.body.get("values", {}), call.env.field)
    if unset := [name for name in changed if name not in values]:
        raise ArgumentError(f"changed names {unset[0]!r}, which values do not have.")
    id = call.body.get("id")
    origin = None if id is None else call.visible([read_id(id)]).id
    draft = drafts.onchange(call.empty, values, changed, origin)
    return {"values": _news(call, draft), "warnings": draft.env.work.warnings}


def _news(call: Call, draft: Model) -> dict[str, Any]:
    """The fields of the spec whose value on the draft is not the one that the client sent."""
    sent = call.body.get("values", {})
    spec = {name: inner for name, inner in call.spec().items() if name not in AUDIT}
    now = draft.read(spec)[0]
    return {
        name: now[name]
        for name in spec
        if not call.env.field(call.model, name).field.secret
        if name not in sent or not same_value(call.env.field(call.model, name), sent[name], now[name])
    }


def set_translations(call: Call) -> dict[str, str]:
    """Set the texts of several languages of one field, each with the text that was seen; answers with all of them."""
    check_names(call.body, ("id", "field", "changes"), "set_translations")
    bound = settable_field(call.model, call.text("field"), call.env.field)
    changes = call.body.get("changes")
    if not isinstance(changes, dict) or not all(map(_is_text_change, changes.values())):
        raise ArgumentError('changes: an object {language: {"from": text, "to": text}} is needed.')
    record = call.locked([read_id(call.body.get("id"))])
    check_texts(call, record, bound, changes)
    record.set_translations(bound.name, {language: change["to"] for language, change in changes.items()})
    call.env.flush()
    return record.translations(bound.name)


def _is_text_change(change: Any) -> bool:
    return isinstance(change, dict) and change.keys() == {"from", "to"} and all(type(v) is str for v in change.values())


METHODS: Mapping[str, Callable[[Call], Any]] = {
    "create": create,
    "write": write,
    "delete": delete,
    "copy": copy,
    "onchange": onchange,
    "set_translations": set_translations,
}
