"""The voice gateway, version 8: hello, identify, select protocol, session description, heartbeats, resume."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from .call import UNRESUMABLE, Call, Speaking
from .crypto import MODES
from .model import ChannelKind, World
from .udp import UdpServer
from .voice_session import VoiceSession
from .watch import Journal, Watch
from .wire import CLOSE_TIMEOUT_S, Wire, as_text

HEARTBEAT_MS = 13_750
HEARTBEAT_GRACE_S = 7.0


class VoiceGateway:
    """Serves every call. `modes` is the list offered, in the server's order; a test may shorten it."""

    def __init__(self, world: World, calls: Mapping[int, Call], udp: UdpServer, watch: Watch, journal: Journal) -> None:
        self._world = world
        self._calls = calls
        self._udp = udp
        self._watch = watch
        self._journal = journal
        self._random = random.Random(8)
        self.modes: tuple[str, ...] = MODES
        self.heartbeat_ms = HEARTBEAT_MS

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(timeout=CLOSE_TIMEOUT_S)
        await ws.prepare(request)
        wire = Wire(ws, request, as_text, self._journal)
        if request.query.get("v") != "8":
            self._journal.errors.append(f"voice gateway version {request.query.get('v')}")
        connection = _Connection(self, wire, self._journal)
        wire.send(json.dumps({"op": 8, "d": {"v": 8, "heartbeat_interval": self.heartbeat_ms}}))
        try:
            await wire.run(connection.receive)
        finally:
            connection.ended()
            self._watch.tell()
        return ws

    def identify(self, wire: Wire, data: dict[str, Any]) -> VoiceSession | None:
        """A new session with ssrc and key of its own, Ready sent; None when the connection was closed instead."""
        call = self._calls.get(int(data["server_id"]))
        known = call.voice_pass if call is not None else None
        if call is None or known is None or (data["token"], data["session_id"]) != (known.token, known.session_id):
            wire.close(4006)
            return None
        offered = int(data.get("max_dave_protocol_version") or 0)
        channel = call.guild.channel(known.channel_id)
        on_stage = channel is not None and channel.kind is ChannelKind.STAGE  # there DAVE is not spoken
        if call.dave.required and offered < 1 and not on_stage:
            wire.close(4017)
            return None
        dave_version = 0 if on_stage else min(offered, call.dave.version)
        if call.session is not None:
            call.session.end(4006)
        ssrc = self._random.getrandbits(31) | 1
        session = VoiceSession(call, ssrc, known.token, known.session_id, dave_version, wire)
        call.sessions.append(session)
        self._udp.add(ssrc, session)
        address = {"ssrc": ssrc, "ip": "127.0.0.1", "port": self._udp.port}
        call.dave.identified(session, known.channel_id)
        session.send(2, address | {"modes": list(self.modes), "experiments": [], "streams": []})
        return session

    def select(self, session: VoiceSession, data: dict[str, Any]) -> None:
        """Op 1: the mode is fixed, the key goes out, and the others in the channel are named."""
        mode = data["data"]["mode"]
        if data["protocol"] != "udp" or mode not in self.modes:
            if session.wire is not None:
                session.wire.close(4012 if data["protocol"] != "udp" else 4016)
            return
        session.mode = mode
        description = {"mode": mode, "secret_key": list(session.key), "audio_codec": "opus"}
        description |= {"media_session_id": f"{session.ssrc:032x}", "dave_protocol_version": session.dave_version}
        session.send(4, description)
        call = session.call
        known = call.voice_pass
        occupants = call.guild.occupants(known.channel_id) if known else []
        others = [user_id for user_id in occupants if user_id != self._world.bot.id]
        session.send(11, {"user_ids": [str(user_id) for user_id in others]})
        if known is not None:
            call.dave.described(session, known.channel_id, others)

    def resume(self, wire: Wire, data: dict[str, Any]) -> VoiceSession | None:
        call = self._calls.get(int(data["server_id"]))
        session = call.session if call is not None else None
        if session is None or (data["token"], data["session_id"]) != (session.token, session.session_id):
            wire.close(4006)
            return None
        session.resume_on(wire, int(data.get("seq_ack", -1)))
        return session

    def changed(self) -> None:
        self._watch.tell()


class _Connection:
    """One client's messages, until it goes away."""

    def __init__(self, gateway: VoiceGateway, wire: Wire, journal: Journal) -> None:
        self._gateway = gateway
        self._wire = wire
        self._journal = journal
        self._session: VoiceSession | None = None
        self._alive()

    def receive(self, incoming: WSMessage) -> None:
        if incoming.type is WSMsgType.BINARY:
            self._receive_binary(incoming.data)
        else:
            payload = json.loads(incoming.data)
            self._answer(payload["op"], payload.get("d") or {})
            if self._session is not None:
                self._session.call.received.append(payload)
        self._gateway.changed()

    def ended(self) -> None:
        session = self._session
        if session is None or session.wire is not self._wire:
            return
        session.wire = None
        code = self._wire.close_code
        if code is not None:
            session.close_codes.append(code)
        if code in UNRESUMABLE:
            session.open = False

    def _alive(self) -> None:
        self._wire.expect_life(self._gateway.heartbeat_ms / 1000 + HEARTBEAT_GRACE_S, 4009)

    def _receive_binary(self, frame: bytes) -> None:
        session = self._session
        if session is None:
            self._wire.close(4003)
        elif not session.call.dave.receive_binary(session, frame[0], frame[1:]):
            self._journal.unhandled.append(f"voice binary op {frame[0]}")

    def _answer(self, op: int, data: dict[str, Any]) -> None:
        gateway, session = self._gateway, self._session
        if op == 3:
            self._alive()
            if session is None or session.call.answers_heartbeats:
                self._wire.send(json.dumps({"op": 6, "d": {"t": data["t"]}}))
        elif op in (0, 7) and session is not None:
            self._wire.close(4005)
        elif op == 0:
            self._session = gateway.identify(self._wire, data)
        elif op == 7:
            self._session = gateway.resume(self._wire, data)
        elif session is None:
            self._wire.close(4003)
        elif op == 1:
            gateway.select(session, data)
        elif op == 5:
            session.call.speaking.append(Speaking(time.time(), int(data["speaking"]), data.get("ssrc")))
        elif not session.call.dave.receive(session, op, data):
            self._journal.unhandled.append(f"voice op {op}")
