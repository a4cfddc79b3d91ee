"""Signed links: who has one may see, move and cancel that booking, without an account."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from kernel.errors import MissingError
from kernel.http import Request
from kernel.http.keys import derive


def link_to(request: Request, booking: int) -> str:
    """The path of a booking's own page."""
    return f"/book/b/{_signer(request).dumps(booking)}"


def booking_of(request: Request, token: str) -> int:
    """The id of the booking that a link is for; MissingError for any other text."""
    try:
        found = _signer(request).loads(token)
    except BadSignature:
        found = None
    if not isinstance(found, int):
        raise MissingError("This link leads to no booking.", hint="Copy the whole link, or book anew.")
    return found


def _signer(request: Request) -> URLSafeSerializer:
    key = derive(request.app.master_key, request.tenant.uuid, "booking.link")
    return URLSafeSerializer(key, salt="booking")
