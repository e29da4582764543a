"""Every clip of the self-hosted server, by the cookie that asked for it, and what may be seen of each now."""

from __future__ import annotations

from dataclasses import dataclass, field

from suno_client.sandbox.gcui.life import ClipStatus, clip_status, fails, life_of
from suno_client.sandbox.gcui.wire import ClipFacts
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job
from suno_client.sandbox.music.studio import Recording
from suno_client.sandbox.tasks import Task

PAGE_CLIPS = 20  # clips on a page of the feed, counted from page 0
_MODERATED = ("moderation_failure", "The prompt contains sensitive words. Please change it and try again.")
_BROKEN = ("generation_failed", "Internal Error, Please try again later.")


@dataclass(frozen=True)
class Made:
    """A sound that was made from other clips': where it lies, and how long it is."""

    url: str
    duration_s: float


@dataclass(frozen=True, kw_only=True)
class Words:
    """A clip's words as they were sent, and as they are once Suno has written the rest."""

    model: str
    title: str
    tags: str
    lyrics: str
    instrumental: bool
    given_title: str = ""
    given_prompt: str = ""
    given_tags: str | None = None
    idea: str | None = None
    negative_tags: str | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Clip:
    """One clip of a library. `source` is what it comes from: a song's task with its `take`, or a job without one."""

    id: str
    owner: str
    source: Task | Job
    words: Words
    take: Recording | None = None
    number: int = 1
    picture: str | None = None
    extends: tuple[str, object] | None = None
    parts: tuple[tuple[str, object], ...] = ()
    stem_of: str | None = None
    made: dict[str, Made] = field(default_factory=dict[str, Made])


class Library:
    """The clips of one house. Those whose task is forgotten there are forgotten here."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._life = life_of(house.book.script)
        self._clips: dict[str, Clip] = {}

    def add(self, *clips: Clip) -> None:
        self._clips.update({clip.id: clip for clip in clips})

    def find(self, clip_id: object) -> Clip | None:
        """A clip of whomever: who knows its id may see it."""
        clip = self._clips.get(clip_id) if isinstance(clip_id, str) else None
        return clip if clip is not None and self._is_known(clip) else None

    def of(self, owner: str) -> list[Clip]:
        """What one cookie has asked for, newest first."""
        self._clips = {clip.id: clip for clip in self._clips.values() if self._is_known(clip)}
        return [clip for clip in reversed(self._clips.values()) if clip.owner == owner]

    def _is_known(self, clip: Clip) -> bool:
        book = self._house.book if isinstance(clip.source, Task) else self._house.jobs
        return book.get(clip.source.id) is clip.source

    def status(self, clip: Clip) -> ClipStatus:
        book, source, take = self._house.book, clip.source, clip.take
        if take is None:
            sounds, whole = False, clip.id in clip.made
            failed = isinstance(source, Job) and (source.failed is not None or (source.made and not whole))
        else:
            sounds, whole, failed = take.size > 0, take.whole, take.failed is not None
        return clip_status(
            self._life,
            (book.now() - source.accepted_at) * book.speed,
            sounds=sounds and source.outcome != "no_stream",
            whole=whole,
            failed=failed or fails(source.outcome, clip.number),
            stuck=source.outcome == "stuck",
        )

    def facts(self, clip: Clip) -> ClipFacts:
        status, words = self.status(clip), clip.words
        written = status in {ClipStatus.STREAMING, ClipStatus.COMPLETE}
        return ClipFacts(
            id=clip.id,
            status=status,
            created=clip.source.created,
            model=words.model,
            title=words.title if written else words.given_title,
            prompt=words.lyrics if written else words.given_prompt,
            idea=words.idea,
            tags=words.tags if written else words.given_tags,
            negative_tags=words.negative_tags,
            instrumental=words.instrumental,
            image_url=self._picture(clip) if written else None,
            audio_url=self._audio_url(clip, status),
            video_url=f"{self._house.url}/media/{clip.id}.mp4" if status is ClipStatus.COMPLETE and clip.take else "",
            duration_s=self._duration_s(clip) if status is ClipStatus.COMPLETE else None,
            error=_error(clip.source.outcome) if status is ClipStatus.ERROR else None,
            extends=clip.extends,
            parts=clip.parts,
            stem_of=clip.stem_of,
        )

    def _picture(self, clip: Clip) -> str | None:
        return clip.picture if clip.take is None else f"{self._house.url}/media/{clip.id}.jpeg"

    def _audio_url(self, clip: Clip, status: ClipStatus) -> str:
        media = f"{self._house.url}/media"
        match status:
            case ClipStatus.STREAMING:
                return f"{media}/stream/{clip.id}"
            case ClipStatus.COMPLETE if clip.source.outcome == "null_urls":
                return ""
            case ClipStatus.COMPLETE if clip.take is None:
                return clip.made[clip.id].url
            case ClipStatus.COMPLETE:
                return f"{media}/{clip.id}.mp3"
            case ClipStatus.ERROR if clip.source.outcome == "none_mp3":
                return f"{media}/None.mp3"
            case _:
                return ""

    def _duration_s(self, clip: Clip) -> float | None:
        return clip.made[clip.id].duration_s if clip.take is None else clip.take.duration_s


def _error(outcome: str | None) -> tuple[str, str]:
    return _MODERATED if outcome == "SENSITIVE_WORD_ERROR" else _BROKEN
