"""Songs made over: extended, covered, mixed, sung to, mended. All cost credits, and raise as `generations.create`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Unpack

from ._sending import Sender
from .models import Task, TaskId
from .requests import AddInstrumental, AddVocals, Cover, Extend, ExtendUpload, Mashup, ReplaceSection, Sound
from .tuning import Tuning

NOTHING: Mapping[str, object] = MappingProxyType({})


class Remaking:
    """The part of `client.generations` that starts from sound. Files come in by `client.uploads`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def extend(
        self,
        clip_id: str,
        *,
        continue_at_s: float | None = None,
        prompt: str = "",
        style: str | None = None,
        title: str | None = None,
        instrumental: bool = False,
        **tuning: Unpack[Tuning],
    ) -> Task:
        """A clip goes on: in its own manner, or from `continue_at_s` in other words. `model` is the clip's own."""
        return await self._sender.ask(
            Extend(
                clip_id=clip_id,
                continue_at_s=continue_at_s,
                prompt=prompt,
                style=style,
                title=title,
                instrumental=instrumental,
                **tuning,
            )
        )

    async def extend_upload(
        self,
        upload_url: str,
        *,
        continue_at_s: float | None = None,
        prompt: str = "",
        style: str | None = None,
        title: str | None = None,
        instrumental: bool = False,
        **tuning: Unpack[Tuning],
    ) -> Task:
        """As `extend`, for a song of one's own, of at most 8 minutes."""
        return await self._sender.ask(
            ExtendUpload(
                upload_url=upload_url,
                continue_at_s=continue_at_s,
                prompt=prompt,
                style=style,
                title=title,
                instrumental=instrumental,
                **tuning,
            )
        )

    async def cover(
        self,
        upload_url: str,
        prompt: str = "",
        *,
        style: str | None = None,
        title: str | None = None,
        lyrics: str | None = None,
        instrumental: bool = False,
        **tuning: Unpack[Tuning],
    ) -> Task:
        """A song of one's own in another style; words as for `create`."""
        return await self._sender.ask(
            Cover(
                upload_url=upload_url,
                prompt=prompt,
                style=style,
                title=title,
                lyrics=lyrics,
                instrumental=instrumental,
                **tuning,
            )
        )

    async def mashup(
        self,
        upload_urls: tuple[str, str],
        prompt: str = "",
        *,
        style: str | None = None,
        title: str | None = None,
        lyrics: str | None = None,
        instrumental: bool = False,
        **tuning: Unpack[Tuning],
    ) -> Task:
        """Two songs become one; words as for `create`."""
        return await self._sender.ask(
            Mashup(
                upload_urls=tuple(upload_urls),
                prompt=prompt,
                style=style,
                title=title,
                lyrics=lyrics,
                instrumental=instrumental,
                **tuning,
            )
        )

    async def add_vocals(
        self, upload_url: str, prompt: str = "", *, title: str, style: str, **tuning: Unpack[Tuning]
    ) -> Task:
        """A voice for an instrumental; `prompt` is what it sings, `negative_tags` is asked for."""
        request = AddVocals(upload_url=upload_url, prompt=prompt, title=title, style=style, **tuning)
        return await self._sender.ask(request)

    async def add_instrumental(self, upload_url: str, *, title: str, tags: str, **tuning: Unpack[Tuning]) -> Task:
        """Music for a voice; `negative_tags` is asked for."""
        return await self._sender.ask(AddInstrumental(upload_url=upload_url, title=title, tags=tags, **tuning))

    async def replace_section(
        self,
        *,
        prompt: str,
        tags: str,
        title: str,
        start_s: float,
        end_s: float,
        task_id: TaskId | None = None,
        clip_id: str | None = None,
        upload_url: str | None = None,
        full_lyrics: str | None = None,
        **tuning: Unpack[Tuning],
    ) -> Task:
        """A part of a clip sung anew, 6 to 60 s long; V6 also takes `upload_url` in the clip's place."""
        return await self._sender.ask(
            ReplaceSection(
                prompt=prompt,
                tags=tags,
                title=title,
                start_s=start_s,
                end_s=end_s,
                task_id=task_id,
                clip_id=clip_id,
                upload_url=upload_url,
                full_lyrics=full_lyrics,
                **tuning,
            )
        )

    async def sound(
        self,
        prompt: str,
        *,
        model: str = "V5",
        loop: bool = False,
        tempo_bpm: int | None = None,
        key: str | None = None,
        grab_lyrics: bool = False,
        extra: Mapping[str, object] = NOTHING,
    ) -> Task:
        """A sound effect or a loop; `key` is "Any", "C" to "B", or "Cm" to "Bm"."""
        return await self._sender.ask(
            Sound(
                prompt=prompt,
                model=model,
                loop=loop,
                tempo_bpm=tempo_bpm,
                key=key,
                grab_lyrics=grab_lyrics,
                extra=extra,
            )
        )
