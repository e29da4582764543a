"""The side endpoints of sunoapi.org and kie.ai: all that is made of songs and beside them (suno.md 2A.8, 2A.9)."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from starlette.requests import Request
from starlette.routing import Route

from suno_client.sandbox.desk import Desk
from suno_client.sandbox.house import House
from suno_client.sandbox.refusals import NOT_FOUND
from suno_client.sandbox.sides.conversions import ConversionEndpoints
from suno_client.sandbox.sides.covers import CoverEndpoints
from suno_client.sandbox.sides.lyrics import LyricsEndpoints
from suno_client.sandbox.sides.midi import MidiEndpoints
from suno_client.sandbox.sides.personas import PersonaEndpoints
from suno_client.sandbox.sides.stems import StemEndpoints
from suno_client.sandbox.sides.uploads import UploadEndpoints
from suno_client.sandbox.sides.voices import VoiceEndpoints
from suno_client.sandbox.sides.words import WordEndpoints
from suno_client.sandbox.wire import record

_GROUPS = (
    LyricsEndpoints, WordEndpoints, ConversionEndpoints, StemEndpoints, MidiEndpoints, CoverEndpoints,
    PersonaEndpoints, VoiceEndpoints, UploadEndpoints,
)  # fmt: skip


class SideEndpoints:
    """The routes of suno.md 2A.8 and 2A.9, and the undocumented one for a single song."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        groups = [group(self._house) for group in _GROUPS]
        song = Desk(self._house).reading("/api/v1/songs/{audio_id}", self._song)
        return [song, *(route for group in groups for route in group.routes())]

    async def _song(self, request: Request) -> object:
        """The clip as record-info has it; a client's last resort when it has lost the taskId."""
        clip_id = str(request.path_params["audio_id"])
        task = self._house.book.owner(clip_id)
        if task is None:
            return NOT_FOUND
        told = record(replace(self._house.book.facts(task, self._house.url), quirk=None))
        response = cast("dict[str, list[dict[str, object]]]", told["response"] or {"sunoData": []})
        return next((clip for clip in response["sunoData"] if clip["id"] == clip_id), NOT_FOUND)
