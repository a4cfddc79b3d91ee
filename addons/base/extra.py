"""The port of extra fields: the rows of `base.extra_field` as definitions, and the kinds a person may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from addons.base.accounts import ADMINISTRATORS
from addons.base.kept import kept, load_groups
from addons.base.models.custom import read_options
from kernel.orm import Env
from kernel.orm.extra.definitions import ExtraField, ExtraSet

_FIELDS: Final = """
    SELECT f.model, f.name, f.type, f.label, f.options, f.comodel, f.required, f.optional, f.help, f.in_list,
           coalesce(f.kind_id, 0), array(SELECT g.group_id FROM base.extra_field_groups g WHERE g.extra_field_id = f.id)
    FROM base.extra_field f WHERE NOT f.archived ORDER BY f.model, f.sequence, f.id"""


class BaseExtraFields:
    """Kept per tenant until a definition changes."""

    def definitions(self, env: Env) -> ExtraSet:
        """All extra fields of the tenant."""
        return kept(env, "base.extra_fields", lambda: _load(env))


def _load(env: Env) -> ExtraSet:
    groups = load_groups(env)
    return ExtraSet(
        env.registry,
        [
            ExtraField(
                model=model,
                name=name,
                type=type_,
                label=label,
                options=read_options(options) if type_ == "selection" else (),
                comodel=comodel if type_ == "many2one" else "",
                required=required,
                nullable=nullable and type_ in ("integer", "decimal", "float"),
                groups=frozenset(groups[id].key for id in ids),
                help=help_,
                in_list=in_list,
                kind=kind,
            )
            for model, name, type_, label, options, comodel, required, nullable, help_, in_list, kind, ids in env.sql(
                _FIELDS
            )
        ],
    )


_KINDS: Final = """
    SELECT k.id, k.name, k.label, k.icon, k.sequence,
           array(SELECT g.group_id FROM base.custom_kind_groups g WHERE g.custom_kind_id = k.id)
    FROM base.custom_kind k WHERE NOT k.archived ORDER BY k.sequence, k.label, k.id"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of records that the tenant made for itself."""

    id: int
    name: str
    label: str
    icon: str
    sequence: int
    groups: frozenset[str]


def kinds_of(env: Env) -> tuple[Kind, ...]:
    """The kinds that the actor may use, in order."""
    every = kept(env, "base.custom_kinds", lambda: _load_kinds(env.as_system("kinds are the same for everybody")))
    if env.is_system or ADMINISTRATORS in env.user.groups:
        return every
    return tuple(kind for kind in every if not kind.groups or not kind.groups.isdisjoint(env.user.groups))


def _load_kinds(env: Env) -> tuple[Kind, ...]:
    groups = load_groups(env)
    return tuple(
        Kind(id, name, label, icon, sequence, frozenset(groups[group].key for group in ids))
        for id, name, label, icon, sequence, ids in env.sql(_KINDS)
    )
