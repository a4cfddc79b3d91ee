"""Users as the operator makes them on the command line: created, or given another password."""

from __future__ import annotations

from typing import Final

from addons.base.models import User
from kernel.errors import MissingError, suggest
from kernel.http.passwords import check_strength
from kernel.orm import Command, Env

#: Its members manage everything.
ADMINISTRATOR: Final = "base.manager"


def create(env: Env, login: str, name: str, password: str, groups: tuple[str, ...]) -> int:
    """Make a user who can log in; the id."""
    check_strength(password)
    user = env[User].create(
        {
            "login": login.strip().lower(),
            "name": name,
            "email": login if "@" in login else "",
            "groups": [Command.link(_group(env, group)) for group in groups],
            "password": password,
        }
    )
    env.flush()
    return int(user.id)


def set_password(env: Env, login: str, password: str) -> int:
    """Give a user another password and end their sessions; the id."""
    check_strength(password)
    user = env[User].search(User.login == login.strip().lower(), limit=1)
    if not user:
        known = [other.login for other in env[User].search(limit=500)]
        raise MissingError(
            f'There is no user "{login}".{suggest(login, known)}',
            hint="Create the user: tenon user create",
        )
    user.password = password
    env.flush()
    env.sql("DELETE FROM tenon.session WHERE user_id = %s", (user.id,))
    return int(user.id)


def _group(env: Env, key: str) -> int:
    """The id of a group by its stable id."""
    keys = dict(env.sql("SELECT key, id FROM base.group"))
    if key not in keys:
        raise MissingError(
            f'There is no group "{key}".{suggest(key, keys)}', hint=f"Groups: {', '.join(sorted(keys))}."
        )
    return int(keys[key])
