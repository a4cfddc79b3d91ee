"""The user directory and the authenticator: who a user is, and whether a password is theirs."""

from __future__ import annotations

from typing import Final

from addons.base.kept import kept, load_groups
from addons.base.rights import closure
from kernel.errors import MissingError
from kernel.http.passwords import hash_password, needs_rehash, verify_password
from kernel.orm import Env
from kernel.orm.ports import UserInfo

#: Every person who can log in is a member of this group.
EVERYBODY: Final = "base.user"

_USER: Final = """
    SELECT u.name, u.login, coalesce(ul.code, cl.code), coalesce(nullif(u.tz, ''), c.tz), u.company_id,
           array(SELECT x.company_id FROM base.user_companies x WHERE x.user_id = u.id ORDER BY 1),
           array(SELECT x.group_id FROM base.user_groups x WHERE x.user_id = u.id)
    FROM base.user u
    JOIN base.company c ON c.id = u.company_id
    JOIN base.language cl ON cl.id = c.language_id
    LEFT JOIN base.language ul ON ul.id = u.language_id
    WHERE u.id = %s AND NOT u.archived"""
_LANGUAGES: Final = """
    SELECT l.code FROM base.language l
    WHERE NOT l.archived OR l.id = (SELECT language_id FROM base.company ORDER BY id LIMIT 1)
    ORDER BY coalesce(l.id = (SELECT language_id FROM base.company ORDER BY id LIMIT 1), l.code = 'en') DESC, l.code"""
_SECOND_COMPANY: Final = "SELECT id FROM base.company ORDER BY id LIMIT 1 OFFSET 1"
_PASSWORD: Final = "SELECT id, password_hash FROM base.user WHERE login = %s AND NOT archived"  # noqa: S105


class BaseDirectory:
    """Users are the rows of `base.user`; archived ones are nobody."""

    def user(self, env: Env, id: int) -> UserInfo:
        """The user `id`; raises MissingError."""
        return kept(env, ("base.user", id), lambda: load_user(env, id))

    def languages(self, env: Env) -> tuple[str, ...]:
        """Codes of the languages there are: that of the first company is the tenant's, and comes first."""
        return kept(env, "base.languages", lambda: tuple(code for (code,) in env.tx.rows(_LANGUAGES)) or ("en",))


def load_user(env: Env, id: int) -> UserInfo:
    """A user from the database, with all groups that theirs imply."""
    rows = env.sql(_USER, (id,))
    if not rows:
        raise MissingError(f"There is no user {id} who may log in.")
    name, login, language, tz, company, companies, groups = rows[0]
    known = load_groups(env)
    return UserInfo(
        id=id,
        name=name,
        login=login,
        language=language,
        tz=tz,
        companies=(company, *(other for other in companies if other != company)),
        groups=closure(known.values(), [EVERYBODY, *(known[group].key for group in groups)]),
    )


def several_companies(env: Env) -> bool:
    """Whether people need to be told companies apart at all."""
    return kept(env, "base.several_companies", lambda: bool(env.sql(_SECOND_COMPANY)))


def authenticate(env: Env, login: str, password: str) -> int | None:
    """The id of the user with this login and password; takes as long where there is no such login."""
    rows = env.sql(_PASSWORD, (login.strip().lower(),))
    id, stored = rows[0] if rows else (0, "")
    if not verify_password(stored, password):
        return None
    if needs_rehash(stored):
        env.sql("UPDATE base.user SET password_hash = %s WHERE id = %s", (hash_password(password), id))
    return int(id)
