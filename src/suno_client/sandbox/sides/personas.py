"""Personas: a singer's manner, learned from a stretch of a take (suno.md 2A.8)."""

from __future__ import annotations

from typing import cast
from uuid import uuid4

from starlette.routing import Route

from suno_client.sandbox.desk import Asked, Desk, Fields
from suno_client.sandbox.house import House
from suno_client.sandbox.refusals import Refusal, invalid
from suno_client.sandbox.rules import enter, numbers, strings
from suno_client.sandbox.sides.tasks import refuse_take

PERSONAS = "/api/v1/generate/generate-persona"
SHORTEST_S, LONGEST_S = 10.0, 30.0
_LONGEST_SONG_S = 8 * 60.0
_TOO_OLD = frozenset(["chirp-v3-5"])


class PersonaEndpoints:
    """Personas, which are answered at once."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        return [Desk(self._house, "B").at_once(PERSONAS, check=self._check, accept=self._accept)]

    def _check(self, fields: Fields) -> Refusal | None:
        texts = ("name", "description")
        bounds = {"vocalStart": (0.0, _LONGEST_SONG_S), "vocalEnd": (0.0, _LONGEST_SONG_S)}
        refused = refuse_take(self._house, fields) or enter(fields, *texts) or strings(fields, *texts, "style")
        refused = refused or numbers(fields, bounds) or _refuse_span(fields)
        if refused is not None:
            return refused
        owner = self._house.book.owner(str(fields["audioId"]))
        if owner is not None and owner.model_name in _TOO_OLD:
            return invalid("A persona needs music of a model newer than V3_5.")
        rows = self._house.ledger.rows
        if any(row.endpoint == PERSONAS and row.request["audioId"] == fields["audioId"] for row in rows):
            return Refusal(409, "A persona of this music already exists.")
        return None

    @staticmethod
    async def _accept(asked: Asked) -> object:
        return {"personaId": uuid4().hex, "name": asked.fields["name"], "description": asked.fields["description"]}


def _refuse_span(fields: Fields) -> Refusal | None:
    start_s = float(cast("float | None", fields.get("vocalStart")) or 0.0)
    end_s = float(cast("float | None", fields.get("vocalEnd")) or LONGEST_S)
    if not SHORTEST_S <= end_s - start_s <= LONGEST_S:
        return invalid(f"vocalEnd must be {SHORTEST_S:.0f} to {LONGEST_S:.0f} seconds after vocalStart.")
    return None
