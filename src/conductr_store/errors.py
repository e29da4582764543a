"""What can go wrong with what we remember.

StoreError
  NotFound           what, id
  Conflict           what, key: such a row is there already
  Orphan             the row belongs to one that is not there
  LeaseLost          id, owner: somebody else works on it now
  StoreBusy          nothing was changed: safe to try again
  StoreUnavailable   place, why, hint
    CommitUnsure     the connection broke at the commit: look whether it was kept
    StoreDamaged     the file is no whole database
    SchemaTooNew     revision: written by a newer version
  MediaError
    NotAMediaKey
    MediaMissing     key
    MediaDamaged     key: its bytes are no longer those that were put
    MediaUnavailable place, why, hint
"""

from __future__ import annotations

import os

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class StoreError(Exception):
    """Something about the store."""


class NotFound(StoreError):
    def __init__(self, what: str, id: object) -> None:  # noqa: A002 - it is the row's id
        super().__init__(f"there is no {what} {id!r}")
        self.what, self.id = what, id


class Conflict(StoreError):
    def __init__(self, what: str, key: object = None) -> None:
        super().__init__(f"there is such a {what} already" + ("" if key is None else f": {key!r}"))
        self.what, self.key = what, key


class Orphan(StoreError):
    def __init__(self) -> None:
        super().__init__("the row belongs to one that is not there; put that one first")


class LeaseLost(StoreError):
    def __init__(self, id: str, owner: str | None) -> None:  # noqa: A002 - it is the row's id
        super().__init__(f"{id!r} is no longer leased to the caller but to {owner or 'nobody'}")
        self.id, self.owner = id, owner


class StoreBusy(StoreError):
    def __init__(self) -> None:
        super().__init__("the database is busy and nothing was changed; try again in a moment")


class StoreUnavailable(StoreError):
    """`place` never holds a password."""

    def __init__(self, place: str, why: str, hint: str) -> None:
        super().__init__(f"{place}: {why}. {hint}")
        self.place, self.why, self.hint = place, why, hint


class CommitUnsure(StoreUnavailable):
    def __init__(self, place: str) -> None:
        super().__init__(
            place, "the connection broke at the commit", "Look whether the change is there before repeating it."
        )


class StoreDamaged(StoreUnavailable):
    def __init__(self, place: str) -> None:
        hint = "Stop every process that uses it, keep a copy of it, and put the newest backup in its place."
        super().__init__(place, "the file is no whole database", hint)


class SchemaTooNew(StoreUnavailable):
    def __init__(self, place: str, revision: str) -> None:
        why = f"it was written by a newer version (schema {revision})"
        super().__init__(place, why, "Update this program, or use the backup made before the update.")
        self.revision = revision


class MediaError(StoreError):
    """Something about the files."""


class NotAMediaKey(MediaError):
    def __init__(self) -> None:
        super().__init__("that is no key of a media file")


class MediaMissing(MediaError):
    def __init__(self, key: str) -> None:
        super().__init__(f"there is no media file {key}")
        self.key = key


class MediaDamaged(MediaError):
    def __init__(self, key: str) -> None:
        super().__init__(f"the media file {key} is damaged")
        self.key = key


class MediaUnavailable(MediaError):
    def __init__(self, place: str, why: str, hint: str) -> None:
        super().__init__(f"{place}: {why}. {hint}")
        self.place, self.why, self.hint = place, why, hint


SQLITE_BUSY_CODES = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED (sqlite.org/rescode.html); the low byte of the extended codes
SQLITE_DAMAGED_CODES = {11, 26}  # SQLITE_CORRUPT, SQLITE_NOTADB
SQLITE_FULL = 13
SQLITE_READONLY = 8
SQLITE_IOERR = 10
SQLITE_CANTOPEN = 14
SQLITE_FOREIGN_KEY = 787  # SQLITE_CONSTRAINT_FOREIGNKEY, extended
# PostgreSQL, appendix A: serialization failure, deadlock, lock or statement timeout, too many connections, starting up.
POSTGRES_BUSY_STATES = {"40001", "40P01", "55P03", "57014", "53300", "57P03"}
POSTGRES_FOREIGN_KEY = "23503"

SQLITE_HINT = "Free the disk, or name a file in a folder that this user may write to."
POSTGRES_HINT = "Check that the server runs, and the host, the name and the password in the database's address."


def translated(error: BaseException, place: str) -> BaseException:
    """The one translator: `error` of SQLAlchemy, a driver or the system as one of ours. Ours come back as they are."""
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


def _of_driver(error: DBAPIError, place: str) -> StoreError:
    raw = error.driver_exception
    code = getattr(raw, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _of_sqlite(code, place, error)
    state = getattr(raw, "sqlstate", None)
    if isinstance(state, str):
        return _of_postgres(state, place)
    if isinstance(error, IntegrityError):
        return Conflict("row")
    return StoreUnavailable(place, "the connection was lost", _hint(place))


def _of_sqlite(code: int, place: str, error: DBAPIError) -> StoreError:
    if code == SQLITE_FOREIGN_KEY:
        return Orphan()
    if isinstance(error, IntegrityError):
        return Conflict("row")
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
