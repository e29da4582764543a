"""What can go wrong with what we remember.

StoreError
  NotFound           what, id
  Conflict           what, key: such a row is there already
    Settled          what, id, state: it ended otherwise, and that stands
    Changed          fresh: it is not as the caller saw it; look at `fresh` and ask again
  InUse              what, id: it is still being made
  Orphan             the row belongs to one that is not there
  LeaseLost          id, owner: somebody else works on it now
  QuotaUsedUp        account, left, wanted: nothing was set aside
  NotACursor         a page's beginning that is none of this list
  StoreBusy          nothing was changed: safe to try again
  FaultsRefused      why: faults are for tests alone
  SealBroken         row_id: the secret does not open with the keys that are set
  StillSubscribed    subscription_ids: end them first, else somebody who is forgotten goes on paying
  StoreUnavailable   place, why, hint
    CommitUnsure     the connection broke at the commit: look whether it was kept
    StoreDamaged     the file is no whole database
    SchemaTooNew     revision: written by a newer version
  BackupRefused      place, why, hint: no copy was made
  MediaError
    NotAMediaKey
    MediaMissing     key
    MediaDamaged     key: its bytes are no longer those that were put
    MediaUnavailable place, why, hint
    BadCover         why: no picture that we can read
"""

from __future__ import annotations


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


class Settled(Conflict):
    """It came to another end before, and that stands; nothing was done."""

    def __init__(self, what: str, id: str, state: str) -> None:  # noqa: A002 - it is the row's id
        super().__init__(what, id)
        self.args = (f"the {what} {id!r} is {state} already",)
        self.id, self.state = id, state


class Changed(Conflict):
    """The row is no longer of the version that the caller expected, and nothing was done. `fresh` is the row now."""

    def __init__(self, what: str, fresh: object) -> None:
        super().__init__(what)
        self.args = (f"the {what} has changed meanwhile",)
        self.fresh = fresh


class InUse(StoreError):
    """Something still works on the row, so it cannot go yet."""

    def __init__(self, what: str, id: str) -> None:  # noqa: A002 - it is the row's id
        super().__init__(f"the {what} {id!r} is still being made")
        self.what, self.id = what, id


class Orphan(StoreError):
    def __init__(self) -> None:
        super().__init__("the row belongs to one that is not there; put that one first")


class LeaseLost(StoreError):
    def __init__(self, id: str, owner: str | None) -> None:  # noqa: A002 - it is the row's id
        super().__init__(f"{id!r} is no longer leased to the caller but to {owner or 'nobody'}")
        self.id, self.owner = id, owner


class QuotaUsedUp(StoreError):
    """An account of the ledger has less left than was wanted, and nothing was set aside of any."""

    def __init__(self, account: str, left: int, wanted: int) -> None:
        super().__init__(f"{account} has {left} left, and {wanted} were wanted")
        self.account, self.left, self.wanted = account, left, wanted


class NotACursor(StoreError):
    """What should tell where a page goes on does not: it is another list's, or was made up."""

    def __init__(self) -> None:
        super().__init__("that is no place in this list; begin at its first page")


class StoreBusy(StoreError):
    def __init__(self) -> None:
        super().__init__("the database is busy and nothing was changed; try again in a moment")


class FaultsRefused(StoreError):
    """CONDUCTR_FAULTS is set where it must not be, or says what cannot be done: nothing was started."""

    def __init__(self, why: str) -> None:
        super().__init__(f"CONDUCTR_FAULTS makes a process fail on purpose: {why}. Unset it.")
        self.why = why


class SealBroken(StoreError):
    """A sealed secret was changed, stems from another row, or was sealed under a key that is no longer set."""

    def __init__(self, row_id: str) -> None:
        super().__init__(f"the secret of {row_id!r} does not open with the keys that are set")
        self.row_id = row_id


class StillSubscribed(StoreError):
    """Whoever pays cannot be forgotten: the payments would go on without anybody to stop them."""

    def __init__(self, user_id: int, subscription_ids: tuple[str, ...]) -> None:
        super().__init__(f"user {user_id} still pays for {', '.join(subscription_ids)}; end that first")
        self.user_id, self.subscription_ids = user_id, subscription_ids


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


class BackupRefused(StoreError):
    """No copy of the database was made, and nothing was overwritten."""

    def __init__(self, place: str, why: str, hint: str) -> None:
        super().__init__(f"{place}: {why}. {hint}")
        self.place, self.why, self.hint = place, why, hint


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


class BadCover(MediaError):
    """It is no picture, is cut off, or would fill the memory."""

    def __init__(self, why: str) -> None:
        super().__init__(f"that will not do as a cover: {why}")
        self.why = why
