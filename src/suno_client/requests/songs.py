"""Songs out of words: a new one, and what all song requests have in common (suno.md 2A.3, 2A.4). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from suno_client import limits as sizes
from suno_client.limits import LIMITS, Era

from ._base import Rules, TaskSubmission

DEFAULT_MODEL = "V5_5"
VocalGender = Literal["m", "f"]
PersonaModel = Literal["style_persona", "voice_persona"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Tuned(TaskSubmission):
    """A request for sound, with what nudges it. The weights go from 0 to 1."""

    model: str = DEFAULT_MODEL
    negative_tags: str | None = None
    vocal_gender: VocalGender | None = None
    style_weight: float | None = None
    weirdness: float | None = None
    audio_weight: float | None = None
    persona_id: str | None = None
    persona_model: PersonaModel | None = None

    @property
    def era(self) -> Era:
        """The rule set that the model follows; an unknown model is taken for one of the V5 era."""
        known = LIMITS.get(self.model)
        return known.era if known else "V5"

    def check_tuning(self, rules: Rules) -> None:
        if "." in self.model or not self.model.strip():
            raise rules.refuse("model", 'is written with "_", for example "V4_5"')
        rules.text("model", "negative_tags", "persona_id")
        for name in ("style_weight", "weirdness", "audio_weight"):
            rules.between(name, 0, 1)
        rules.one_of("vocal_gender", ("m", "f"))
        rules.one_of("persona_model", ("style_persona", "voice_persona"))
        if rules.known is not None:
            rules.length("negative_tags", sizes.NEGATIVE_TAGS_LIMIT)


@dataclass(frozen=True, kw_only=True, repr=False)
class Worded(Tuned):
    """An idea alone, or style, title and lyrics as they shall be: the second is custom mode."""

    prompt: str = ""
    style: str | None = None
    title: str | None = None
    lyrics: str | None = None
    instrumental: bool = False

    @property
    def custom(self) -> bool:
        """Whether style, title and lyrics are taken as given. V6 takes a style beside an idea without it."""
        if self.era == "V6" and self.prompt:
            return bool(self.title)
        return bool(self.style or self.title or self.lyrics)

    def check_words(self, rules: Rules) -> None:
        self.check_tuning(rules)
        rules.text("prompt", "style", "title", "lyrics")
        if self.custom:
            self._check_custom(rules)
        else:
            self._check_idea(rules)
        if rules.known is not None:
            rules.length("prompt", rules.known.lyrics if self.custom else rules.known.idea)
            rules.length("lyrics", rules.known.lyrics)
            rules.length("style", rules.known.style)
            rules.length("title", rules.known.title)

    def _check_custom(self, rules: Rules) -> None:
        """Custom mode sings `lyrics` word for word; an idea has no place there unless nothing is sung."""
        if self.lyrics and self.instrumental:
            raise rules.refuse("lyrics", "cannot be sung in an instrumental")
        if self.prompt and not self.instrumental:
            why = "has no place beside style, title or lyrics: describe the song in style, or give the prompt alone"
            raise rules.refuse("prompt", why)
        if self.era == "V6":
            if not (self.style or self.lyrics or self.negative_tags):
                raise rules.refuse("style", "or lyrics must be given beside a title")
            return
        needed = ("style", "title") if self.instrumental else ("style", "title", "lyrics")
        for name in needed:
            if not getattr(self, name):
                raise rules.refuse(name, f"is missing: {', '.join(needed)} belong together")

    def _check_idea(self, rules: Rules) -> None:
        rules.present("prompt")
        self._check_only_custom(rules)

    def _check_only_custom(self, rules: Rules) -> None:
        only_custom = ["vocal_gender", "persona_id", "persona_model"]
        if self.era == "V6":
            only_custom += ["negative_tags", "style_weight", "weirdness", "audio_weight"]
        for name in only_custom:
            if getattr(self, name) is not None:
                raise rules.refuse(name, "is taken only together with style and title")


@dataclass(frozen=True, kw_only=True, repr=False)
class Generate(Worded):
    """A new song. The three lists are references that V6 listens to and looks at, beside an idea."""

    feature: ClassVar[str] = "generate"

    duration_s: float | None = None
    variety: int | None = None
    image_urls: tuple[str, ...] = ()
    video_urls: tuple[str, ...] = ()
    audio_urls: tuple[str, ...] = ()

    @property
    def attachments(self) -> tuple[str, ...]:
        return (*self.image_urls, *self.video_urls, *self.audio_urls)

    def _check(self, rules: Rules) -> None:
        self.check_words(rules)
        known = rules.known
        rules.between("duration_s", *sizes.DURATION_RANGE_S)
        rules.between("variety", *sizes.VARIETY_RANGE)
        if known is not None and self.duration_s is not None and not known.takes_duration:
            raise rules.refuse("duration_s", f"cannot be set for {self.model}")
        if known is not None and self.variety is not None and known.era != "V6":
            raise rules.refuse("variety", f"cannot be set for {self.model}")
        if self.attachments:
            self._check_attachments(rules)

    def _check_idea(self, rules: Rules) -> None:
        if self.era == "V6":
            if not (self.style or self.lyrics or self.attachments or self.extra):
                rules.present("prompt")
                raise rules.refuse("style", f"or lyrics must be given beside the prompt to {self.model}")
        else:
            rules.present("prompt")
        self._check_only_custom(rules)

    def _check_only_custom(self, rules: Rules) -> None:
        super()._check_only_custom(rules)
        for name in ("duration_s", *(("variety",) if self.era == "V6" else ())):
            if getattr(self, name) is not None:
                raise rules.refuse(name, "is taken only together with style and title")

    def _check_attachments(self, rules: Rules) -> None:
        if self.custom or (rules.known is not None and self.era != "V6"):
            name = next(name for name in ("image_urls", "video_urls", "audio_urls") if getattr(self, name))
            raise rules.refuse(name, "are taken only by V6 models, beside an idea")
        for name, limit in (("image_urls", sizes.IMAGES_LIMIT), ("video_urls", sizes.VIDEOS_LIMIT)):
            if len(getattr(self, name)) > limit:
                raise rules.refuse(name, f"are at most {limit}", limit)
        if len(self.attachments) > sizes.ATTACHMENTS_LIMIT:
            raise rules.refuse(
                "audio_urls", f"and others are at most {sizes.ATTACHMENTS_LIMIT}", sizes.ATTACHMENTS_LIMIT
            )
