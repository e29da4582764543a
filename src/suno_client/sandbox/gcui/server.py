"""The routes of a self-hosted gcui-art server, and what each of them answers (suno.md 2C.2)."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import cast
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from suno_client.sandbox.gcui import errors as words
from suno_client.sandbox.gcui.derived import Derived
from suno_client.sandbox.gcui.door import CORS, EVERY_METHOD, Ask, Call, Door
from suno_client.sandbox.gcui.errors import BadAsk, Thrown, UpstreamRefused
from suno_client.sandbox.gcui.library import PAGE_CLIPS, Clip, Library
from suno_client.sandbox.gcui.rules import text_in, truthy
from suno_client.sandbox.gcui.songs import NO_CLIP, Songs
from suno_client.sandbox.gcui.wait import wait_audio
from suno_client.sandbox.gcui.wire import markdown, persona, raw, seen, stem, submitted
from suno_client.sandbox.house import House
from suno_client.sandbox.ledger import Row
from suno_client.sandbox.music.lyrics import write_lyrics
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.wish import understand
from suno_client.sandbox.music.words import words_for

PERSONA = "5ab0c0de-0000-4000-8000-00000000c0de"  # the one persona that every sandbox has
_NO_SONG = ("song_id", "Song ID is required")
_NO_AUDIO = ("audio_id", "Audio ID is required")
_NO_ID = ("id", "Missing parameter id")


class GcuiServer:
    """Answers as the self-hosted server does, for one house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._door = Door(house)
        self._library = Library(house)
        self._songs = Songs(house, self._library)
        self._derived = Derived(house, self._library)
        self._dice = Random(house.seed)
        self._monthly_limit = int(house.till.balance)

    def routes(self) -> list[Route]:
        calls = [
            Call(path="/api/generate", answer=self._generate, words=words.plain),
            Call(path="/api/custom_generate", answer=self._custom, words=words.custom),
            Call(path="/api/extend_audio", answer=self._extend, words=words.plain, needs=_NO_AUDIO),
            Call(path="/api/generate_stems", answer=self._stems, words=words.plain, needs=_NO_AUDIO),
            Call(path="/api/generate_lyrics", answer=self._lyrics, words=words.plain),
            Call(path="/api/concat", answer=self._concat, words=words.plain, needs=("clip_id", "Clip id is required")),
            Call(path="/v1/chat/completions", answer=self._chat, words=words.chat, own_cookie=True),
            Call(path="/api/get", answer=self._get, words=words.quiet, method="GET", on="poll"),
            Call(path="/api/get_limit", answer=self._limit, words=words.told, method="GET", on="credit"),
            Call(
                path="/api/get_aligned_lyrics", answer=self._aligned, words=words.told, method="GET", on="poll",
                needs=_NO_SONG,
            ),
            Call(
                path="/api/clip", answer=self._clip, words=words.quiet, method="GET", on="poll",
                needs=_NO_ID, own_cookie=True,
            ),
            Call(
                path="/api/persona", answer=self._persona, words=words.quiet, method="GET", on="poll",
                needs=_NO_ID, own_cookie=True,
            ),
        ]  # fmt: skip
        others = [Route("/media/{clip_id}.mp4", self._film), Route("/{path:path}", _not_found, methods=EVERY_METHOD)]
        return [*map(self._door.route, calls), *others]

    async def _generate(self, ask: Ask) -> object:
        return await self._sung(ask, await self._songs.describe(ask))

    async def _custom(self, ask: Ask) -> object:
        return await self._sung(ask, await self._songs.custom(ask))

    async def _extend(self, ask: Ask) -> object:
        return await self._sung(ask, await self._songs.extend(ask))

    async def _sung(self, ask: Ask, clips: Sequence[Clip]) -> list[dict[str, object]]:
        """Two new clips as they are, or as they have become when the waiting is over."""
        if not truthy(ask.fields.get("wait_audio")):
            return [submitted(self._library.facts(clip)) for clip in clips]
        return [seen(self._library.facts(clip)) for clip in await self._waited(ask, clips)]

    async def _waited(self, ask: Ask, clips: Sequence[Clip]) -> Sequence[Clip]:
        async def look() -> Sequence[Clip]:
            fault = self._house.faults.take("poll", ask.path)
            await self._door.meet(fault)
            return () if fault is not None and fault.fault == "empty" else clips

        return await wait_audio(look, self._library.status, self._door.now, self._door.sleep, self._dice)

    async def _stems(self, ask: Ask) -> object:
        return [stem(self._library.facts(clip)) for clip in await self._derived.split(ask)]

    async def _concat(self, ask: Ask) -> object:
        return raw(self._library.facts(await self._derived.concat(ask)))

    async def _lyrics(self, ask: Ask) -> object:
        """Asks Suno every two seconds; here it has written them by the first time."""
        order = Order(text_in(ask.fields, "prompt"), instrumental=False, seed=self._house.seed)
        title, tags, _ = words_for(order)
        self._house.ledger.add(Row(ask.path, ask.fields, 0.0))
        await self._door.sleep(2)
        text = write_lyrics(title, order.prompt, understand(order))
        return {"id": str(uuid4()), "text": text, "title": title, "tags": tags.split(", "), "status": "complete",
                "error_message": ""}  # fmt: skip

    async def _chat(self, ask: Ask) -> object:
        """A song for the last thing that the user said, as a page of Markdown."""
        said = ask.fields.get("messages")
        if not isinstance(said, list):
            raise Thrown("messages is not iterable")
        messages = [cast("dict[str, object]", one) for one in cast("list[object]", said) if isinstance(one, dict)]
        asked = [message.get("content") for message in messages if message.get("role") == "user"]
        if not asked:
            raise BadAsk("Prompt message is required")
        song = Ask(ask.owner, ask.path, {"prompt": asked[-1], "wait_audio": True})
        clips = await self._sung(song, await self._songs.describe(song, instrumental=True))
        if not clips:
            raise Thrown("Cannot read properties of undefined (reading 'title')")
        return PlainTextResponse(markdown(clips[0]), headers=CORS)

    async def _get(self, ask: Ask) -> object:
        """The clips of these ids that are the cookie's own; without ids a page of all, newest first."""
        clips = self._library.of(ask.owner)
        if ids := text_in(ask.fields, "ids"):
            wanted = ids.split(",")
            clips = [clip for clip in clips if clip.id in wanted]
            for source in {clip.source.id: clip.source for clip in clips}.values():
                source.polls += 1
        else:
            page = _page(ask)
            clips = clips[page * PAGE_CLIPS : (page + 1) * PAGE_CLIPS]
        return [seen(self._library.facts(clip)) for clip in clips]

    async def _limit(self, ask: Ask) -> object:  # noqa: ARG002 - every route is asked
        left = int(self._house.till.balance)
        limit = self._monthly_limit
        return {"credits_left": left, "period": "month", "monthly_limit": limit, "monthly_usage": max(0, limit - left)}

    async def _aligned(self, ask: Ask) -> object:
        return await self._derived.words(text_in(ask.fields, "song_id"))

    async def _clip(self, ask: Ask) -> object:
        clip = self._library.find(ask.fields["id"])
        if clip is None:
            raise UpstreamRefused(404, NO_CLIP)
        return raw(self._library.facts(clip))

    async def _persona(self, ask: Ask) -> object:
        if ask.fields["id"] != PERSONA:
            raise UpstreamRefused(404)
        clips, page = self._library.of(ask.owner), max(1, _page(ask))
        shown = [self._library.facts(clip) for clip in clips[(page - 1) * PAGE_CLIPS : page * PAGE_CLIPS]]
        return persona(PERSONA, shown, len(clips), page)

    async def _film(self, request: Request) -> Response:
        url = await self._derived.film(request.path_params["clip_id"])
        return PlainTextResponse("Not Found", 404) if url is None else RedirectResponse(url)


def _page(ask: Ask) -> int:
    asked = text_in(ask.fields, "page")
    return int(asked) if asked.isdigit() else 0


async def _not_found(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
    """What the framework says of a path that it does not know."""
    title = "404: This page could not be found."
    return HTMLResponse(f"<!DOCTYPE html><html><head><title>{title}</title></head><body></body></html>", 404)
