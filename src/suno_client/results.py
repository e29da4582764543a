"""What side jobs bring: lyrics, files, stems, notes, covers, personas, voices, uploads. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from .errors import TaskFailed
from .models import Stage, TaskId

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Job(Generic[R_co]):
    """How a side job stood when it was asked. `status` is the gateway's own word; `reason` is set where it failed."""

    task_id: TaskId
    stage: Stage
    result: R_co | None = None
    status: str = ""
    reason: str | None = None
    code: int | None = None
    moderated: bool = False

    @property
    def failed(self) -> bool:
        return self.reason is not None

    @property
    def is_final(self) -> bool:
        return self.failed or self.stage is Stage.COMPLETE

    def raise_if_failed(self) -> None:
        """Raises TaskFailed."""
        if self.reason is not None:
            raise TaskFailed(self.reason, task_id=self.task_id, code=self.code, moderated=self.moderated)

    def after(self, earlier: Job[object]) -> Job[R_co]:  # noqa: ARG002 - a job has no parts that an answer could leave out
        return self

    def landmarks(self) -> frozenset[tuple[str, str]]:
        """What a watcher is told of."""
        return frozenset({("", self.stage), ("status", self.status)})


@dataclass(frozen=True, slots=True)
class Lyrics:
    """One of the variants, with section marks such as [Verse]."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """`sung` is False where the aligner did not find the word in the sound."""

    word: str
    start_s: float
    end_s: float
    sung: bool = True


@dataclass(frozen=True, slots=True)
class TimedLyrics:
    """`waveform` is the song's outline; `error_rate` how far the singing strays from the words (0 to 1), if told."""

    words: tuple[TimedWord, ...]
    waveform: tuple[float, ...] = ()
    error_rate: float | None = None
    streamed: bool = False


@dataclass(frozen=True, slots=True)
class Wav:
    url: str


@dataclass(frozen=True, slots=True)
class Video:
    url: str


@dataclass(frozen=True, slots=True)
class Stem:
    """One part of a song. `id` can be asked for as MIDI."""

    id: str
    group: str  # the gateway's word: "Vocals", "Drums", ...
    url: str
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Stems:
    """`urls` holds those parts that there are, by the gateway's words in lower case: "vocal", "drums", "guitar", ..."""

    urls: Mapping[str, str] = field(default_factory=dict[str, str])
    parts: tuple[Stem, ...] = ()

    @property
    def vocal_url(self) -> str | None:
        return self.urls.get("vocal")

    @property
    def instrumental_url(self) -> str | None:
        return self.urls.get("instrumental")


@dataclass(frozen=True, slots=True)
class Note:
    """`pitch` is MIDI's number, 60 for the middle C; `velocity` as the gateway tells it."""

    pitch: int
    start_s: float
    end_s: float
    velocity: float


@dataclass(frozen=True, slots=True)
class Instrument:
    name: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Midi:
    """May be empty: not every stem has notes."""

    instruments: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True)
class CoverImages:
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Persona:
    id: str
    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class StyleBoost:
    """Style words, richer than those given."""

    text: str
    credits_spent: float | None = None
    credits_left: float | None = None


@dataclass(frozen=True, slots=True)
class VoicePhrase:
    """To be sung by the voice's owner and uploaded."""

    text: str


@dataclass(frozen=True, slots=True)
class Voice:
    """`id` goes into `persona_id`, with `persona_model="voice_persona"`."""

    id: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that the gateway keeps for some days; `download_url` is what other requests take."""

    download_url: str
    file_name: str = ""
    file_path: str = ""
    size_bytes: int | None = None
    media_type: str = ""
    uploaded_at: datetime | None = None
