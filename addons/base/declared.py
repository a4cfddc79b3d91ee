"""What addons declare in `security/`, written as rows: groups, access and record rules.

Rows a person changed since are left alone (`updated_by` says who wrote a row last; the system is nobody).
Administrators become members of each new manager group: they manage every installed addon.
"""

from __future__ import annotations

from addons.base.accounts import ADMINISTRATORS
from addons.base.models import Access, Group, Rule
from kernel.addons.contents.security import SecurityDeclaration
from kernel.addons.contents.stable_ids import name_records
from kernel.errors import LoadError, suggest
from kernel.orm import Command, Env


def write_declared(env: Env, declaration: SecurityDeclaration) -> None:
    """Bring the rows of one addon to what it declares."""
    groups = _write_groups(env, declaration)
    _write_access(env, declaration, groups)
    _write_rules(env, declaration, groups)


def _write_groups(env: Env, declaration: SecurityDeclaration) -> dict[str, Group]:
    """All groups of the tenant by stable id; those declared are made or renamed first."""
    known = {group.key: group for group in env[Group].search(Group.key != "")}
    made = []
    for declared in declaration.groups:
        values = {"name": declared.name, "note": declared.description, "addon": declaration.addon}
        if declared.id not in known:
            known[declared.id] = env[Group].create({"key": declared.id, **values})
            made.append(known[declared.id])
        elif not known[declared.id].updated_by:
            known[declared.id].write(**values)
    name_records(
        env,
        declaration.addon,
        "base.group",
        {group.id.partition(".")[2]: known[group.id].id for group in declaration.groups},
    )
    for declared in declaration.groups:
        implied = [_group(known, name, declared.path, declared.line).id for name in declared.implies]
        known[declared.id].write(implies=[Command.link(id) for id in implied])
    for group in made:
        if group.key.endswith(".manager") and group.key != ADMINISTRATORS and ADMINISTRATORS in known:
            known[ADMINISTRATORS].write(implies=[Command.link(group.id)])
    return known


def _group(known: dict[str, Group], name: str, path: str, line: int) -> Group:
    if name not in known:
        raise LoadError(f'{path}:{line} no group "{name}".{suggest(name, known)}')
    return known[name]


def _write_access(env: Env, declaration: SecurityDeclaration, groups: dict[str, Group]) -> None:
    there = {(row.model, row.grantee.id): row for row in env[Access].search(Access.addon == declaration.addon)}
    kept = set()
    for declared in declaration.access:
        group = _group(groups, declared.group or "base.user", declared.path, declared.line)
        values = {f"may_{name}": name in declared.operations for name in ("read", "create", "write", "delete")}
        place = (declared.model, group.id)
        kept.add(place)
        if place not in there:
            values_of_row = {"model": declared.model, "grantee": group.id, "addon": declaration.addon, **values}
            there[place] = env[Access].create(values_of_row)
        elif not there[place].updated_by:
            there[place].write(**values)
    for place, row in there.items():
        if place not in kept and not row.updated_by:
            row.delete()


def _write_rules(env: Env, declaration: SecurityDeclaration, groups: dict[str, Group]) -> None:
    there = {row.key: row for row in env[Rule].search(Rule.addon == declaration.addon)}
    for declared in declaration.rules:
        ids = [_group(groups, name, declared.path, declared.line).id for name in declared.groups]
        values = {
            "name": declared.name or declared.id.partition(".")[2].replace("_", " ").capitalize(),
            "model": declared.model,
            "groups": [Command.set(ids)],
            "domain": list(declared.domain),
            **{f"on_{name}": name in declared.operations for name in ("read", "create", "write", "delete")},
        }
        if declared.id not in there:
            env[Rule].create({"key": declared.id, "addon": declaration.addon, **values})
        elif not there[declared.id].updated_by:
            there[declared.id].write(**values)
    declared_keys = {rule.id for rule in declaration.rules}
    for key, row in there.items():
        if key not in declared_keys and not row.updated_by:
            row.delete()
