"""One client at the gateway: its messages in, held to Discord's limits, until it goes away."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import TYPE_CHECKING, Any

from aiohttp import WSMessage, WSMsgType

from .gateway_session import Session, op_message
from .wire import Wire

if TYPE_CHECKING:
    from .gateway import Gateway

PAYLOAD_LIMIT = 4_096  # bytes a client may send at once; more is close code 4002
SENDS_PER_MINUTE = 120  # more is close code 4008
GOODBYE = frozenset({1000, 1001})  # of a client: it does not come back


class GatewayConnection:
    """One client's messages, until it goes away."""

    def __init__(self, gateway: Gateway, wire: Wire) -> None:
        self._gateway = gateway
        self._wire = wire
        self._session: Session | None = None
        self._sends: deque[float] = deque()
        self._alive()

    def receive(self, incoming: WSMessage) -> None:
        if len(incoming.data) > PAYLOAD_LIMIT or incoming.type is not WSMsgType.TEXT:
            return self._wire.close(4002)
        payload = json.loads(incoming.data)
        self._gateway.note(payload)
        if self._too_many():
            return self._wire.close(4008)
        return self._answer(payload["op"], payload.get("d"), payload)

    def ended(self) -> None:
        if self._session is not None and self._session.wire is self._wire:
            self._session.wire = None
            if self._wire.close_code in GOODBYE:
                self._gateway.left(self._session)

    def _too_many(self) -> bool:
        now = asyncio.get_running_loop().time()
        self._sends.append(now)
        while self._sends[0] < now - 60:
            self._sends.popleft()
        return len(self._sends) > SENDS_PER_MINUTE

    def _alive(self) -> None:
        self._wire.expect_life(self._gateway.heartbeat_ms / 1000 * 1.5, 4009)

    def _answer(self, op: int, data: Any, payload: dict[str, Any]) -> None:
        gateway, session = self._gateway, self._session
        if op == 1:
            self._alive()
            if gateway.answers_heartbeats:
                self._wire.send(op_message(11, None))
        elif op in (2, 6) and session is not None:
            self._wire.close(4005)
        elif op == 2:
            self._session = gateway.identify(self._wire, data)
        elif op == 6:
            self._session = gateway.resume(self._wire, data)
        elif session is None:
            self._wire.close(4003)
        elif op == 4:
            gateway.on_voice_request(session, data)
        elif op == 8:
            gateway.members(session, data)
        elif op != 3:  # presence: nobody is shown it
            gateway.unhandled(payload)
