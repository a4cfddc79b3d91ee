"""The two sides of a bridge, and reading them: by one statement each, whatever their number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from addons.base.email_address import normal_email
from addons.sync.engine.matching import PHONE_DIGITS, Party, phone_key
from kernel.orm import Env, Model


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its model, the field of the link that names its record, and the fields that tell who it is."""

    model: type[Model]
    link: str
    name: str = "name"
    email: str = "email"
    phone: str = ""
    accepts: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)
    """Field -> whether a value that comes from the other side can be taken; what cannot is left as it is."""
    new: Callable[[Model], dict[str, Any]] | None = None
    """The values of a record made here for a lonely one of the other side; None: none are made."""

    def records(self, env: Env, ids: Collection[int] = ()) -> Any:
        """Records of this side."""
        return env[self.model].browse(ids)

    def is_of(self, records: Model) -> bool:
        """Whether these are records of this side."""
        return isinstance(records, self.model)

    def takes(self, record: Model, name: str, value: Any) -> bool:
        """Whether a value fits: what is required is not emptied, and `accepts` has no objection."""
        if not value and record.__info__.field(name).field.required:
            return False
        return name not in self.accepts or self.accepts[name](value)

    def parties(self, env: Env, links: str = "", *, like: Collection[Party] | None = None) -> list[Party]:
        """All active records; with `like`, those that share an address or a phone with one of these.

        `links` is the table of links; empty while there is none yet.
        """
        model = env[self.model].__info__
        linked = "false"
        if links:
            linked = f"EXISTS (SELECT FROM {links} l WHERE l.\"{self.link}_id\" = t.id AND l.state = 'active')"
        phone = self._column(env, self.phone) if self.phone else "''"
        where = [f"NOT t.{model.archived.column}"] if model.archived is not None else ["true"]
        params: list[Any] = []
        if like is not None:
            near, params = self._near(env, like)
            where.append(near)
        return [
            Party(*row)
            for row in env.sql(
                f"SELECT t.id, {self._column(env, self.name)}, {self._column(env, self.email)}, {phone}, {linked}"
                f" FROM {model.sql} t WHERE {' AND '.join(where)} ORDER BY t.id",
                params,
            )
        ]

    def parties_of(self, env: Env, records: Model) -> list[Party]:
        """Some records, whether they are linked or not."""
        phone = self.phone or self.name
        return [
            Party(
                record.id,
                getattr(record, self.name),
                getattr(record, self.email),
                getattr(record, phone) if self.phone else "",
            )
            for record in env[self.model].browse(records.ids)
        ]

    def _column(self, env: Env, name: str) -> str:
        return f't."{env[self.model].__info__.field(name).column}"'

    def _near(self, env: Env, like: Collection[Party]) -> tuple[str, list[Any]]:
        """The condition for records that may match one of `like`."""
        emails = sorted({normal_email(party.email) for party in like} - {""})
        phones = sorted({phone_key(party.phone) for party in like} - {""}) if self.phone else []
        terms, params = [f"lower(btrim({self._column(env, self.email)})) = ANY(%s)"], [emails]
        if phones:
            digits = f"regexp_replace({self._column(env, self.phone)}, '\\D', '', 'g')"
            terms.append(f"right({digits}, {PHONE_DIGITS}) = ANY(%s)")
            params.append(phones)
        return f"({' OR '.join(terms)})", params
