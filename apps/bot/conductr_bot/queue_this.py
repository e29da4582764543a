"""Queue this song: the command in a message's own menu, for any message of ours that shows a song."""

from __future__ import annotations

from typing import cast

from conductr import Conductr, UnknownSong

from .asked import Asked, Said
from .cogs.voice import VoiceCommands
from .presses import read_press

SONG_VERBS = frozenset({"favorite", "lyrics", "again", "adding", "export", "play"})  # whose first word is a song
SEARCHED = 100  # characters of a text that are looked for

Json = dict[str, object]


class QueueThis:
    """Discord gives the message along, because the member has pointed at it."""

    def __init__(self, conductr: Conductr, voice: VoiceCommands) -> None:
        self._conductr = conductr
        self._voice = voice

    async def run(self, asked: Asked) -> Said:
        """Raises UnknownSong where the message shows none of this server's."""
        song = song_in(_message_of(asked))
        if song is None:
            raise UnknownSong("")
        await self._voice.come(asked)
        return await self._conductr.playback.play(asked.caller, song)


def song_in(message: Json) -> str | None:
    """A song's id, from the buttons below it; else its title, from the first words of it."""
    waiting = list(cast("list[Json]", message.get("components") or []))
    while waiting:
        part = waiting.pop(0)
        press = read_press(str(part.get("custom_id") or ""))
        if press is not None and press.verb in SONG_VERBS and press.argument(0):
            return press.argument(0)
        waiting += cast("list[Json]", part.get("components") or [])
    for embed in cast("list[Json]", message.get("embeds") or []):
        if title := str(embed.get("title") or "").strip():
            return title[:SEARCHED]
    return str(message.get("content") or "").strip()[:SEARCHED] or None


def _message_of(asked: Asked) -> Json:
    data = cast("Json", asked.interaction.data or {})
    resolved = cast("dict[str, dict[str, Json]]", data.get("resolved") or {})
    messages = resolved.get("messages") or {}
    return next(iter(messages.values()), cast("Json", {}))
