"""Security headers of every response: a strict content policy with a nonce, and the usual hardening."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from werkzeug.datastructures import Headers

HSTS = "max-age=31536000; includeSubDomains"

_FIXED: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_PAGE = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_DATA = "default-src 'none'; frame-ancestors 'none'"
_DATA_TYPES = ("application/json", "text/plain")


def new_nonce() -> str:
    """A nonce for the scripts of one page."""
    return secrets.token_urlsafe(16)


def content_policy(content_type: str, nonce: str) -> str:
    """The Content-Security-Policy for a response of this type."""
    if content_type.startswith(_DATA_TYPES):
        return _DATA
    return _PAGE.format(nonce=nonce)


def harden(headers: Headers, *, nonce: str, secure: bool) -> None:
    """Add what is missing; a header that the handler set itself stays."""
    for name, value in _FIXED.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", content_policy(headers.get("Content-Type", ""), nonce))
    headers.setdefault("Cache-Control", "no-store")
    if secure:
        headers.setdefault("Strict-Transport-Security", HSTS)
