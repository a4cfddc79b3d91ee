"""What PostgreSQL could not do, in words for the person: waiting for a lock, time, the connection, room, parameters.

What a constraint refuses is not here: the ORM explains that by field and record. A text of the server is never
quoted, as it may hold data or say where the database is; the driver's error is the cause of the one raised.
"""

from __future__ import annotations

import psycopg
from psycopg import errors as pg

from kernel.errors import BusyError, ConflictError, DeveloperError, TenonError

CONFLICTS = (pg.SerializationFailure, pg.DeadlockDetected)
PARAMETERS = 65_535
"""Values that one statement can have."""

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
