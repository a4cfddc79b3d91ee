"""Every response carries the security headers; what a handler set itself stays."""

from werkzeug.datastructures import Headers

from kernel.http.headers import harden, new_nonce


def hardened(content_type: str, *given: tuple[str, str], secure: bool = False) -> Headers:
    headers = Headers([("Content-Type", content_type), *given])
    harden(headers, nonce="N0nce", secure=secure)
    return headers


def test_scripts_of_a_page_need_the_nonce() -> None:
    policy = hardened("text/html; charset=utf-8")["Content-Security-Policy"]
    assert "script-src 'self' 'nonce-N0nce'" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert "object-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_data_can_load_nothing_at_all() -> None:
    assert hardened("application/json")["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_nonce_is_new_each_time() -> None:
    assert len({new_nonce() for _ in range(100)}) == 100


def test_https_is_remembered_by_the_browser_only_where_it_is_used() -> None:
    assert "Strict-Transport-Security" in hardened("text/html", secure=True)
    assert "Strict-Transport-Security" not in hardened("text/html")


def test_types_are_not_guessed_and_pages_not_kept() -> None:
    headers = hardened("text/html")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"


def test_what_the_handler_says_stays() -> None:
    headers = hardened("text/css", ("Cache-Control", "public"))
    assert headers["Cache-Control"] == "public"
