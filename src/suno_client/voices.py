"""Personas, style words, and voices of one's own, which their owner confirms by singing a phrase."""

from __future__ import annotations

from ._sending import Sender
from .jobs import Jobs
from .models import Task, TaskId
from .requests import (
    BoostStyle,
    CheckVoice,
    GetVoice,
    GetVoicePhrase,
    MakePersona,
    MakeVoice,
    RegeneratePhrase,
    ValidateVoice,
)
from .results import Persona, StyleBoost, Voice, VoicePhrase


class PhraseJobs(Jobs[VoicePhrase]):
    """`client.voices.phrases`"""

    look = GetVoicePhrase


class Voices(Jobs[Voice]):
    """`client.voices`: first `validate`, wait for the phrase, have it sung and uploaded, then `create`."""

    look = GetVoice

    def __init__(self, sender: Sender) -> None:
        super().__init__(sender)
        self.phrases = PhraseJobs(sender)

    async def validate(
        self, voice_url: str, *, vocal_start_s: float, vocal_end_s: float, language: str | None = None
    ) -> Task:
        """Asks for the phrase: `phrases.wait(task)`. The span is that of clean singing in the recording."""
        return await self._sender.ask(
            ValidateVoice(voice_url=voice_url, vocal_start_s=vocal_start_s, vocal_end_s=vocal_end_s, language=language)
        )

    async def regenerate(self, task_id: TaskId) -> Task:
        """Another phrase in the place of one that failed or has expired."""
        return await self._sender.ask(RegeneratePhrase(task_id=task_id))

    async def create(
        self,
        task_id: TaskId,
        verify_url: str,
        *,
        name: str | None = None,
        description: str | None = None,
        style: str | None = None,
        skill: str | None = None,
    ) -> Task:
        """The voice, from the phrase's task and the recording of it."""
        request = MakeVoice(
            task_id=task_id, verify_url=verify_url, name=name, description=description, style=style, skill=skill
        )
        return await self._sender.ask(request)

    async def available(self, task_id: TaskId) -> bool:
        """Whether the voice can be sung with by now. Costs nothing."""
        return await self._sender.ask(CheckVoice(task_id=task_id))


class Personas:
    """`client.personas`: a singer's manner, taken from a clip."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def create(
        self,
        task_id: TaskId,
        clip_id: str,
        *,
        name: str,
        description: str,
        vocal_start_s: float = 0.0,
        vocal_end_s: float = 30.0,
        style: str | None = None,
    ) -> Persona:
        """Its `id` goes into `persona_id`. One a clip; the span has 10 to 30 s. Answers at once."""
        return await self._sender.ask(
            MakePersona(
                task_id=task_id,
                clip_id=clip_id,
                name=name,
                description=description,
                vocal_start_s=vocal_start_s,
                vocal_end_s=vocal_end_s,
                style=style,
            )
        )


class Styles:
    """`client.styles`"""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def boost(self, content: str) -> StyleBoost:
        """Richer style words out of few. Costs credits; answers at once."""
        return await self._sender.ask(BoostStyle(content=content))
