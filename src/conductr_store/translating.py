"""The one translator: errors of SQLAlchemy, of both drivers and of the system as ours."""

from __future__ import annotations

import os

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from .errors import Conflict, Orphan, StoreBusy, StoreDamaged, StoreError, StoreUnavailable

SQLITE_BUSY_CODES = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED (sqlite.org/rescode.html); the low byte of the extended codes
SQLITE_DAMAGED_CODES = {11, 26}  # SQLITE_CORRUPT, SQLITE_NOTADB
SQLITE_FULL = 13
SQLITE_READONLY = 8
SQLITE_IOERR = 10
SQLITE_CANTOPEN = 14
# What a commit fails with before its transaction could count: a page was not written. Its journal undoes the rest.
SQLITE_UNDONE_CODES = {SQLITE_FULL, 778}  # SQLITE_IOERR_WRITE
SQLITE_FOREIGN_KEY = 787  # SQLITE_CONSTRAINT_FOREIGNKEY, extended
# PostgreSQL, appendix A: serialization failure, deadlock, lock or statement timeout, too many connections, starting up.
POSTGRES_BUSY_STATES = {"40001", "40P01", "55P03", "57014", "53300", "57P03"}
POSTGRES_FOREIGN_KEY = "23503"

SQLITE_HINT = "Free the disk, or name a file in a folder that this user may write to."
POSTGRES_HINT = "Check that the server runs, and the host, the name and the password in the database's address."


def translated(error: BaseException, place: str) -> BaseException:
    """`error` of SQLAlchemy, a driver or the system as one of ours. Ours come back as they are."""
    match error:
        case PoolTimeoutError():
            return StoreBusy()
        case TimeoutError():
            return StoreUnavailable(place, "it does not answer", _hint(place))
        case DBAPIError():
            return _of_driver(error, place)
        case StatementError() if error.orig is not None:
            return error.orig  # a value that cannot be kept: ours to fix, not the database's
        case SQLAlchemyError():
            return StoreUnavailable(place, "the database did not understand us", "Update this program, or report it.")
        case OSError():
            return StoreUnavailable(place, _words_of(error), _hint(place))
        case Exception() if isinstance(getattr(error, "sqlstate", None), str):
            return _of_postgres(str(getattr(error, "sqlstate", "")), place)  # asyncpg's, raised while connecting
        case _:
            return error


def surely_undone(error: BaseException) -> bool:
    """Whether a commit that failed with `error` is known to have changed nothing."""
    return (
        isinstance(error, DBAPIError) and getattr(error.driver_exception, "sqlite_errorcode", 0) in SQLITE_UNDONE_CODES
    )


def _of_driver(error: DBAPIError, place: str) -> StoreError:
    raw = error.driver_exception
    code = getattr(raw, "sqlite_errorcode", None)
    if isinstance(code, int):
        return (
            Conflict("row")
            if isinstance(error, IntegrityError) and code != SQLITE_FOREIGN_KEY
            else of_sqlite(code, place)
        )
    state = getattr(raw, "sqlstate", None)
    if isinstance(state, str):
        return _of_postgres(state, place)
    if isinstance(error, IntegrityError):
        return Conflict("row")
    return StoreUnavailable(place, "the connection was lost", _hint(place))


def of_sqlite(code: int, place: str) -> StoreError:
    """What SQLite's extended result code means to a caller."""
    if code == SQLITE_FOREIGN_KEY:
        return Orphan()
    match code & 0xFF:
        case low if low in SQLITE_BUSY_CODES:
            return StoreBusy()
        case low if low in SQLITE_DAMAGED_CODES:
            return StoreDamaged(place)
        case low:
            return StoreUnavailable(place, _SQLITE_WORDS.get(low, f"SQLite gave up (code {code})"), SQLITE_HINT)


_SQLITE_WORDS = {
    SQLITE_FULL: "the disk is full",
    SQLITE_READONLY: "the file cannot be written",
    SQLITE_IOERR: "the disk failed",
    SQLITE_CANTOPEN: "the file cannot be opened",
}


def _of_postgres(state: str, place: str) -> StoreError:
    if state == POSTGRES_FOREIGN_KEY:
        return Orphan()
    if state.startswith("23"):
        return Conflict("row")
    if state in POSTGRES_BUSY_STATES:
        return StoreBusy()
    words = {
        "28": "it does not let us in",
        "3D": "there is no such database",
        "25": "it takes no writes",
        "53": "it is full",
    }
    return StoreUnavailable(place, words.get(state[:2], f"the server refused (SQLSTATE {state})"), _hint(place))


def _words_of(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno and error.errno > 0 else "it cannot be reached"  # names: below 0


def _hint(place: str) -> str:
    return SQLITE_HINT if place.startswith("SQLite") else POSTGRES_HINT
