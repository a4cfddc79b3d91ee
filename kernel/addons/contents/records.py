"""Loading the records of data files into a tenant: created once, renewed by policy, never against a user.

- `always`: the file's values are written whenever the file changed;
- `if_untouched`: so too, but not over a record that somebody changed since (its `version` tells);
- `never`: created once, then it belongs to the user.

A record that a user deleted is not made again: its stable id stays as a tombstone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kernel.addons.contents.datafiles import DataRecord, Moment, field_value, references
from kernel.addons.contents.stable_ids import StableRow, find_all, remember
from kernel.addons.findings import Finding, Findings
from kernel.errors import LoadError, UserError, ValidationError, suggest
from kernel.orm import Env


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did; `kept` are stable ids whose record a user changed, `gone` those a user deleted."""

    created: int = 0
    updated: int = 0
    kept: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def load_records(env: Env, records: Sequence[DataRecord]) -> Loaded:
    """Bring the tenant to what the files say. `env` is the system's; everything is checked before."""
    if not records:
        return Loaded()
    return _Load(env, records).run()


class _Load:
    def __init__(self, env: Env, records: Sequence[DataRecord]) -> None:
        self.env = env
        self.registry = env.registry
        self.records = records
        self.findings = Findings()
        now = env.now()
        self.moment = Moment(env.today(), now if now.tzinfo else now.replace(tzinfo=dt.UTC))
        own = {record.stable_id for record in records}
        pointed = {id for record in records for _, id in references(record, self.registry)}
        self.rows = find_all(env, own | pointed)
        self.versions = self._living()
        self.ids = {id: row.record for id, row in self.rows.items() if self._lives(row)}
        self.models = {id: row.model for id, row in self.rows.items()}
        self.models.update({record.stable_id: record.model for record in records})
        self.noted: list[StableRow] = []

    def run(self) -> Loaded:
        new = [record for record in self.records if record.stable_id not in self.rows]
        self._check_references(new)
        self._create_all(new)
        updated, kept = self._update()
        self._flush()
        self._note_versions()
        gone = [r.stable_id for r in self.records if r.stable_id in self.rows and r.stable_id not in self.ids]
        return Loaded(len(new), updated, tuple(kept), tuple(gone))

    def _living(self) -> dict[tuple[str, int], int]:
        """(model, id) -> version, of the records that still exist."""
        wanted: dict[str, list[int]] = {}
        for row in self.rows.values():
            if row.model in self.registry.models:
                wanted.setdefault(row.model, []).append(row.record)
        return {(model, id): version for model, ids in wanted.items() for id, version in self._versions(model, ids)}

    def _versions(self, model: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        table = self.registry.model(model).sql
        return self.env.tx.rows(f"SELECT id, version FROM {table} WHERE id = ANY(%s)", (list(ids),))

    def _lives(self, row: StableRow) -> bool:
        return (row.model, row.record) in self.versions

    def _check_references(self, new: Sequence[DataRecord]) -> None:
        known = {*self.ids, *(record.stable_id for record in new)}
        for record in self.records:
            for name, target in references(record, self.registry):
                if target not in known:
                    text = f'{name}: there is no record "{target}".{suggest(target, known)}'
                    self.findings.add(record.path, record.line, record.stable_id, text, rule="data-unknown-reference")
        self.findings.raise_if_any("Data files name records that do not exist:")

    def _create_all(self, new: Sequence[DataRecord]) -> None:
        """Create what points only to records that are there, and so on; circles are closed at the end."""
        waiting = list(new)
        late: list[tuple[DataRecord, frozenset[str]]] = []
        while waiting:
            ready = [record for record in waiting if not self._missing(record)]
            if ready:
                for batch in _by_model(ready):
                    self._create(batch, frozenset())
            else:
                record, fields = self._opening(waiting)
                late.append((record, fields))
                self._create([record], fields)
            waiting = [record for record in waiting if record.stable_id not in self.ids]
        for record, fields in late:
            values = {name: value for name, value in self._values(record).items() if name in fields}
            self._write(record, self.ids[record.stable_id], values)

    def _missing(self, record: DataRecord) -> frozenset[str]:
        """The fields that point to records which are still to be created."""
        return frozenset(n for n, target in references(record, self.registry) if target not in self.ids)

    def _opening(self, waiting: Sequence[DataRecord]) -> tuple[DataRecord, frozenset[str]]:
        """A record of a circle that can do without the fields which close it."""
        for record in waiting:
            missing = self._missing(record)
            fields = self.registry.model(record.model).fields
            if not any(fields[name].field.required for name in missing):
                return record, missing
        names = ", ".join(record.stable_id for record in waiting)
        raise _at(waiting[0], f"these records need each other, so none can be the first: {names}")

    def _create(self, batch: Sequence[DataRecord], later: frozenset[str]) -> None:
        rows = [self._values(record, skip=later) for record in batch]
        try:
            made = self.env.model(batch[0].model).create(rows)
        except UserError as error:
            raise _at(batch[0], error.text) from error
        for record, id in zip(batch, made.ids, strict=True):
            self.ids[record.stable_id] = id
            row = StableRow(record.addon, record.name, record.model, id, record.policy, record.hash)
            self.noted.append(row)

    def _write(self, record: DataRecord, id: int, values: Mapping[str, Any]) -> None:
        try:
            self.env.model(record.model).browse(id).write(**values)
        except UserError as error:
            raise _at(record, error.text) from error

    def _update(self) -> tuple[int, list[str]]:
        updated, kept = 0, []
        for record in self.records:
            row = self.rows.get(record.stable_id)
            if row is None or record.stable_id not in self.ids:
                continue
            touched = row.touched or self.versions[row.model, row.record] != row.version
            if touched and not row.touched:
                self.noted.append(replace(row, touched=True, policy=record.policy))
            if row.hash == record.hash or record.policy == "never":
                continue
            if touched and record.policy == "if_untouched":
                kept.append(record.stable_id)
                continue
            self._write(record, row.record, self._values(record))
            self.noted.append(replace(row, hash=record.hash, policy=record.policy, touched=False))
            updated += 1
        return updated, kept

    def _flush(self) -> None:
        """Constraints speak when rows are written; the error tells the record, and so the place in a file."""
        try:
            self.env.flush()
        except ValidationError as error:
            for record in self.records:
                if error.record == [record.model, self.ids.get(record.stable_id)]:
                    raise _at(record, error.text) from error
            raise

    def _note_versions(self) -> None:
        """What was written now is what a later load compares with."""
        by_model: dict[str, list[int]] = {}
        for row in self.noted:
            by_model.setdefault(row.model, []).append(row.record)
        versions = {(model, id): v for model, ids in by_model.items() for id, v in self._versions(model, ids)}
        latest = {row.stable_id: row for row in self.noted}
        remember(
            self.env,
            [r if r.touched else replace(r, version=versions[r.model, r.record]) for r in latest.values()],
        )

    def _place(self, stable_id: str) -> tuple[str, int]:
        """Model and id of a record that is there by now."""
        return self.models[stable_id], self.ids[stable_id]

    def _values(self, record: DataRecord, skip: Iterable[str] = ()) -> dict[str, Any]:
        fields = self.registry.model(record.model).fields
        values = {}
        for name, value in record.values.items():
            if name in skip:
                continue
            try:
                values[name] = field_value(record, fields[name], value, self.moment, self._place)
            except (ValueError, ArithmeticError) as error:
                raise _at(record, f"{name}: {error}") from error
        return values


def _by_model(records: Iterable[DataRecord]) -> list[list[DataRecord]]:
    batches: dict[str, list[DataRecord]] = {}
    for record in records:
        batches.setdefault(record.model, []).append(record)
    return list(batches.values())


def _at(record: DataRecord, text: str) -> LoadError:
    finding = Finding(record.path, record.line, record.stable_id, text, "data-bad-value")
    return LoadError("A data file cannot be loaded:", findings=[str(finding)])
