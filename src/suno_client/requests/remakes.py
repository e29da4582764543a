"""Songs out of sound: what is done to a take or to an uploaded file (suno.md 2A.7). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from suno_client import limits as sizes
from suno_client.models import TaskId

from ._base import Rules, TaskSubmission
from .songs import Tuned, Worded

NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
KEYS = (
    "Any",
    *(
        f"{note}{mode}"
        for mode in ("", "m")
        for note in ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    ),
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Continued(Tuned):
    """A song that goes on: as its source was, or, with `continue_at_s`, in words of its own."""

    continue_at_s: float | None = None
    prompt: str = ""
    style: str | None = None
    title: str | None = None
    instrumental: bool = False

    @property
    def custom(self) -> bool:
        return bool(self.continue_at_s is not None or self.prompt or self.style or self.title)

    def check_words(self, rules: Rules) -> None:
        self.check_tuning(rules)
        rules.text("prompt", "style", "title")
        if self.custom:
            needed = ["continue_at_s", "style", "title"] + ([] if self.instrumental else ["prompt"])
            rules.present(*needed, why=f"is missing: {', '.join(needed)} belong together")
            if not (self.continue_at_s or 0) > 0:
                raise rules.refuse("continue_at_s", "is more than 0 and less than the song's length")
        if (known := rules.known) is not None:
            rules.length("prompt", known.lyrics)
            rules.length("style", known.style)
            rules.length("title", known.title)


@dataclass(frozen=True, kw_only=True, repr=False)
class Extend(Continued):
    """`model` must be the one that made the clip."""

    feature: ClassVar[str] = "extend"
    clip_id: str

    def _check(self, rules: Rules) -> None:
        rules.present("clip_id")
        self.check_words(rules)


@dataclass(frozen=True, kw_only=True, repr=False)
class ExtendUpload(Continued):
    feature: ClassVar[str] = "upload_extend"
    upload_url: str

    def _check(self, rules: Rules) -> None:
        rules.address("upload_url")
        self.check_words(rules)


@dataclass(frozen=True, kw_only=True, repr=False)
class Cover(Worded):
    """An uploaded song in another style: its melody stays. Words follow the rules of a new song; V6 needs none."""

    feature: ClassVar[str] = "cover"
    upload_url: str

    @property
    def custom(self) -> bool:
        return self.era == "V6" or super().custom

    def _check(self, rules: Rules) -> None:
        rules.address("upload_url")
        self.check_words(rules)

    def _check_custom(self, rules: Rules) -> None:
        if self.era != "V6":
            super()._check_custom(rules)


@dataclass(frozen=True, kw_only=True, repr=False)
class Mashup(Worded):
    """Two uploaded songs become one."""

    feature: ClassVar[str] = "mashup"
    upload_urls: tuple[str, ...]

    def _check(self, rules: Rules) -> None:
        if len(self.upload_urls) != 2:
            raise rules.refuse("upload_urls", f"are {len(self.upload_urls)}, and a mashup takes exactly 2", 2)
        if not all(url.startswith(("https://", "http://")) for url in self.upload_urls):
            raise rules.refuse("upload_urls", "are addresses of http or https; upload the files first")
        self.check_words(rules)


@dataclass(frozen=True, kw_only=True, repr=False)
class AddInstrumental(Tuned):
    """Music for an uploaded voice."""

    feature: ClassVar[str] = "add_instrumental"
    upload_url: str
    title: str
    tags: str

    def _check(self, rules: Rules) -> None:
        rules.address("upload_url")
        self.check_tuning(rules)
        rules.present("title", "tags", "negative_tags")
        rules.text("title", "tags")
        if (known := rules.known) is not None:
            rules.length("title", known.title)
            rules.length("tags", known.style)


@dataclass(frozen=True, kw_only=True, repr=False)
class AddVocals(Tuned):
    """A voice for an uploaded instrumental. `prompt` is what it sings; V6 may do without."""

    feature: ClassVar[str] = "add_vocals"
    upload_url: str
    title: str
    style: str
    prompt: str = ""

    def _check(self, rules: Rules) -> None:
        rules.address("upload_url")
        self.check_tuning(rules)
        rules.present("title", "style", "negative_tags", *(() if self.era == "V6" else ("prompt",)))
        rules.text("title", "style", "prompt")
        if (known := rules.known) is not None:
            rules.length("title", known.title)
            rules.length("style", known.style)
            rules.length("prompt", known.lyrics)


@dataclass(frozen=True, kw_only=True, repr=False)
class ReplaceSection(Tuned):
    """A part of a take, or (V6) of an uploaded song, sung anew. The gateway refuses more than half of the song."""

    feature: ClassVar[str] = "replace_section"
    prompt: str
    tags: str
    title: str
    start_s: float
    end_s: float
    task_id: TaskId | None = None
    clip_id: str | None = None
    upload_url: str | None = None
    full_lyrics: str | None = None

    def _check(self, rules: Rules) -> None:
        self.check_tuning(rules)
        rules.present("prompt", "tags", "title")
        rules.text("prompt", "tags", "title", "full_lyrics")
        if self.upload_url is not None:
            rules.address("upload_url")
        else:
            rules.present("task_id", "clip_id", why="is missing: the clip and its task belong together")
        shortest, longest = sizes.SECTION_RANGE_S[self.era]
        length_s = self.end_s - self.start_s
        if not (self.start_s >= 0 and shortest <= length_s <= longest):
            why = f"lies {length_s:g} s after start_s, and a section has {shortest} to {longest} s"
            raise rules.refuse("end_s", why, longest)
        if (known := rules.known) is not None:
            rules.length("title", known.title)
            rules.length("prompt", known.lyrics)
            rules.length("tags", known.style)


@dataclass(frozen=True, kw_only=True, repr=False)
class Sound(TaskSubmission):
    """A sound effect or loop."""

    feature: ClassVar[str] = "sounds"
    prompt: str
    model: str = "V5"
    loop: bool = False
    tempo_bpm: int | None = None
    key: str | None = None
    grab_lyrics: bool = False

    def _check(self, rules: Rules) -> None:
        rules.present("prompt", "model")
        rules.text("prompt", "model")
        rules.length("prompt", sizes.SOUND_PROMPT_LIMIT)
        rules.between("tempo_bpm", *sizes.TEMPO_RANGE_BPM)
        rules.one_of("key", KEYS)
