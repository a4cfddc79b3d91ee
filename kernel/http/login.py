"""Logging in and out: who it is, a new session each time, and bounds on wrong attempts."""

from __future__ import annotations

from typing import ClassVar

from kernel.addons.hookspecs import authenticators
from kernel.errors import UserError
from kernel.http.limits import RateLimit
from kernel.http.request import Request
from kernel.http.sessions import close_session, open_session


class LoginError(UserError):
    """Login or password is wrong; which of them is not said."""

    code = "login"
    status: ClassVar[int] = 401


class LoginGuard:
    """Counts wrong attempts: of an address on one login, of an address on all, and of all on one login."""

    def __init__(
        self, pair: str = "10 per 5 minutes", address: str = "30 per 5 minutes", login: str = "100 per hour"
    ) -> None:
        self._pair, self._address, self._login = RateLimit(pair), RateLimit(address), RateLimit(login)

    def check(self, tenant: str, address: str, login: str) -> None:
        """Raise TooManyRequestsError where a bound is reached."""
        self._pair.check("pair", tenant, address, login)
        self._address.check("address", tenant, address)
        self._login.check("login", tenant, login)

    def failed(self, tenant: str, address: str, login: str) -> None:
        """Count a wrong attempt."""
        for limit, key in (
            (self._pair, ("pair", tenant, address, login)),
            (self._address, ("address", tenant, address)),
            (self._login, ("login", tenant, login)),
        ):
            limit.count(*key)

    def succeeded(self, tenant: str, address: str, login: str) -> None:
        """A person who knows the password starts afresh."""
        self._pair.clear("pair", tenant, address, login)


def authenticate(request: Request, login: str, password: str) -> int:
    """The user with this login and password, or LoginError; asks the hook `authenticators`."""
    login = login.strip()[:256]
    who = (request.tenant.uuid, request.remote_addr or "", login.lower())
    guard = request.app.guard
    guard.check(*who)
    env = request.env.as_system("nobody is logged in yet")
    user: int | None = None
    if login and password:
        user = env.hooks(authenticators)(env=env, login=login, password=password)
    if user is None:
        guard.failed(*who)
        request.log.warning("login refused", extra={"login": login})
        raise LoginError("Login or password is wrong.", hint="Check both, or ask for a new password.")
    guard.succeeded(*who)
    return user


def sign_in(request: Request, user: int) -> None:
    """A new session for `user`, whose cookie goes out with the response; the old one ends."""
    tx = request.env.tx
    if request.session is not None:
        close_session(tx, request.session.id)
    request.outgoing.session = open_session(tx, user, request.settings, request.caller)
    request.log.bind(user=user)


def sign_out(request: Request) -> None:
    """End the session, here and in the browser."""
    if request.session is not None:
        close_session(request.env.tx, request.session.id)
    request.outgoing.session = ""
