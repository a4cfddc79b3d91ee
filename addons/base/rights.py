"""Rights of a tenant as a value: who may do what, without a database (the policy asks it, `policy.py` loads it).

    access   (model, operation) -> the groups that may
    rules    (model, operation) -> the record rules, each with its groups or with none

A person may do what one of their groups may: no row, no right. Rules *for all* (without groups) narrow: each
of them must let a record through. Rules *of groups* add up: as soon as a model has one, a record needs one
rule of the person's own groups that lets it through. So joining a group never takes a right away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel.orm import Domain

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group: its stable id (or `group:<id>` for one made by a person) and what it implies directly."""

    key: str
    implies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A record rule in wire form. Without groups it holds for everybody."""

    domain: Any
    groups: frozenset[str] = frozenset()

    def read(self, variables: Mapping[str, Any]) -> Domain:
        """The rule's domain for one person."""
        return Domain.from_wire(self.domain, variables=variables, trusted=True)


@dataclass(frozen=True, slots=True)
class Rights:
    """All access rows and rules of a tenant."""

    access: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    rules: Mapping[Key, tuple[RuleRow, ...]] = field(default_factory=dict)

    def allowed(self, groups: frozenset[str], model: str, operation: str) -> bool:
        """Whether a member of `groups` may do `operation` on the model at all."""
        return not groups.isdisjoint(self.access.get((model, operation), frozenset()))

    def rule(self, groups: frozenset[str], model: str, operation: str, variables: Mapping[str, Any]) -> Domain | None:
        """The records a member of `groups` may do it on; None: on all."""
        rows = self.rules.get((model, operation), ())
        if not rows:
            return None
        return combine(
            [row.read(variables) for row in rows if not row.groups],
            [row.read(variables) for row in rows if not row.groups.isdisjoint(groups)]
            if any(row.groups for row in rows)
            else None,
        )


def combine(for_all: Iterable[Domain], of_groups: Iterable[Domain] | None) -> Domain | None:
    """Rules for all are joined by *and*, rules of groups by *or*; None: nothing narrows."""
    whole = Domain.all_of(for_all)
    if of_groups is not None:
        found = list(of_groups)
        whole = whole & (Domain.TRUE if Domain.TRUE in found else Domain.any_of(found))
    return None if whole == Domain.TRUE else whole


def closure(groups: Iterable[GroupRow], start: Iterable[str]) -> frozenset[str]:
    """`start` and all that its groups imply, directly or not."""
    implies = {group.key: group.implies for group in groups}
    seen: set[str] = set()
    todo = list(start)
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            todo.extend(implies.get(key, ()))
    return frozenset(seen)
