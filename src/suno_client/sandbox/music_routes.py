"""The endpoints that make music out of music, and the one for sounds (suno.md 2A.7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

from starlette.routing import Route

from suno_client.sandbox import orders, rules, sources
from suno_client.sandbox import rules_remakes as asks
from suno_client.sandbox.desk import Asked, Check, Desk, Fields
from suno_client.sandbox.house import House
from suno_client.sandbox.music.order import Order, order_from, text_in
from suno_client.sandbox.orders import Source
from suno_client.sandbox.refusals import FamilyName, Refusal
from suno_client.sandbox.takes import Composition, compose

_START = "/api/v1/generate/"


@dataclass(frozen=True)
class _Endpoint:
    """One endpoint: what it asks of the fields, then of the music they name, and the order that it gives.

    An order is None where the music cannot be had: then the task fails with code 451.
    """

    name: str
    check: Check
    check_source: Check
    order: Callable[[Fields], Order | None]
    family: FamilyName = "A"
    parent: str = ""  # the field that holds the parent's id

    @property
    def operation(self) -> str:
        return self.name.replace("-", "_")


class MusicRoutes:
    """Everything but generate that is polled at generate/record-info, for one house."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        house = self._house
        cover, accompany, sing = (
            partial(self._remake, arrange) for arrange in (orders.cover, orders.accompaniment, orders.singing)
        )
        extendable, continuable, replaceable = (
            partial(check, house) for check in (sources.extendable, sources.extendable_upload, sources.replaceable)
        )
        table = [
            _Endpoint("extend", asks.extend, extendable, self._extension, parent="audioId"),
            _Endpoint("upload-extend", asks.upload_extend, continuable, self._upload_extension),
            _Endpoint("upload-cover", asks.upload_cover, self._short_enough, cover),
            _Endpoint("add-instrumental", asks.add_instrumental, self._short_enough, accompany),
            _Endpoint("add-vocals", asks.add_vocals, self._short_enough, sing),
            _Endpoint("mashup", asks.mashup, self._short_enough, self._mixture),
            _Endpoint("replace-section", asks.replace_section, replaceable, self._infill, "B"),
            _Endpoint("sounds", asks.sounds, lambda _: None, lambda fields: orders.sound(fields, house.seed)),
        ]
        return [self._route(endpoint) for endpoint in table]

    def _route(self, endpoint: _Endpoint) -> Route:
        desk = Desk(self._house, endpoint.family)
        kie_title = rules.KIE_TITLE if self._house.dialect == "kie" else {}

        def check(fields: Fields) -> Refusal | None:
            return (
                endpoint.check(fields)
                or rules.within(fields, kie_title)
                or endpoint.check_source(fields)
                or desk.full()
            )  # fmt: skip

        async def accept(asked: Asked) -> object:
            order = endpoint.order(asked.fields)
            composition = Composition(
                asked.endpoint, asked.fields, order or self._wish(asked.fields), endpoint.operation,
                text_in(asked.fields, endpoint.parent), asked.price, text_in(asked.fields, "tags"),
                None if order else "451",
            )  # fmt: skip
            return {"taskId": (await compose(self._house, composition)).id}

        return desk.submission(_START + endpoint.name, check=check, accept=accept)

    def _wish(self, fields: Fields, **more: object) -> Order:
        """What the words of a request ask for. Where no mode is named, it is custom mode; tags are a style."""
        style = text_in(fields, "style") or text_in(fields, "tags")
        request = {"customMode": True, **fields, "style": style, **more}
        return order_from(request, take=1, seed=self._house.seed, usual_s=self._house.music_seconds)

    def _short_enough(self, fields: Fields) -> Refusal | None:
        return sources.too_long(self._house, fields, *_urls(fields))

    def _remake(self, arrange: Callable[[Source, Order], Order], fields: Fields) -> Order | None:
        source = sources.source_of(self._house, _urls(fields)[0])
        return source and arrange(source, self._wish(fields))

    def _mixture(self, fields: Fields) -> Order | None:
        one, two = (sources.source_of(self._house, url) for url in _urls(fields))
        return orders.mixture(one, two, self._wish(fields)) if one and two else None

    def _extension(self, fields: Fields) -> Order | None:
        source = sources.clip_source(self._house, fields)
        return source and self._extended(fields, source)

    def _upload_extension(self, fields: Fields) -> Order | None:
        source = sources.source_of(self._house, _urls(fields)[0])
        return source and self._extended(fields, source)

    def _extended(self, fields: Fields, source: Source) -> Order:
        """Whether it is sung is told by the request, or else by the source."""
        instrumental = bool(fields.get("instrumental", source.order.instrumental))
        return orders.extension(fields, source, self._wish(fields, instrumental=instrumental))

    def _infill(self, fields: Fields) -> Order | None:
        source = sources.section_source(self._house, fields)
        start_s, end_s = orders.interval(fields)
        return source and orders.infill(fields, source, start_s, end_s)


def _urls(fields: Fields) -> list[str]:
    """The uploads of a request, which its rules have looked at."""
    several = fields.get("uploadUrlList")
    urls = cast("list[object]", several) if isinstance(several, list) else [fields["uploadUrl"]]
    return [str(url) for url in urls]
