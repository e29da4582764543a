"""What a use case can refuse, split by what the person who asked can do about it.

ConductrError
  NotInVoice          join a voice channel, then ask again
  BusyElsewhere       others listen in another channel: go there, or wait
  NothingPlaying      nothing to pause, skip or stop
  AlreadyPaused       it is paused: /play resumes
  NothingToPlay       the queue is empty: /generate makes a song
  UnknownSong         no song with that id or name here: look in the library
  SongNotReady        the song is still being made: wait for it
  BadWish             the wish cannot be sent: names the field, why, and the limit
  TooManyWaiting      the server has enough songs in the making: wait for one
  AlreadyAsked        the same wish is in the making here, or may be: look at it, or insist on another
  QuotaReached        the songs of the day or month are used up: says whose, how many, and when more come
  Crowded             too many wishes went out with that key just now: in `again_in_s` seconds there is a place
  SubmissionUnsaved   Suno took the wish, but it could not be written down: look before asking again
  UnknownGeneration   no generation with that id
  NotYours            another member asked for it
  TooLate             it can be heard already, or has ended: nothing is left to cancel
  StillOpen           it was taken, or may have been: no new attempt before that is settled
  NothingToDecide     what became of it is known
  KeysNotKept         no key of one's own can be kept here: the operator has to set CONDUCTR_SEALING_KEYS
  UnknownProvider     no such provider here: names those that are known
  UnusableKey         that cannot be a key: copy it whole
  PlayerUnreachable   no process plays for that server now
  BadSetting          there is no such setting, or it cannot be that: names it
  SetupError          the operator has to mend the settings: names the setting
  (what queue and collection refuse besides stands in denials.py)
"""

from __future__ import annotations

from datetime import datetime


class ConductrError(Exception):
    """Base of every error that this package raises."""


class NotInVoice(ConductrError):
    pass


class BusyElsewhere(ConductrError):
    def __init__(self, channel_name: str) -> None:
        super().__init__(channel_name)
        self.channel_name = channel_name


class NothingPlaying(ConductrError):
    pass


class AlreadyPaused(ConductrError):
    pass


class NothingToPlay(ConductrError):
    pass


class UnknownSong(ConductrError):
    def __init__(self, song_id: str) -> None:
        super().__init__(song_id)
        self.song_id = song_id


class SongNotReady(ConductrError):
    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title


class BadWish(ConductrError):
    """`field` is a field of Wish; `why` is a sentence; `limit` is in characters where a length is the matter."""

    def __init__(self, field: str, why: str, *, limit: int | None = None) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why
        self.limit = limit


class TooManyWaiting(ConductrError):
    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class AlreadyAsked(ConductrError):
    """Nothing was written or charged; asked for `anew` it is made once more.

    `lost`: the answer to the first was lost, so that nobody knows whether it is being made.
    """

    def __init__(self, generation_id: str, *, lost: bool = False) -> None:
        super().__init__(generation_id)
        self.generation_id = generation_id
        self.lost = lost


class QuotaReached(ConductrError):
    """`whose`: "member", "here" (the member in this server), "server", "everybody" or "plan" (the member's month)."""

    def __init__(self, whose: str, limit: int, returns_at: datetime) -> None:
        super().__init__(f"{whose}: {limit}")
        self.whose = whose
        self.limit = limit
        self.returns_at = returns_at


class Crowded(ConductrError):
    """Nothing was sent; the wish may be sent after `again_in_s` seconds."""

    def __init__(self, again_in_s: float) -> None:
        super().__init__(f"{again_in_s:.1f} s")
        self.again_in_s = again_in_s


class SubmissionUnsaved(ConductrError):
    pass


class UnknownGeneration(ConductrError):
    def __init__(self, generation_id: str) -> None:
        super().__init__(generation_id)
        self.generation_id = generation_id


class NotYours(ConductrError):
    pass


class TooLate(ConductrError):
    pass


class StillOpen(ConductrError):
    pass


class NothingToDecide(ConductrError):
    pass


class KeysNotKept(ConductrError):
    pass


class UnknownProvider(ConductrError):
    """`known` are the names of those that can be asked."""

    def __init__(self, provider: str, known: tuple[str, ...]) -> None:
        super().__init__(provider)
        self.provider = provider
        self.known = known


class UnusableKey(ConductrError):
    """It is empty, too long, or holds what no key does; nothing of it is told."""


class PlayerUnreachable(ConductrError):
    def __init__(self, guild_id: int) -> None:
        super().__init__(str(guild_id))
        self.guild_id = guild_id


class BadSetting(ConductrError):
    """Nothing was changed. `name` is a field of GuildSettings or UserSettings, or what was taken for one."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class SetupError(ConductrError):
    """`setting` is the environment variable to look at; `hint` says what to do."""

    def __init__(self, setting: str, problem: str, hint: str) -> None:
        super().__init__(f"{setting}: {problem}. {hint}")
        self.setting = setting
        self.problem = problem
        self.hint = hint
