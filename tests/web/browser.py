"""What a browser adds to a request by itself, around Quart's own test client."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from attrs import define, field
from quart.typing import TestClientProtocol
from quart.wrappers import Response

ORIGIN = "http://localhost"


@define(eq=False)
class Visitor:
    client: TestClientProtocol
    token: str = field(default="", init=False)

    async def open(self) -> None:
        self.token = (await (await self.client.get("/api/session")).get_json())["csrf"]

    def manners(self) -> dict[str, str]:
        """The headers of a click on the page."""
        return {
            "Origin": ORIGIN,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
            "X-Conductr-CSRF": self.token,
        }

    async def get(self, path: str, **query: object) -> Response:
        return await self.client.get(path, query_string={name: str(value) for name, value in query.items()})

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Response:
        return await self.client.post(path, headers=self.manners(), data=json.dumps(body or {}))

    async def wish(self, prompt: str, **more: object) -> Response:
        return await self.post("/api/songs/generate", {"request_id": uuid4().hex, "prompt": prompt, **more})
