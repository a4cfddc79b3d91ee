"""Tenants that a command makes for itself: the demo's, and the one to try addons in.

Who logs in there stands in a file of the data folder, so that a second run prints the same login.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from cli.logins import change_login, make_login, new_password
from cli.output import print_pairs, working
from kernel.config import Settings
from kernel.errors import ConfigError, MissingError

if TYPE_CHECKING:
    from kernel.addons import Runtime, Tenant

PORTS_TRIED: Final = 20
"""From the configured port on, unless --port names one."""


@dataclass(frozen=True, slots=True)
class State:
    """What is known of such a tenant between two runs."""

    uuid: str
    password: str
    filled: bool = False
    drawn: dict[str, list[str]] = field(default_factory=dict)
    """Of each addon under development: the revision it was at, and a digest of its tables in the models then."""

    @classmethod
    def read(cls, path: Path, uuid: str) -> State | None:
        """None where there is none, or where it is of another tenant."""
        try:
            state = cls(**orjson.loads(path.read_bytes()))
        except (OSError, orjson.JSONDecodeError, TypeError):
            return None
        return state if state.uuid == uuid else None

    def write(self, path: Path) -> None:
        """A password to try things, but a password: only this user may read it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(orjson.dumps(asdict(self)))


def let_in(tenant: Tenant, login: str, person: str) -> str:
    """Make the person who logs in; or, if they are there and nobody knows it any more, a new password."""
    password = new_password()
    try:
        return change_login(tenant, login, password).password
    except MissingError:
        return make_login(tenant, login, name=person, password=password).password


def remove(runtime: Runtime, name: str, path: Path) -> None:
    """Delete the tenant and what is known of it."""
    from kernel.db.tenants import drop_database

    row = runtime.control.find(name)
    if row is not None:
        with working(f"Deleting the tenant {name}"):
            drop_database(runtime.cluster, runtime.control, row)
    path.unlink(missing_ok=True)


def greet(settings: Settings, name: str, login: str, password: str) -> None:
    """Where to go, and how to get in."""
    address = f"http://{name}.{settings.base_domain}:{settings.port}"
    print_pairs({"Address": address, "Login": login, "Password": password})


def at_a_free_port(settings: Settings, *, any_port: bool) -> Settings:
    """The settings with a port that nobody uses: the configured one, or with `any_port` one of the next."""
    from kernel.http.server import bind

    for port in range(settings.port, min(settings.port + PORTS_TRIED, 65536)):
        try:
            bind(settings.host, port).server_close()
        except ConfigError:
            if not any_port:
                raise
        else:
            return replace(settings, port=port)
    return settings
