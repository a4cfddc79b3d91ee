"""What PostgreSQL could not do, in words for the person: waiting for a lock, time, the connection, room, parameters.

What a constraint refuses is not here: the ORM explains that by field and record. A text of the server is never
quoted, as it may hold data or say where the database is; the driver's error is the cause of the one raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg.conninfo import conninfo_to_dict

from kernel.errors import BusyError, ConfigError, ConflictError, DeveloperError, TenonError

CONFLICTS = (pg.SerializationFailure, pg.DeadlockDetected)
PARAMETERS = 65_535
"""Values that one statement can have."""

_SAY = "Tell your administrator."
_ROOM_LEFT = (
    (pg.DiskFull, "The disk of the database server is full.", "Make room on it, then try again."),
    (pg.OutOfMemory, "The database server has no memory left for this.", "Try again when less is going on."),
    (pg.TooManyConnections, "The database server has no connection left.", "Raise its max_connections."),
)
_LOST = (pg.AdminShutdown, pg.CrashShutdown, pg.CannotConnectNow, pg.IdleInTransactionSessionTimeout)
_ROOM = (pg.InsufficientResources, pg.DiskFull, pg.OutOfMemory, pg.TooManyConnections, pg.ConfigurationLimitExceeded)
_FILES = (pg.SystemError, pg.IoError, pg.UndefinedFile, pg.DataCorrupted, pg.IndexCorrupted)


class RaceError(ConflictError):
    """Another transaction created at the same moment what this one looked for and did not find; run it again."""

    def __init__(self) -> None:
        super().__init__("Somebody else created the same record at the same moment.", hint="Try again.")


def told(error: psycopg.Error, lost: bool) -> TenonError | None:
    """What to raise for `error`; None for one that tells of the values or of the statement.

    `lost`: the connection is gone. A conflict is None as well, as the whole transaction may be run again.
    """
    if isinstance(error, pg.LockNotAvailable):
        return BusyError("Somebody else is changing the same data.", hint="Try again in a moment.", code="locked")
    if isinstance(error, pg.QueryCanceled):
        return BusyError("This took too long and was stopped.", hint="Ask for less at once.", code="timeout")
    for kind, text, hint in _ROOM_LEFT:
        if isinstance(error, kind):
            return BusyError(f"{text} Nothing was saved.", hint=f"{_SAY} {hint}", code="no_room")
    if isinstance(error, _ROOM):
        return BusyError(
            "The database server has no room left for this.",
            hint="Tell your administrator: the log says whether disk, memory or connections ran out.",
            code="no_room",
        )
    if isinstance(error, _FILES):
        return BusyError(
            "The database server cannot read or write its files.",
            hint="Tell your administrator: the log of the database says more.",
            code="no_room",
        )
    if lost or isinstance(error, _LOST):
        return BusyError("The connection to the database was lost; nothing was saved.", hint="Try again in a moment.")
    if isinstance(error, psycopg.OperationalError) and "number of parameters" in str(error):
        return DeveloperError(
            f"A statement was given more values than the {PARAMETERS:,} it can have.",
            hint="Send them as one array (`= ANY(%s)`), or in parts.",
        )
    return None


def to_operator(error: psycopg.Error) -> TenonError | None:
    """What to say of an error to who runs the server; None for one that is a fault of ours.

    Beside what everybody is told: rights that the operator's role lacks, and databases that are gone or in use.
    """
    lost = isinstance(error, psycopg.OperationalError) and error.sqlstate is None
    if (found := told(error, lost)) is not None:
        return found
    said = error.diag.message_primary or ""
    if isinstance(error, pg.InsufficientPrivilege):
        return ConfigError(
            f"The role of TENON_DATABASE_URL may not do this: {said}.",
            hint="Run on the server: ALTER ROLE ... CREATEDB CREATEROLE;  Nothing was changed.",
        )
    if isinstance(error, (pg.InvalidCatalogName, pg.ObjectInUse, pg.DuplicateDatabase, pg.OperationalError)):
        return BusyError(f"The database server could not do this: {said}.", hint="Try again in a moment.")
    if isinstance(error, pg.InternalError_):  # of the server itself: PostgreSQL 15 says so of a disk that fills up
        hint = "Look at its log, and whether its disk is full. Then try again."
        return BusyError(f"The database server could not do this: {said}.", hint=hint)
    return None


def unreachable(dsn: str, error: psycopg.Error) -> BusyError:
    """Why a connection could not be opened, in words; a password is never in them.

    The server's answer to a login has no code, only words, so this reads them; others than English end at the last.
    """
    parts = _parts(dsn)
    name, role = parts.get("dbname", ""), parts.get("user", "")
    place = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}"
    said = str(error)
    if f'database "{name}" does not exist' in said:
        hint = "Restore it from a backup under this name. `tenon doctor` tells whose it is."
        return BusyError(f'The database "{name}" is gone from the server at {place}.', hint=hint)
    if "too many c" in said or "too many clients" in said or "remaining connection slots" in said:
        hint = "Raise max_connections of the server, or lower `workers` and `pool_size` of Tenon."
        return BusyError("The database server has no connection left.", hint=hint, code="no_room")
    if any(word in said for word in ("starting up", "shutting down", "recovery mode", "not yet accepting")):
        return BusyError(f"The database server at {place} is starting or stopping.", hint="Try again in a moment.")
    if "authentication failed" in said or f'role "{role}" ' in said or "permission denied for database" in said:
        hint = "Check TENON_DATABASE_URL and the master key. `tenon doctor --repair` mends the login of a tenant."
        return BusyError(f'The database server at {place} does not let the role "{role}" into "{name}".', hint=hint)
    hint = "Check that the server runs, and TENON_DATABASE_URL; unset it to use a private database."
    return BusyError(f'The database "{name}" at {place} cannot be reached.', hint=hint)


def _parts(dsn: str) -> Mapping[str, Any]:
    try:
        return conninfo_to_dict(dsn)
    except psycopg.Error:
        return {}


def unsure() -> BusyError:
    """The connection was lost while the end of the transaction was on its way."""
    return BusyError(
        "The connection to the database was lost at the end; what was done may be saved or not.",
        hint="Look whether it is there before you try again.",
        code="unsure",
    )


def conflict(error: BaseException) -> ConflictError | None:
    """For a caller who does not try again: the words for a conflict with another transaction."""
    if not isinstance(error, CONFLICTS):
        return None
    return ConflictError("The same data was changed by others at the same moment.", hint="Try again.")


def caused_by(error: BaseException | None, classes: tuple[type[BaseException], ...]) -> bool:
    """Whether the error, or one that led to it, is of one of the classes."""
    while error is not None:
        if isinstance(error, classes):
            return True
        error = error.__cause__
    return False
