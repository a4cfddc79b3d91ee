"""One call of the RPC: the env of the caller, the model, the body; and what reading a body needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.errors import MissingError, suggest
from kernel.http.casting import ArgumentError
from kernel.orm import Domain, Env, Model
from kernel.orm.query import select
from kernel.orm.registry.bound import ModelInfo

MOST_RECORDS = 1000
"""Records one call may ask for at once."""
FEW_RECORDS = 80
SPEC_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Call:
    """What a method of the RPC is given."""

    env: Env
    model: ModelInfo
    body: Mapping[str, Any]

    @classmethod
    def of(cls, env: Env, model: str, body: Mapping[str, Any]) -> Call:
        """The call, or UnknownModelError; in the language and company that `context` of the body names."""
        found = env.registry.model(model)
        if "context" not in body:
            return cls(env, found, body)
        rest = {name: value for name, value in body.items() if name != "context"}
        return cls(_in_context(env, body["context"]), found, rest)

    @property
    def empty(self) -> Model:
        """The empty recordset of the model, as the caller."""
        return self.env.model(self.model.name)

    def visible(self, ids: Sequence[int]) -> Model:
        """These records, all of which the caller may read; else MissingError, without saying which."""
        records = self.empty.browse(ids)
        if ids and len(records.exists()) != len(ids):
            raise missing()
        return records

    def locked(self, ids: Sequence[int]) -> Model:
        """The same, their rows locked until the end: nobody else changes them meanwhile."""
        return self.lock(self.visible(ids))

    def lock(self, records: Model) -> Model:
        """Lock the rows of records of any model that the caller may read."""
        sql, values = select(records.__info__, Domain.TRUE, ids=records.ids, order=(), lock="no key update")
        self.env.sql(sql, values)
        return records

    def spec(self) -> dict[str, Any]:
        """Which fields are to be read, nested over links."""
        return read_spec(self.body.get("spec", {}), 1)

    def names(self, name: str) -> list[str]:
        """A list of texts of the body."""
        value = self.body.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ArgumentError(f"{name}: a list of texts is needed, got {value!r:.80}.")
        return value

    def domain(self) -> Domain:
        """The body's domain, checked against the model: no SQL was sent when it is wrong."""
        return self.read_domain(self.body.get("domain", []))

    def read_domain(self, wire: Any) -> Domain:
        """A domain from outside; `{"$": "user"}` and its like are filled in."""
        return Domain.from_wire(wire, variables=self.env.variables())

    def limit(self, default: int = FEW_RECORDS) -> int:
        """How many records are asked for."""
        return self.count("limit", default, MOST_RECORDS)

    def offset(self) -> int:
        """How many records are left out at the beginning."""
        return self.count("offset", 0, 2**31)

    def text(self, name: str, default: str = "") -> str:
        """A text of the body."""
        value = self.body.get(name)
        if value is None:
            return default
        if not isinstance(value, str) or "\0" in value:
            raise ArgumentError(f"{name}: a text is needed, got {value!r:.80}.")
        return value

    def count(self, name: str, default: int, most: int) -> int:
        """A number of the body, from 0 to `most`."""
        value = self.body.get(name)
        if value is None:
            return default
        if type(value) is not int or not 0 <= value <= most:
            raise ArgumentError(f"{name}: a number from 0 to {most} is needed, got {value!r:.80}.")
        return value


def _in_context(env: Env, given: Any) -> Env:
    """The env in another language or company: `{"language": "pt", "company": 2}`; both must be the caller's to use."""
    if not isinstance(given, dict) or not given.keys() <= {"language", "company"}:
        raise ArgumentError('context: an object {"language": ..., "company": ...} is needed.')
    language, company = given.get("language"), given.get("company")
    if language is not None:
        if language not in env.languages:
            near = suggest(str(language), env.languages)
            raise ArgumentError(f"context.language: {language!r:.80} is no language that is used here.{near}")
        env = env.with_language(language)
    if company is not None:
        if type(company) is not int:
            raise ArgumentError(f"context.company: an id is needed, got {company!r:.80}.")
        env = env.with_company(company)
    return env


def read_spec(given: Any, depth: int) -> dict[str, Any]:
    """A spec from outside: `{field: {}}`, nested by `fields`; of bounded depth."""
    if not isinstance(given, dict) or not all(isinstance(item, dict) for item in given.values()):
        raise ArgumentError('spec: an object {field: {}} is needed, nested as {field: {"fields": {...}}}.')
    if depth > SPEC_DEPTH:
        raise ArgumentError(f"spec: nested deeper than {SPEC_DEPTH} levels.")
    for item in given.values():
        if "fields" in item:
            read_spec(item["fields"], depth + 1)
    return given


def missing() -> MissingError:
    """The one answer for what does not exist and for what one may not see."""
    return MissingError(
        "There is no such record, or you may not see it.", hint="It may have been deleted. Reload the page."
    )
