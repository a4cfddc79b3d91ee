"""What base answers to the kernel: access policy, users, settings, login, and rows of declared rights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from addons.base.accounts import change_password, create_account
from addons.base.changes import BaseChanges
from addons.base.declared import write_declared
from addons.base.directory import BaseDirectory, authenticate
from addons.base.extra import BaseExtraFields
from addons.base.numbers import BaseNumbers, declare_all
from addons.base.policy import BasePolicy
from addons.base.store import BaseSettings
from kernel.addons import OwnedRows, hookimpl
from kernel.addons.contents.security import SecurityDeclaration
from kernel.orm import Env, Model
from kernel.orm.ports import AccessPolicy, ChangeLog, ExtraFields, Numbers, SettingsStore, UserDirectory

#: What is kept per tenant is made from these; a change drops it everywhere.
KEPT: Final = frozenset(
    {
        "base.access",
        "base.rule",
        "base.group",
        "base.user",
        "base.company",
        "base.language",
        "base.setting",
        "base.extra_field",
        "base.custom_kind",
    }
)


@hookimpl
def access_policy() -> AccessPolicy:
    return BasePolicy()


@hookimpl
def user_directory() -> UserDirectory:
    return BaseDirectory()


@hookimpl
def settings_store() -> SettingsStore:
    return BaseSettings()


@hookimpl
def number_series() -> Numbers:
    return BaseNumbers()


@hookimpl
def extra_fields() -> ExtraFields:
    return BaseExtraFields()


@hookimpl
def addon_installed(env: Env, addon: str) -> None:
    declare_all(env.as_system("the series of numbers of an addon"), addon)


@hookimpl
def addon_upgraded(env: Env, addon: str) -> None:
    declare_all(env.as_system("the series of numbers of an addon"), addon)


@hookimpl
def change_log() -> ChangeLog:
    return BaseChanges()


@hookimpl
def authenticators(env: Env, login: str, password: str) -> int | None:
    return authenticate(env.as_system("a password is checked"), login, password)


@hookimpl
def create_user(
    env: Env, login: str, name: str, password: str, groups: tuple[str, ...], administrator: bool
) -> int | None:
    return create_account(env.as_system("an operator adds a user"), login, name, password, groups, administrator)


@hookimpl
def set_password(env: Env, login: str, password: str) -> int | None:
    return change_password(env.as_system("an operator sets a password"), login, password)


@hookimpl
def security_declared(env: Env, declaration: SecurityDeclaration) -> None:
    write_declared(env, declaration)
    _forget(env)


@hookimpl
def owned_rows() -> Iterable[OwnedRows]:
    return (
        OwnedRows("base.rule", of_model="model"),
        OwnedRows("base.access", of_model="model"),
        OwnedRows("base.setting"),
        OwnedRows("base.group"),
        OwnedRows("base.change", of_model="model", stays=True),
        OwnedRows("base.extra_field", of_model="model", stays=True),
    )


@hookimpl
def records_created(env: Env, records: Model) -> None:
    _forget_if_kept(env, records)


@hookimpl
def records_written(env: Env, records: Model) -> None:
    _forget_if_kept(env, records)


@hookimpl
def records_deleting(env: Env, records: Model) -> None:
    _forget_if_kept(env, records)


def _forget_if_kept(env: Env, records: Model) -> None:
    if records.__info__.name in KEPT:
        _forget(env)


def _forget(env: Env) -> None:
    if env.tenant is not None:
        env.tenant.changed()
