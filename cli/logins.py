"""Users as the command line makes them; the addon that owns users answers the kernel's hooks."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from cli.output import Failure

if TYPE_CHECKING:
    from kernel.addons import Tenant

ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that look alike."""


@dataclass(frozen=True, slots=True)
class Login:
    """What a person needs to log in."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Secret:
    """A password, and whether it was made here, so that it must be told."""

    text: str
    made: bool


def new_password() -> str:
    """Four groups of four: 79 bits, easy to read out and to type."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def ask_password(*, generate: bool, from_stdin: bool) -> Secret:
    """A password typed twice, read from standard input, or made; the latter where nobody can type."""
    if from_stdin:
        return Secret(sys.stdin.readline().rstrip("\n"), made=False)
    if generate or not sys.stdin.isatty():
        return Secret(new_password(), made=True)
    typed = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return Secret(str(typed), made=False)


def make_login(
    tenant: Tenant,
    login: str,
    *,
    name: str = "",
    password: str = "",
    groups: tuple[str, ...] = (),
    administrator: bool = True,
) -> Login:
    """Create a user; without a password one is made."""
    from kernel.addons import hookspecs

    secret = password or new_password()
    with tenant.env(why="tenon user create") as env:
        made = env.hooks(hookspecs.create_user)(
            env=env,
            login=login,
            name=name or login.partition("@")[0].replace(".", " ").title(),
            password=secret,
            groups=groups,
            administrator=administrator,
        )
    _need_users(tenant, made)
    return Login(login, secret)


def change_login(tenant: Tenant, login: str, password: str) -> Login:
    """Give a user another password."""
    from kernel.addons import hookspecs

    with tenant.env(why="tenon user password") as env:
        changed = env.hooks(hookspecs.set_password)(env=env, login=login, password=password)
    _need_users(tenant, changed)
    return Login(login, password)


def _need_users(tenant: Tenant, answer: int | None) -> None:
    if answer is None:
        raise Failure(
            f'The tenant "{tenant.name}" has no addon that knows users.',
            f"Install one: tenon addon install {tenant.name} web",
        )
