"""Cross-site request forgery: a token bound to the session, and a look at where a request comes from.

Every unsafe request that a cookie authenticates must carry the token, in the header `X-CSRF-Token` or
in a form's field `csrf`. The token is a signature over the cookie that only this site can read, so
nothing is stored. Before a login there is no session: forms of visitors are bound to a cookie of their
own. Tenants are siblings below one domain, hence "same site": `SameSite` alone does not part them.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from kernel.errors import AccessError
from kernel.http.keys import same, sign

HEADER = "X-CSRF-Token"
FIELD = "csrf"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CsrfError(AccessError):
    """The request does not come from a page of this site, or from one that is too old."""

    code = "csrf"


def new_seed() -> str:
    """What a visitor's cookie holds: nothing but chance."""
    return secrets.token_urlsafe(24)


def token_for(key: bytes, seed: str) -> str:
    """The token that goes with a cookie's value."""
    return sign(key, seed)


def check_token(key: bytes, seed: str, given: str) -> None:
    """Raise CsrfError unless `given` is the token of `seed`."""
    if not seed or not given or not same(token_for(key, seed), given):
        raise CsrfError("This page is too old, or the request came from elsewhere.", hint="Reload the page.")


def check_source(host: str, scheme: str, origin: str | None, fetch_site: str | None) -> None:
    """Raise CsrfError where the browser itself says that another site sent the request."""
    if origin is not None:
        parts = urlsplit(origin)
        if parts.netloc.lower() != host.lower() or parts.scheme != scheme:
            raise CsrfError(f"A request from {origin} is not accepted here.")
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        raise CsrfError("A request from another site is not accepted here.")
