"""Accounts as an operator makes them: a user with groups, and a new password for one who forgot it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from addons.base.models import Group, User
from kernel.errors import MissingError, UserError, suggest
from kernel.orm import Env

ADMINISTRATORS: Final = "base.manager"


def create_account(env: Env, login: str, name: str, password: str, groups: Iterable[str], administrator: bool) -> int:
    """A user who can log in at once; `groups` are stable ids."""
    wanted = [*groups, *([ADMINISTRATORS] if administrator else [])]
    made = env[User].create(
        {
            "login": login.strip().lower(),
            "name": name,
            "email": login.strip() if "@" in login else "",
            "password": password,
            "groups": [find_group(env, group).id for group in dict.fromkeys(wanted)],
        }
    )
    env.flush()
    return made.id


def change_password(env: Env, login: str, password: str) -> int:
    """Another password for the user of this login; their sessions end."""
    user = env[User].search(User.login == login.strip().lower())
    if not user:
        known = env[User].search().mapped(User.login)
        raise MissingError(f'There is no user "{login}".{suggest(login, known)}')
    user.password = password
    env.flush()
    return user.id


def find_group(env: Env, key: str) -> Group:
    """The group of a stable id; UserError with the nearest one."""
    found = env[Group].search(Group.key == key)
    if not found:
        known = [key for key in env[Group].search().mapped(Group.key) if key]
        raise UserError(f'There is no group "{key}".{suggest(key, known)}', hint=f"There are {', '.join(known)}.")
    return found
