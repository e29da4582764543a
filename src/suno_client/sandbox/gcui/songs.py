"""The self-hosted server's songs: described, written out, or going on from another clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from suno_client.sandbox.gcui.door import Ask
from suno_client.sandbox.gcui.errors import UpstreamRefused
from suno_client.sandbox.gcui.library import Clip, Library, Words
from suno_client.sandbox.gcui.rules import PRICE, faults_of, model_in, moment_of, text_in, truthy
from suno_client.sandbox.house import House
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.wish import kept_of, understand
from suno_client.sandbox.takes import Composition, compose

NO_CREDITS = "Insufficient credits."
NO_CLIP = "Clip not found."
_TIME = ("key", "minor", "tempo_bpm", "waltz")  # what an extension shares with its song whatever its tags say
_BAND = ("genre", "variant", "lead", "texture", "no_drums")


class Songs:
    """Makes clips for the library of one house. Each of its calls makes two, and costs ten credits."""

    def __init__(self, house: House, library: Library) -> None:
        self._house = house
        self._library = library

    async def describe(self, ask: Ask, *, instrumental: bool | None = None) -> list[Clip]:
        """A song from an idea: Suno writes title, tags and words."""
        _check(ask.fields, described=True)
        idea = text_in(ask.fields, "prompt")
        if instrumental is None:
            instrumental = truthy(ask.fields.get("make_instrumental"))
        return await self._make(ask, self._order(prompt=idea, instrumental=instrumental), idea=idea)

    async def custom(self, ask: Ask) -> list[Clip]:
        """A song of given words, tags and title; without words there is nothing to sing."""
        _check(ask.fields, described=False)
        return await self._make(ask, self._written(ask.fields))

    async def extend(self, ask: Ask) -> list[Clip]:
        """A song that goes on from a clip: in its key and tempo, and by its band where no tags name another."""
        _check(ask.fields, described=False)
        parent = self._library.find(ask.fields["audio_id"])
        if parent is None:
            raise UpstreamRefused(404, NO_CLIP)
        at = ask.fields.get("continue_at")
        moment = moment_of(at) if truthy(at) else None
        if parent.take is None or (moment is None and truthy(at)):
            raise UpstreamRefused(422, [{"loc": ["body", "continue_at"], "msg": "value is not a valid moment"}])
        before, order = parent.take.order, self._written(ask.fields)
        order = replace(
            order,
            style=order.style or before.style,
            title=order.title or parent.words.title,
            instrumental=order.instrumental and parent.words.instrumental,
            keeps=kept_of(understand(before), *_TIME, *(() if order.style else _BAND)),
            seed=before.seed + 1,  # so that it does not begin again
        )
        tags = text_in(ask.fields, "tags") or parent.words.tags
        return await self._make(ask, order, extends=(parent.id, at), tags=tags)

    def _order(self, *, prompt: str, instrumental: bool) -> Order:
        house = self._house
        return Order(prompt, instrumental=instrumental, duration_s=house.music_seconds, seed=house.seed)

    def _written(self, fields: Mapping[str, object]) -> Order:
        words = text_in(fields, "prompt")
        instrumental = truthy(fields.get("make_instrumental")) or not words
        return replace(
            self._order(prompt=words, instrumental=instrumental),
            style=text_in(fields, "tags"),
            title=text_in(fields, "title"),
            lyrics="" if instrumental else words,
            negative=text_in(fields, "negative_tags"),
        )

    async def _make(
        self,
        ask: Ask,
        order: Order,
        *,
        idea: str | None = None,
        extends: tuple[str, object] | None = None,
        tags: str = "",
    ) -> list[Clip]:
        self._pay()
        operation, parent = ("extend", extends[0]) if extends else ("generate", "")
        task = await compose(
            self._house, Composition(ask.path, ask.fields, order, operation, parent, PRICE, tags=tags)
        )  # fmt: skip
        given = "" if idea is not None else text_in(ask.fields, "prompt")
        negative = ask.fields.get("negative_tags")
        words = Words(
            model=model_in(ask.fields),
            title=task.title,
            tags=task.tags,
            lyrics=given or task.lyrics,
            instrumental=order.instrumental,
            given_title=text_in(ask.fields, "title"),
            given_prompt=given,
            given_tags=None if idea is not None else text_in(ask.fields, "tags"),
            idea=idea,
            negative_tags=negative if isinstance(negative, str) else None,
        )
        clips = [
            Clip(id=take.id, owner=ask.owner, source=task, words=words, take=take, number=number, extends=extends)
            for number, take in enumerate(task.takes, 1)
        ]
        self._library.add(*clips)
        return clips

    def _pay(self) -> None:
        till = self._house.till
        if self._house.studio.full:
            raise UpstreamRefused(429)
        if (no := till.admit(PRICE)) is not None:
            raise UpstreamRefused(402, NO_CREDITS) if no == "credits" else UpstreamRefused(429)
        till.charge(PRICE)


def _check(fields: Mapping[str, object], *, described: bool) -> None:
    if found := faults_of(fields, described=described):
        raise UpstreamRefused(422, found)
