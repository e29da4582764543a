"""Looking at what was asked for: costs nothing, and may be repeated (suno.md 2A.5, 2A.8). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from suno_client.models import Clip, Progress, TaskId
from suno_client.results import CoverImages, Job, Lyrics, Midi, Stems, Video, Voice, VoicePhrase, Wav

from ._base import R, Request


@dataclass(frozen=True, kw_only=True, repr=False)
class Look(Request[R]):
    """How a task stands."""

    task_id: TaskId


class GetProgress(Look[Progress]):
    feature: ClassVar[str] = "generate"


class GetLyrics(Look[Job[tuple[Lyrics, ...]]]):
    feature: ClassVar[str] = "lyrics"


class GetWav(Look[Job[Wav]]):
    feature: ClassVar[str] = "wav"


class GetVideo(Look[Job[Video]]):
    feature: ClassVar[str] = "video"


class GetStems(Look[Job[Stems]]):
    feature: ClassVar[str] = "stems"


class GetMidi(Look[Job[Midi]]):
    feature: ClassVar[str] = "midi"


class GetCoverImages(Look[Job[CoverImages]]):
    feature: ClassVar[str] = "cover_image"


class GetVoicePhrase(Look[Job[VoicePhrase]]):
    feature: ClassVar[str] = "voice"


class GetVoice(Look[Job[Voice]]):
    feature: ClassVar[str] = "voice"


class GetCredits(Request[int]):
    feature: ClassVar[str] = "credits"


@dataclass(frozen=True, kw_only=True, repr=False)
class ListClips(Request[tuple[Clip, ...]]):
    """A page of the account's songs, newest first, counted from 0; an empty one is beyond the last."""

    feature: ClassVar[str] = "list"
    page: int = 0


@dataclass(frozen=True, kw_only=True, repr=False)
class Raw(Request[object]):
    """Any other request, for what this version does not know. Its answer is the body's JSON, envelope and all."""

    feature: ClassVar[str] = "raw"
    method: Literal["GET", "POST"]
    path: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Mapping[str, object] | None = None
