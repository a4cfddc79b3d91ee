"""The access policy: asks the rights of the tenant, which are loaded once and kept until they change."""

from __future__ import annotations

from typing import Final

from addons.base.extra import kinds_of
from addons.base.kept import kept, load_groups
from addons.base.models.company import CompanyScoped
from addons.base.models.custom import RECORDS
from addons.base.rights import Key, Rights, RuleRow
from kernel.orm import Domain, Env
from kernel.orm.ports import Operation

OPERATIONS: Final[tuple[Operation, ...]] = ("read", "create", "write", "delete")

_ACCESS: Final = "SELECT model, grantee_id, may_read, may_create, may_write, may_delete FROM base.access"
_RULES: Final = """
    SELECT r.model, r.domain, array(SELECT g.group_id FROM base.rule_groups g WHERE g.rule_id = r.id),
           r.on_read, r.on_create, r.on_write, r.on_delete
    FROM base.rule r ORDER BY r.id"""


class BasePolicy:
    """Default deny; access rows per group; rules for all narrow, rules of groups add up."""

    def __init__(self) -> None:
        self._guarded: dict[str, tuple[tuple[str, frozenset[str] | None], ...]] = {}

    def allowed(self, env: Env, model: str, operation: Operation) -> bool:
        """Whether the actor may do `operation` on the model at all."""
        return rights(env).allowed(env.user.groups, model, operation)

    def rule(self, env: Env, model: str, operation: Operation) -> Domain | None:
        """The records on which the actor may do it; None: on all."""
        user = env.user
        found = rights(env).rule(user.groups, model, operation, env.variables())
        if issubclass(env.registry.model(model).cls, CompanyScoped):
            of_companies = Domain.term("company", "in", [*user.companies, None])
            return of_companies if found is None else of_companies & found
        if model == RECORDS:
            of_kinds = Domain.term("kind", "in", [kind.id for kind in kinds_of(env)])
            return of_kinds if found is None else of_kinds & found
        return found

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        """Hashes of passwords and their like, and the fields of groups the actor is not in."""
        guarded = self._guarded.get(model)
        if guarded is None:
            guarded = self._guarded[model] = tuple(
                (name, None if bound.field.hashed else frozenset(bound.field.groups))
                for name, bound in env.registry.model(model).fields.items()
                if bound.field.hashed or bound.field.groups
            )
        mine = env.user.groups if guarded else frozenset()
        return frozenset(name for name, groups in guarded if groups is None or groups.isdisjoint(mine))


def rights(env: Env) -> Rights:
    """The rights of the tenant."""
    return kept(env, "base.rights", lambda: load_rights(env.as_system("rights are checked")))


def load_rights(env: Env) -> Rights:
    """All access rows and rules of the tenant, with groups by their keys."""
    keys = {id: group.key for id, group in load_groups(env).items()}
    access: dict[Key, set[str]] = {}
    for model, group, *flags in env.sql(_ACCESS):
        for operation, may in zip(OPERATIONS, flags, strict=True):
            if may:
                access.setdefault((model, operation), set()).add(keys[group])
    rules: dict[Key, list[RuleRow]] = {}
    for model, domain, groups, *flags in env.sql(_RULES):
        row = RuleRow(domain or [], frozenset(keys[group] for group in groups))
        for operation, on in zip(OPERATIONS, flags, strict=True):
            if on:
                rules.setdefault((model, operation), []).append(row)
    return Rights(
        {key: frozenset(groups) for key, groups in access.items()},
        {key: tuple(rows) for key, rows in rules.items()},
    )
