"""What is made of songs and beside them: lyrics, files, stems, covers, personas, voices (suno.md 2A.8). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from suno_client import limits as sizes
from suno_client.models import TaskId
from suno_client.results import Persona, StyleBoost, TimedLyrics

from ._base import Request, Rules, Submission, TaskSubmission

StemKind = Literal["separate_vocal", "split_stem"]
LANGUAGES = ("en", "zh", "es", "fr", "pt", "de", "ja", "ko", "hi", "ru")  # of a voice's phrase


@dataclass(frozen=True, kw_only=True, repr=False)
class WriteLyrics(TaskSubmission):
    feature: ClassVar[str] = "lyrics"
    prompt: str

    def _check(self, rules: Rules) -> None:
        rules.present("prompt")
        rules.text("prompt")
        if (words := len(self.prompt.split())) > sizes.LYRICS_PROMPT_LIMIT:
            limit = sizes.LYRICS_PROMPT_LIMIT
            raise rules.refuse("prompt", f"has {words:,} words, and the gateway takes {limit}", limit)


@dataclass(frozen=True, kw_only=True, repr=False)
class OfClip(TaskSubmission):
    """A job about one take of a task."""

    task_id: TaskId
    clip_id: str

    def _check(self, rules: Rules) -> None:
        rules.present("task_id", "clip_id")


class MakeWav(OfClip):
    feature: ClassVar[str] = "wav"


@dataclass(frozen=True, kw_only=True, repr=False)
class MakeVideo(OfClip):
    """`author` and `domain` are shown in the picture."""

    feature: ClassVar[str] = "video"
    author: str | None = None
    domain: str | None = None

    def _check(self, rules: Rules) -> None:
        super()._check(rules)
        for name in ("author", "domain"):
            rules.text(name)
            rules.length(name, sizes.CREDIT_LINE_LIMIT)


@dataclass(frozen=True, kw_only=True, repr=False)
class SplitStems(OfClip):
    """`separate_vocal` parts the voice from the rest; `split_stem` parts every instrument, at five times the price."""

    feature: ClassVar[str] = "stems"
    kind: StemKind = "separate_vocal"

    def _check(self, rules: Rules) -> None:
        super()._check(rules)
        rules.one_of("kind", ("separate_vocal", "split_stem"))


@dataclass(frozen=True, kw_only=True, repr=False)
class MakeMidi(TaskSubmission):
    """`task_id` is that of a finished separation, `clip_id` one of its stems; without it, of all."""

    feature: ClassVar[str] = "midi"
    task_id: TaskId
    clip_id: str | None = None

    def _check(self, rules: Rules) -> None:
        rules.present("task_id")


@dataclass(frozen=True, kw_only=True, repr=False)
class MakeCoverImages(TaskSubmission):
    """Once a task: the second time the gateway refuses, and names the first."""

    feature: ClassVar[str] = "cover_image"
    task_id: TaskId

    def _check(self, rules: Rules) -> None:
        rules.present("task_id")


@dataclass(frozen=True, kw_only=True, repr=False)
class TimeLyrics(Submission[TimedLyrics]):
    """`task_id` may be "" where the gateway knows clips alone (gcui)."""

    feature: ClassVar[str] = "timed_lyrics"
    task_id: TaskId
    clip_id: str

    def _check(self, rules: Rules) -> None:
        rules.present("clip_id")


@dataclass(frozen=True, kw_only=True, repr=False)
class BoostStyle(Submission[StyleBoost]):
    feature: ClassVar[str] = "style"
    content: str

    def _check(self, rules: Rules) -> None:
        rules.present("content")
        rules.text("content")


@dataclass(frozen=True, kw_only=True, repr=False)
class MakePersona(Submission[Persona]):
    """A singer's manner, learned from the take between `vocal_start_s` and `vocal_end_s`, 10 to 30 s apart."""

    feature: ClassVar[str] = "persona"
    task_id: TaskId
    clip_id: str
    name: str
    description: str
    vocal_start_s: float = 0.0
    vocal_end_s: float = 30.0
    style: str | None = None

    def _check(self, rules: Rules) -> None:
        rules.present("task_id", "clip_id", "name", "description")
        rules.text("name", "description", "style")
        shortest, longest = sizes.PERSONA_RANGE_S
        if not (self.vocal_start_s >= 0 and shortest <= self.vocal_end_s - self.vocal_start_s <= longest):
            why = f"lies between {shortest} and {longest} s after vocal_start_s"
            raise rules.refuse("vocal_end_s", why, longest)


@dataclass(frozen=True, kw_only=True, repr=False)
class ValidateVoice(TaskSubmission):
    """First step to a voice of one's own: the gateway answers with a phrase for its owner to sing."""

    feature: ClassVar[str] = "voice"
    voice_url: str
    vocal_start_s: float
    vocal_end_s: float
    language: str | None = None

    def _check(self, rules: Rules) -> None:
        rules.address("voice_url")
        rules.one_of("language", LANGUAGES)
        if not 0 <= self.vocal_start_s < self.vocal_end_s:
            raise rules.refuse("vocal_end_s", "must lie after vocal_start_s")


@dataclass(frozen=True, kw_only=True, repr=False)
class RegeneratePhrase(TaskSubmission):
    feature: ClassVar[str] = "voice"
    task_id: TaskId

    def _check(self, rules: Rules) -> None:
        rules.present("task_id")


@dataclass(frozen=True, kw_only=True, repr=False)
class MakeVoice(TaskSubmission):
    """`verify_url` is the phrase, sung by the voice's owner."""

    feature: ClassVar[str] = "voice"
    task_id: TaskId
    verify_url: str
    name: str | None = None
    description: str | None = None
    style: str | None = None
    skill: str | None = None

    def _check(self, rules: Rules) -> None:
        rules.present("task_id")
        rules.address("verify_url")
        rules.text("name", "description", "style", "skill")


@dataclass(frozen=True, kw_only=True, repr=False)
class CheckVoice(Request[bool]):
    """Costs nothing."""

    feature: ClassVar[str] = "voice"
    task_id: TaskId

    def _check(self, rules: Rules) -> None:
        rules.present("task_id")
