"""The policy of the toys: managers may do all, members what a table here says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.addons import hookimpl
from kernel.errors import MissingError
from kernel.http.passwords import verify_password
from kernel.orm import Domain, Env
from kernel.orm.ports import AccessPolicy, Operation, UserDirectory, UserInfo

MEMBER: dict[str, set[str]] = {
    "shop.customer": {"read", "create", "write"},
    "shop.order": {"read", "create", "write", "delete"},
    "shop.line": {"read", "create", "write", "delete"},
}


class Directory:
    """Users are the rows of gate.user."""

    def user(self, env: Env, id: int) -> UserInfo:
        """The user, or MissingError."""
        return _kept(env, ("gate.user", id), lambda: _load(env, id))

    def languages(self, env: Env) -> tuple[str, ...]:
        """English, and Portuguese."""
        return ("en", "pt")


class Policy:
    """Members see customers without an owner and their own."""

    def allowed(self, env: Env, model: str, operation: Operation) -> bool:
        """Whether the actor may at all."""
        groups = env.user.groups
        if "shop.manager" in groups:
            return True
        return "shop.user" in groups and operation in MEMBER.get(model, ())

    def rule(self, env: Env, model: str, operation: Operation) -> Domain | None:
        """Which records; one may enter a customer for somebody else."""
        if operation == "create":
            return None
        if model != "shop.customer" or "shop.manager" in env.user.groups:
            return None
        return Domain.term("owner", "in", [env.user_id, 0])

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        """Fields of groups the actor is not in."""
        declared = env.registry.model(model).fields.values()
        return frozenset(b.name for b in declared if b.field.groups and not env.user.groups & {*b.field.groups})


def _kept(env: Env, key: object, build: Callable[[], Any]) -> Any:
    return env.tenant.cached(key, build) if env.tenant else build()


def _load(env: Env, id: int) -> UserInfo:
    rows = env.sql("SELECT name, login, teams FROM gate.user WHERE id = %s AND NOT archived", (id,))
    if not rows:
        raise MissingError(f"There is no user {id}.")
    name, login, teams = rows[0]
    return UserInfo(id, name=name, login=login, companies=(1, 2), groups=frozenset(teams.split()))


@hookimpl
def access_policy() -> AccessPolicy:
    return Policy()


@hookimpl
def user_directory() -> UserDirectory:
    return Directory()


@hookimpl
def authenticators(env: Env, login: str, password: str) -> int | None:
    rows = env.sql("SELECT id, password_hash FROM gate.user WHERE login = %s AND NOT archived", (login,))
    id, encoded = rows[0] if rows else (None, "")
    return id if verify_password(encoded, password) else None
