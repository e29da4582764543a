"""The handles for tests: set faults, read the ledger, begin anew. Never part of the real gateway."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from suno_client.sandbox.answers import body_of
from suno_client.sandbox.faults import UnknownFault, fault_from
from suno_client.sandbox.house import House


class Control:
    """The routes under /_sandbox of one house."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        return [
            Route("/_sandbox/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/_sandbox/ledger", self.ledger, methods=["GET"]),
            Route("/_sandbox/credits", self.credits, methods=["POST"]),
            Route("/_sandbox/reset", self.reset, methods=["POST"]),
        ]

    async def faults(self, request: Request) -> Response:
        """POST adds one fault or a list of them, DELETE forgets all; answers with those still to happen."""
        if request.method == "DELETE":
            self._house.faults.clear()
        elif request.method == "POST":
            try:
                asked: object = json.loads(await body_of(request) or b"null")
                faults = [fault_from(one) for one in _each(asked)]
            except ValueError as error:  # UnknownFault is a ValueError
                said = str(error) if isinstance(error, UnknownFault) else "not a fault, nor a list of faults"
                return JSONResponse({"error": said}, 400)
            for fault in faults:
                self._house.faults.add(fault)
        return JSONResponse({"faults": [asdict(fault) for fault in self._house.faults.waiting]})

    async def ledger(self, request: Request) -> Response:  # noqa: ARG002 - Starlette passes it
        return JSONResponse(self._house.ledger.as_json(self._house.till.balance))

    async def credits(self, request: Request) -> Response:
        """Sets the balance: {"credits": number}."""
        try:
            balance = float(json.loads(await body_of(request) or b"null")["credits"])
        except (ValueError, TypeError, KeyError):
            return JSONResponse({"error": 'say {"credits": a number}'}, 400)
        self._house.till.balance = balance
        return JSONResponse({"credits": self._house.till.balance})

    async def reset(self, request: Request) -> Response:  # noqa: ARG002 - Starlette passes it
        self._house.clear()
        return JSONResponse({"reset": True})


def _each(asked: object) -> list[dict[str, object]]:
    """One object or a list of them. Raises ValueError for anything else."""
    found = cast("list[object]", asked) if isinstance(asked, list) else [asked]
    if not all(isinstance(one, dict) for one in found):
        raise ValueError("not an object")
    return cast("list[dict[str, object]]", found)
