"""Sessions: rows of `tenon.session`, found by the hash of a token that only the browser has.

A session ends when it was idle for too long or is too old in all. The table holds no token, so who reads
it cannot log in. The hot path does not come here: the request's first statement reads the session beside
the tenant's generations (`LOOKUP`).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from kernel.config import Settings
from kernel.db import Transaction

TOUCH_AFTER = 60
"""Seconds between two notes of a session's last use."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is valid now. `stale`: its last use should be noted again."""

    id: int
    user: int
    token: str
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a session is opened from; shown to the user in the list of their sessions."""

    address: str
    agent: str


def hash_token(token: str) -> str:
    """What the table knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(tx: Transaction, user: int, settings: Settings, caller: Caller) -> str:
    """A new session; returns its token, which is kept nowhere. Sessions of the user that ended are swept."""
    token = secrets.token_urlsafe(32)
    tx.execute(
        "DELETE FROM tenon.session WHERE user_id = %s"
        " AND (expires_at <= now() OR seen_at <= now() - make_interval(secs => %s))",
        (user, settings.session_idle),
    )
    tx.execute(
        "INSERT INTO tenon.session (token_hash, user_id, expires_at, address, agent)"
        " VALUES (%s, %s, now() + make_interval(secs => %s), %s, %s)",
        (hash_token(token), user, settings.session_absolute, caller.address[:64], caller.agent[:256]),
    )
    return token


def close_session(tx: Transaction, session: int) -> None:
    """End one session."""
    tx.execute("DELETE FROM tenon.session WHERE id = %s", (session,))


def close_sessions(tx: Transaction, user: int, keep: int | None = None) -> None:
    """End all sessions of a user, but perhaps the one in use: after a change of password, or of rights."""
    tx.execute("DELETE FROM tenon.session WHERE user_id = %s AND id IS DISTINCT FROM %s", (user, keep))


def touch_session(tx: Transaction, session: int) -> None:
    """Note that a session is in use."""
    tx.execute(
        "UPDATE tenon.session SET seen_at = now() WHERE id = %s AND seen_at < now() - make_interval(secs => %s)",
        (session, TOUCH_AFTER),
    )
