"""Records in files: `data/*.toml` and `data/*.csv`, each with a stable id, a policy and a place.

    _policy = "if_untouched"        # for the file; "always" where nothing is said

    [["crm.stage"]]
    id = "stage_new"                # the stable id crm.stage_new
    name = "New"
    pipeline = "pipeline_default"   # a relation names a stable id; the own addon's name may be left out

A record that is left out of a later version stays, and the upgrade lists it; `_delete = ["stage_old"]` at the head
of a file deletes it, unless somebody changed it.

A CSV file is named after its model, `crm.tag.csv`; its first column is `id`, an empty cell is unset. A text
`@today+3d` or `@now-2h` in a date field counts from the day of the installation. Files are only read here;
references are resolved when all are read (`records.py`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

from kernel.addons.discovery.manifest import NAME
from kernel.addons.discovery.source import TomlSource, read_csv, read_toml
from kernel.addons.findings import Findings, shown_path
from kernel.errors import suggest
from kernel.orm.registry.registry import Bound, Registry

Policy = Literal["always", "if_untouched", "never"]
POLICIES: Final = ("always", "if_untouched", "never")
RELATIVE: Final = re.compile(r"@(today|now)((?:[+-]\d+(?:min|[hdwmy]))*)")
_EACH_TENANT: Final = (
    "which each tenant keeps under its own key and folder; new tenants are copies of one database."
    " Let people enter it in the app, or set it by a command or a route of the addon"
)
_OFFSET: Final = re.compile(r"([+-]\d+)(min|[hdwmy])")


@dataclass(frozen=True, slots=True)
class DataRecord:
    """One record of a data file, before its references are resolved."""

    addon: str
    name: str
    model: str
    values: Mapping[str, Any]
    policy: Policy
    path: str
    line: int

    @property
    def stable_id(self) -> str:
        """Its id over all addons."""
        return f"{self.addon}.{self.name}"

    @property
    def hash(self) -> str:
        """Of model and values: an upgrade without a change has nothing to do."""
        text = repr((self.model, sorted(self.values.items(), key=lambda item: item[0])))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_records(addon: str, folder: Path, files: Iterable[Path], findings: Findings) -> tuple[DataRecord, ...]:
    """All records of an addon's data files, in the order they are written."""
    records: list[DataRecord] = []
    for path in files:
        shown = shown_path(path, folder)
        if path.suffix == ".csv":
            records.extend(_csv_records(addon, path, shown, findings))
        else:
            source = read_toml(path, shown, findings)
            records.extend(_toml_records(addon, source, findings) if source else ())
    places: dict[str, DataRecord] = {}
    for record in records:
        first = places.setdefault(record.name, record)
        if first is not record:
            text = f"this stable id stands at {first.path}:{first.line} already"
            findings.add(record.path, record.line, record.stable_id, text, rule="data-duplicate-id")
    return tuple(records)


def read_deletions(addon: str, folder: Path, files: Iterable[Path], findings: Findings) -> frozenset[str]:
    """The names in `_delete = ["old_tag"]` of the data files: records of earlier versions that are to go."""
    names: set[str] = set()
    for path in files:
        source = read_toml(path, shown_path(path, folder), Findings()) if path.suffix == ".toml" else None
        if source is None or "_delete" not in source.data:
            continue
        said = source.data["_delete"]
        if not isinstance(said, list):
            text = '_delete is a list of stable ids, like ["old_tag"]'
            findings.add(source.shown, source.line("_delete"), "_delete", text, rule="data-wrong-shape")
            continue
        names.update(_local_name(addon, name, source.shown, source.line("_delete"), findings) for name in said)
    return frozenset(names - {""})


def _toml_records(addon: str, source: TomlSource, findings: Findings) -> Iterator[DataRecord]:
    policy = _policy(source.data.get("_policy", "always"), source.shown, source.line("_policy"), findings)
    for model, keys, entries in _tables(source.data):
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            text = 'records are written as [["addon.model"]]'
            findings.add(source.shown, source.line(*keys), model, text, rule="data-wrong-shape")
            continue
        for index, entry in enumerate(entries):
            values = dict(entry)
            line = source.line(*keys, index)
            name = _local_name(addon, values.pop("id", None), source.shown, line, findings)
            own = _policy(values.pop("_policy", policy), source.shown, line, findings)
            if name:
                yield DataRecord(addon, name, model, values, own, source.shown, line)


def _tables(data: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """(model, keys to it, entries), for `[["crm.stage"]]` and for `[[crm.stage]]`."""
    for key, value in data.items():
        if key in ("_policy", "_delete"):
            continue
        if isinstance(value, dict) and "." not in key:
            for inner, entries in value.items():
                yield f"{key}.{inner}", (key, inner), entries
        else:
            yield key, (key,), value


def _csv_records(addon: str, path: Path, shown: str, findings: Findings) -> Iterator[DataRecord]:
    source = read_csv(path, shown, findings)
    if source is None:
        return
    if source.columns[0] != "id":
        text = f'the first column must be "id", not "{source.columns[0]}"'
        findings.add(shown, 1, "", text, rule="data-first-column")
        return
    for line, row in source.rows:
        name = _local_name(addon, row["id"].strip(), shown, line, findings)
        policy = _policy(row.get("_policy", "").strip() or "always", shown, line, findings)
        values = {key: Cell(cell) for key, cell in row.items() if key not in ("id", "_policy")}
        if name:
            yield DataRecord(addon, name, path.stem, values, policy, shown, line)


class Cell(str):
    """The text of a CSV cell, whose type is that of its field."""

    __slots__ = ()


def _policy(value: object, shown: str, line: int, findings: Findings) -> Policy:
    if value not in POLICIES:
        near = suggest(str(value), POLICIES)
        text = f"{value!r} is none of {', '.join(POLICIES)}.{near}"
        findings.add(shown, line, "_policy", text, rule="data-bad-policy")
        return "always"
    return value


def _local_name(addon: str, value: object, shown: str, line: int, findings: Findings) -> str:
    if not value:
        findings.add(shown, line, "id", 'is missing; each record has one, like "stage_new"', rule="data-missing-id")
        return ""
    local = value.removeprefix(f"{addon}.") if isinstance(value, str) else ""
    if not NAME.fullmatch(local):
        text = f'{value!r} must be small letters, digits and "_", and begin with a letter'
        findings.add(shown, line, "id", text, rule="data-bad-id")
        return ""
    return local


# What the registry says about it. ---------------------------------------------------------------------


def check_records(records: Iterable[DataRecord], registry: Registry, findings: Findings) -> None:
    """Models and fields must exist, and may be set."""
    for record in records:
        model = registry.models.get(record.model)
        if model is None:
            text = f'no model "{record.model}".{suggest(record.model, registry.models)}'
            findings.add(record.path, record.line, record.stable_id, text, rule="data-unknown-model")
            continue
        for name in record.values:
            bound = model.fields.get(name)
            if bound is None:
                text, rule = f'no field "{name}" on {record.model}.{suggest(name, model.fields)}', "data-unknown-field"
            elif bound.field.type == "one2many":
                text, rule = f'"{name}" is set from the other side: name this record in the lines', "data-other-side"
            elif bound.field.type in ("binary", "image") or bound.field.secret:
                text = f'"{name}" is {"a secret" if bound.field.secret else "a file"}, {_EACH_TENANT}'
                rule = "data-secret-or-file"
            elif not bound.field.settable:
                text, rule = f'"{name}" is computed', "data-computed-field"
            else:
                continue
            findings.add(record.path, record.line, record.stable_id, text, rule=rule)


def references(record: DataRecord, registry: Registry) -> Iterator[tuple[str, str]]:
    """(field, whole stable id) for every record this one points to."""
    fields = registry.models[record.model].fields
    for name, value in record.values.items():
        for text in _reference_texts(fields[name], value):
            yield name, whole_id(record.addon, text)


def whole_id(addon: str, text: str) -> str:
    """`stage_new` -> `crm.stage_new`."""
    return text if "." in text else f"{addon}.{text}"


def _reference_texts(bound: Bound, value: Any) -> Sequence[str]:
    if bound.field.type in ("many2one", "reference"):
        return [value] if value else []
    if bound.field.type == "many2many":
        if isinstance(value, str):
            return [part.strip() for part in value.split(";") if part.strip()]
        return list(value)
    return []


@dataclass(frozen=True, slots=True)
class Moment:
    """What "@today" and "@now" mean."""

    today: dt.date
    now: dt.datetime


def field_value(
    record: DataRecord, bound: Bound, value: Any, moment: Moment, find: Callable[[str], tuple[str, int]]
) -> Any:
    """The value as the ORM takes it; `find` gives model and id of a record by its whole stable id."""
    kind = bound.field.type
    if isinstance(value, Cell) and not value:
        return None
    if kind == "many2one":
        return find(whole_id(record.addon, value))[1] if value else None
    if kind == "reference":
        return "{},{}".format(*find(whole_id(record.addon, value))) if value else None
    if kind == "many2many":
        return [find(whole_id(record.addon, text))[1] for text in _reference_texts(bound, value)]
    if kind in ("date", "datetime") and isinstance(value, str) and value.startswith("@"):
        moved = relative_moment(value, moment)
        return moved.date() if kind == "date" and isinstance(moved, dt.datetime) else _at_noon(moved, kind, moment)
    if isinstance(value, Cell):
        return _cell_value(kind, value)
    if kind in ("decimal", "money") and isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(str(value))
    return value


def _at_noon(moved: dt.date, kind: str, moment: Moment) -> dt.date:
    if kind == "datetime" and not isinstance(moved, dt.datetime):
        return dt.datetime.combine(moved, dt.time(12), moment.now.tzinfo)
    return moved


def relative_moment(text: str, moment: Moment) -> dt.date | dt.datetime:
    """`@today+3d`, `@now-2h`; units: min, h, d, w, m (months), y. Raises ValueError for anything else."""
    found = RELATIVE.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" cannot be understood; write "@today", "@today+3d", "@now-2h"')
    start: dt.date | dt.datetime = moment.today if found.group(1) == "today" else moment.now
    for amount, unit in _OFFSET.findall(found.group(2)):
        start = _moved(start, int(amount), unit, moment)
    return start


def _moved(start: dt.date | dt.datetime, amount: int, unit: str, moment: Moment) -> dt.date | dt.datetime:
    if unit in ("m", "y"):
        months = start.year * 12 + start.month - 1 + amount * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        first = start.replace(year=year, month=month + 1, day=1)
        last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        return first.replace(day=min(start.day, last.day))
    if unit in ("h", "min") and not isinstance(start, dt.datetime):
        start = dt.datetime.combine(start, dt.time(), moment.now.tzinfo)
    names = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    return start + dt.timedelta(**{names[unit]: amount})


_TRUE: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _cell_value(kind: str, cell: str) -> Any:
    text = str(cell)
    if kind == "boolean":
        if text.lower() not in _TRUE:
            raise ValueError(f'"{text}" is neither 1 nor 0')
        return _TRUE[text.lower()]
    if kind in ("integer", "duration"):
        return int(text)
    if kind == "float":
        return float(text)
    if kind in ("decimal", "money"):
        return Decimal(text)
    return text
