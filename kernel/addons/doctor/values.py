"""Checks of the values in data files, as far as they are known without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from kernel.addons.assembly import Assembly
from kernel.addons.contents.datafiles import DataRecord, Moment, field_value, read_records, references
from kernel.addons.findings import Findings
from kernel.errors import TenonError, suggest
from kernel.orm.registry.registry import Bound, Registry

_MOMENT: Final = Moment(dt.date(2000, 1, 1), dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
_RELATIONS: Final = ("many2one", "many2many", "reference")


def check_values(assembly: Assembly, records: Sequence[DataRecord], groups: Iterable[str], findings: Findings) -> None:
    """Values fit their fields, required ones are there, and stable ids lead to records of the right model."""
    registry = assembly.registry
    known = [record for record in records if record.model in registry.models]
    sound = [_known_part(record, registry) for record in known]
    own = {record.stable_id: record.model for record in reversed(records)}
    for whole, record in zip(known, sound, strict=True):
        _check_given(record, registry.models[record.model].fields, findings)
        if len(record.values) == len(whole.values):  # else a required value is there, under a misspelt name
            _check_required(record, registry, findings)
        _check_references(assembly, record, own, frozenset(groups), findings)
    _check_circles(sound, registry, findings)


def _known_part(record: DataRecord, registry: Registry) -> DataRecord:
    """The record with the values of fields that are there; what is not is told elsewhere."""
    fields = registry.models[record.model].fields
    return replace(record, values={name: value for name, value in record.values.items() if name in fields})


def _check_given(record: DataRecord, fields: Mapping[str, Bound], findings: Findings) -> None:
    for name, value in record.values.items():
        bound = fields[name]
        if bound.field.type in ("one2many", "binary", "image") or bound.field.secret or not bound.field.settable:
            continue  # told by `check_records`
        if bound.field.type in _RELATIONS:
            if problem := _wrong_reference(bound, value):
                findings.add(record.path, record.line, record.stable_id, f"{name}: {problem}", rule="data-bad-value")
            continue
        try:
            taken = field_value(record, bound, value, _MOMENT, lambda _: ("", 0))
            if taken is not None:
                bound.field.from_wire(taken, bound) if isinstance(taken, str) else bound.field.convert(taken, bound)
        except (TenonError, ValueError, TypeError, ArithmeticError) as error:
            reason = error.text if isinstance(error, TenonError) else str(error)
            near = _near_choice(bound, value)
            findings.add(record.path, record.line, record.stable_id, f"{name}: {reason}{near}", rule="data-bad-value")


def _wrong_reference(bound: Bound, value: Any) -> str:
    if isinstance(value, str) or not value:
        return ""
    if bound.field.type == "many2many" and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return ""
    return f"{value!r} is no stable id" + (" or list of them" if bound.field.type == "many2many" else "")


def _near_choice(bound: Bound, value: Any) -> str:
    values = [str(pair[0]) for pair in getattr(bound.field, "values", ())]
    return suggest(str(value), values) if values else ""


def _check_required(record: DataRecord, registry: Registry, findings: Findings) -> None:
    for bound in registry.models[record.model].required:
        if bound.name not in record.values and not bound.field.has_default and bound.field.type != "number":
            text = f'{record.model} needs a value for "{bound.name}"'
            findings.add(record.path, record.line, record.stable_id, text, rule="data-missing-value")


def _check_references(
    assembly: Assembly,
    record: DataRecord,
    own: Mapping[str, str],
    groups: frozenset[str],
    findings: Findings,
) -> None:
    for name, target in _sound_references(record, assembly.registry):
        model = own.get(target) or _known(assembly).get(target)
        bound = assembly.registry.models[record.model].fields[name]
        if model is None:
            if target in groups or _made_in_code(assembly, record.addon, target):
                continue
            known = {*own, *_known(assembly), *groups}
            text = f'{name}: there is no record "{target}".{suggest(target, known)}'
            findings.add(record.path, record.line, record.stable_id, text, rule="data-unknown-reference")
        elif bound.comodel is not None and bound.comodel.name != model:
            text = f'{name}: "{target}" is a record of {model}, not of {bound.comodel.name}'
            findings.add(record.path, record.line, record.stable_id, text, rule="data-bad-value")


def _sound_references(record: DataRecord, registry: Registry) -> list[tuple[str, str]]:
    fields = registry.models[record.model].fields
    if any(_wrong_reference(fields[n], v) for n, v in record.values.items() if fields[n].field.type in _RELATIONS):
        return []
    return list(references(record, registry))


def _known(assembly: Assembly) -> Mapping[str, str]:
    """Stable id -> model of the records in the files of all addons; faults in them are told elsewhere."""

    def build() -> dict[str, str]:
        found: dict[str, str] = {}
        for addon in assembly.addons:
            files = [*addon.files("data"), *addon.files("data/demo")]
            found |= {r.stable_id: r.model for r in read_records(addon.name, addon.path, files, Findings())}
        return found

    return assembly.extra("addons.stable_ids", build)  # noqa: S610 - no queryset


def _made_in_code(assembly: Assembly, addon: str, target: str) -> bool:
    """Whether another addon of the set may name a record so in code: the word stands there, quoted."""
    owner, _, name = target.partition(".")
    if owner == addon or owner not in assembly.names:
        return False
    return f'"{name}"' in assembly.addon(owner).source_text()


def _check_circles(records: Sequence[DataRecord], registry: Registry, findings: Findings) -> None:
    """Records that need each other by required links: none can be the first."""
    needs: dict[str, set[str]] = {}
    for record in records:
        fields = registry.models[record.model].fields
        found = {id for name, id in _sound_references(record, registry) if fields[name].field.required}
        needs.setdefault(record.stable_id, found)
    for record in records:
        if record.stable_id in _reached(needs, record.stable_id):
            text = "needs itself by required links, over other records or directly: none can be the first"
            findings.add(record.path, record.line, record.stable_id, text, rule="data-circular")
            return


def _reached(needs: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    todo = list(needs[start])
    while todo:
        id = todo.pop()
        if id not in found and id in needs:
            found.add(id)
            todo.extend(needs[id])
    return found
