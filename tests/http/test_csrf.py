"""CSRF tokens are bound to a cookie, and browsers' own hints are believed."""

import pytest

from kernel.http import csrf
from kernel.http.csrf import CsrfError
from kernel.http.keys import derive

KEY = derive(b"m" * 32, "tenant", "csrf")


def test_a_token_fits_its_own_session_only() -> None:
    token = csrf.token_for(KEY, "session one")
    csrf.check_token(KEY, "session one", token)
    with pytest.raises(CsrfError):
        csrf.check_token(KEY, "session two", token)


def test_a_token_of_another_tenant_does_not_fit() -> None:
    other = derive(b"m" * 32, "other tenant", "csrf")
    with pytest.raises(CsrfError):
        csrf.check_token(KEY, "seed", csrf.token_for(other, "seed"))


@pytest.mark.parametrize(("seed", "given"), [("", ""), ("seed", ""), ("", "token"), ("seed", "seed"), ("s", "ü")])
def test_without_cookie_or_token_nothing_passes(seed: str, given: str) -> None:
    with pytest.raises(CsrfError):
        csrf.check_token(KEY, seed, given)


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://evil.example", None),
        ("http://demo.localhost:8080", None),
        ("https://other.localhost:8080", None),
        ("null", None),
        (None, "cross-site"),
        (None, "same-site"),
    ],
)
def test_a_request_that_the_browser_says_comes_from_elsewhere_is_refused(origin: str | None, site: str | None) -> None:
    with pytest.raises(CsrfError):
        csrf.check_source("demo.localhost:8080", "https", origin, site)


@pytest.mark.parametrize(
    ("origin", "site"),
    [(None, None), ("https://demo.localhost:8080", "same-origin"), ("https://DEMO.localhost:8080", "none")],
)
def test_a_request_from_this_site_passes(origin: str | None, site: str | None) -> None:
    csrf.check_source("demo.localhost:8080", "https", origin, site)
