"""What the self-hosted server makes of clips that are there: stems, whole songs, films, and when words are sung."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import anyio
from anyio import CapacityLimiter, to_process, to_thread

from suno_client.sandbox.desk import Asked
from suno_client.sandbox.errands import open_job
from suno_client.sandbox.gcui.door import Ask
from suno_client.sandbox.gcui.errors import UpstreamRefused
from suno_client.sandbox.gcui.library import Clip, Library, Made, Words
from suno_client.sandbox.gcui.life import ClipStatus, life_of
from suno_client.sandbox.gcui.rules import moment_of
from suno_client.sandbox.gcui.songs import NO_CLIP
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job
from suno_client.sandbox.music.arrange import score_for
from suno_client.sandbox.music.conversions import mp4_command
from suno_client.sandbox.music.ffmpeg import find_ffmpeg
from suno_client.sandbox.music.karaoke import words_in_time
from suno_client.sandbox.music.stem_files import write_stems
from suno_client.sandbox.music.studio import Recording

STEMS = ("Vocals", "Instrumental")
_QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")
_MP3 = ("-c:a", "libmp3lame", "-b:a", "192k", "-write_xing", "0", "-f", "mp3")


class Derived:
    """Makes clips of clips, in the background of one house."""

    def __init__(self, house: House, library: Library) -> None:
        self._house = house
        self._library = library
        self._filming = anyio.Lock()
        self._one_at_a_time = CapacityLimiter(1)

    async def split(self, ask: Ask) -> list[Clip]:
        """The voice and the rest of a clip, as two clips."""
        clip, take = self._sung(ask.fields["audio_id"])
        ids = {name: str(uuid4()) for name in STEMS}
        made = dict[str, Made]()

        async def separate(_: Job) -> object:
            name, folder = f"stems-{clip.id}", self._house.studio.folder
            write = partial(write_stems, take.order, folder, name, by_instrument=False)
            written, duration_s = await to_process.run_sync(write, cancellable=True, limiter=self._one_at_a_time)
            for stem, path in written.items():
                made[ids[stem]] = self._kept(ids[stem], path, duration_s)
            return made

        source = await self._begin(ask, separate)
        whole = _like(clip, owner=ask.owner, source=source, made=made, picture=self._picture(clip))
        clips = [
            replace(whole, id=ids[name], words=_titled(whole.words, f"{clip.words.title} - {name}"), stem_of=clip.id)
            for name in STEMS
        ]
        self._library.add(*clips)
        return clips

    async def concat(self, ask: Ask) -> Clip:
        """One clip of a song and what was added to it, each part as far as the next one goes on from it."""
        parts = self._chain(ask.fields["clip_id"])
        cuts = [after.extends[1] for after in parts if after.extends]
        whole_id, made = str(uuid4()), dict[str, Made]()

        async def join(_: Job) -> object:
            made[whole_id] = await self._join(whole_id, [part.take for part in parts if part.take], cuts)
            return made

        last, source = parts[-1], await self._begin(ask, join)
        whole = replace(
            _like(last, owner=ask.owner, source=source, made=made, picture=self._picture(last)),
            id=whole_id,
            parts=tuple((part.id, cut) for part, cut in zip(parts, [*cuts, None], strict=True)),
        )
        self._library.add(whole)
        return whole

    async def words(self, clip_id: str) -> list[dict[str, object]]:
        """The words of a finished clip with their seconds."""
        clip, take = self._sung(clip_id)
        if self._library.status(clip) is not ClipStatus.COMPLETE:
            raise UpstreamRefused(404, NO_CLIP)
        score = await to_thread.run_sync(score_for, take.order)
        return [
            {"word": word.text, "start_s": word.start_s, "end_s": word.end_s, "success": word.heard,
             "p_align": 1.0 if word.heard else 0.0}
            for word in words_in_time(clip.words.lyrics, score)
        ]  # fmt: skip

    async def film(self, clip_id: str) -> str | None:
        """The address of a finished clip's film, which is made when somebody first wants to see it."""
        clip, name = self._library.find(clip_id), f"{clip_id}.mp4"
        if clip is None or clip.take is None or self._library.status(clip) is not ClipStatus.COMPLETE:
            return None
        async with self._filming:
            if self._house.files.get(name) is None:
                path = self._house.studio.folder / name
                await anyio.run_process(mp4_command(clip.take.audio, clip.take.cover, path))
                self._house.files.keep(path, "video/mp4", name)
        return f"{self._house.url}/media/files/{name}"

    async def _begin(self, ask: Ask, make: Callable[[Job], Awaitable[object]]) -> Job:
        asked = Asked(dict(ask.fields), ask.path, 0.0)
        return await open_job(self._house, asked, after_s=life_of(self._house.book.script).complete_s, make=make)

    def _picture(self, clip: Clip) -> str:
        return f"{self._house.url}/media/{clip.id}.jpeg"

    def _sung(self, clip_id: object) -> tuple[Clip, Recording]:
        """A clip that was composed here, and its take."""
        clip = self._library.find(clip_id)
        if clip is None or clip.take is None:
            raise UpstreamRefused(404, NO_CLIP)
        return clip, clip.take

    def _chain(self, clip_id: object) -> list[Clip]:
        """The clips that lead to this one, the first of them first."""
        chain = [self._sung(clip_id)[0]]
        while (link := chain[0].extends) is not None:
            chain.insert(0, self._sung(link[0])[0])
        return chain

    async def _join(self, clip_id: str, takes: list[Recording], cuts: list[object]) -> Made:
        for take in takes:
            await take.ended()
        path = self._house.studio.folder / f"{clip_id}.mp3"
        lengths = [take.duration_s or 0.0 for take in takes]
        for place, cut in enumerate(cuts):
            lengths[place] = min(lengths[place], moment_of(cut) or lengths[place])
        inputs = [part for take in takes for part in ("-i", str(take.audio))]
        trims = [f"[{place}:a]atrim=end={length:.3f}[p{place}]" for place, length in enumerate(lengths)]
        joined = "".join(f"[p{place}]" for place in range(len(takes)))
        graph = ";".join([*trims, f"{joined}concat=n={len(takes)}:v=0:a=1"])
        await anyio.run_process([find_ffmpeg(), *_QUIET, *inputs, "-filter_complex", graph, *_MP3, str(path)])
        return self._kept(clip_id, path, round(sum(lengths), 2))

    def _kept(self, clip_id: str, path: Path, duration_s: float) -> Made:
        return Made(self._house.files.keep(path, "audio/mpeg", f"{clip_id}.mp3"), duration_s)


def _like(clip: Clip, *, owner: str, source: Job, made: dict[str, Made], picture: str) -> Clip:
    """A clip whose words are another's, and whose sound is still to be made."""
    words = replace(clip.words, given_prompt=clip.words.lyrics, given_tags=clip.words.tags)
    return Clip(
        id=clip.id, owner=owner, source=source, words=_titled(words, words.title), picture=picture, made=made
    )  # fmt: skip


def _titled(words: Words, title: str) -> Words:
    return replace(words, title=title, given_title=title)
