"""The gateway: hello, heartbeats, identify, resume, READY, guilds, dispatches, and its faults."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from .gateway_connection import GatewayConnection
from .gateway_session import Session, op_message
from .intents import ALL, PRIVILEGED
from .model import World
from .payloads import guild_json, member_json, user_json
from .watch import Journal, Watch
from .wire import CLOSE_TIMEOUT_S, Wire, as_text

HEARTBEAT_MS = 41_250  # what Discord says today (topics/gateway)


def zlib_stream() -> Callable[[str], bytes]:
    """An encoder with one deflate context for a whole connection; each message ends in a sync flush."""
    deflate = zlib.compressobj()

    def encode(text: str) -> bytes:
        return deflate.compress(text.encode()) + deflate.flush(zlib.Z_SYNC_FLUSH)

    return encode


class Gateway:
    """Serves any number of sessions (shards). `on_voice_request` gets op 4, `on_session_end` a session that is over."""

    def __init__(self, world: World, watch: Watch, journal: Journal) -> None:
        self._world = world
        self._watch = watch
        self._journal = journal
        self.url = ""  # set once the port is known
        self.sessions: dict[str, Session] = {}
        self.received: list[dict[str, Any]] = []
        self.identifies = 0
        self.answers_heartbeats = True
        self.shards = 1  # what GET /gateway/bot recommends
        self.sessions_left = 999  # of the 1,000 identifies of a day
        self.heartbeat_ms = HEARTBEAT_MS
        self.allowed_privileged_intents = 0
        self.voice_outlives_session = False
        """True: a new identify finds the bot's old voice state still there, as after a quick restart."""
        self.on_voice_request: Callable[[Session, dict[str, Any]], None] = lambda session, data: None
        self.on_session_end: Callable[[Session], None] = lambda session: None

    @property
    def live(self) -> list[Session]:
        return [session for session in self.sessions.values() if session.ready and session.wire is not None]

    @property
    def resumes(self) -> int:
        return sum(session.resumed for session in self.sessions.values())

    # Dispatching

    def dispatch(self, event: str, data: Any, *, guild_id: int | None = None, intent: int = 0) -> None:
        """To every session that serves the guild and asked for the intent; 0 needs none."""
        for session in self.sessions.values():
            if session.ready and session.serves(guild_id) and session.intents & intent == intent:
                session.dispatch(event, data)
        self._watch.tell()

    # Faults

    def reconnect(self) -> None:
        """Op 7: asks every client to come again and resume."""
        self._send_all(7, None)

    def invalidate(self, resumable: bool = False) -> None:
        """Op 9. Without `resumable` the sessions are forgotten."""
        self._send_all(9, resumable)
        if not resumable:
            for session in self.sessions.values():
                session.ready = False

    def drop(self) -> None:
        """Cuts every TCP connection."""
        for session in self.live:
            if session.wire is not None:
                session.wire.abort()

    def close(self, code: int) -> None:
        for session in self.live:
            if session.wire is not None:
                session.wire.close(code)

    def ask_for_heartbeat(self) -> None:
        self._send_all(1, None)

    def _send_all(self, op: int, data: Any) -> None:
        for session in self.live:
            if session.wire is not None:
                session.wire.send(op_message(op, data))

    # Connections

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(compress=False, timeout=CLOSE_TIMEOUT_S)
        await ws.prepare(request)
        compressed = request.query.get("compress") == "zlib-stream"
        wire = Wire(ws, request, zlib_stream() if compressed else as_text, self._journal)
        connection = GatewayConnection(self, wire)
        wire.send(op_message(10, {"heartbeat_interval": self.heartbeat_ms, "_trace": ["emulator"]}))
        try:
            await wire.run(connection.receive)
        finally:
            connection.ended()
            self._watch.tell()
        return ws

    # What a connection asks for

    def identify(self, wire: Wire, data: dict[str, Any]) -> Session | None:
        """A new session, its READY and its guilds sent; None when the connection was closed instead."""
        intents = int(data["intents"])
        shard = tuple(data.get("shard") or (0, 1))
        refusal = self._refusal(data["token"], intents, shard)
        if refusal is not None:
            wire.close(refusal)
            return None
        self._end(session for session in list(self.sessions.values()) if session.shard == shard)
        session = Session(secrets.token_hex(16), intents, (int(shard[0]), int(shard[1])), wire)
        self.sessions[session.id] = session
        self.identifies += 1
        guilds = [guild for guild in self._world.guilds if session.serves(guild.id)]
        unavailable = [{"id": str(guild.id), "unavailable": True} for guild in guilds]
        session.dispatch("READY", self._ready_json(session, unavailable))
        for guild in guilds:
            session.dispatch("GUILD_CREATE", guild_json(self._world, guild))
        session.ready = True
        self._watch.tell()
        return session

    def resume(self, wire: Wire, data: dict[str, Any]) -> Session | None:
        session = self.sessions.get(str(data["session_id"]))
        if session is None or not session.ready or data["token"] != self._world.token:
            wire.send(op_message(9, False))
            return None
        if int(data["seq"]) > session.seq:
            wire.close(4007)
            return None
        session.resume_on(wire, int(data["seq"]))
        self._watch.tell()
        return session

    def members(self, session: Session, data: dict[str, Any]) -> None:
        """Op 8: one chunk with the members asked for."""
        guild = self._world.guild(int(data["guild_id"]))
        if guild is None:
            return
        asked = {int(user_id) for user_id in data.get("user_ids") or ()}
        found = [user for user in [self._world.bot, *guild.members] if not asked or user.id in asked]
        chunk = {"guild_id": str(guild.id), "members": [member_json(user) for user in found], "not_found": []}
        chunk |= {"chunk_index": 0, "chunk_count": 1, "presences": [], "nonce": data.get("nonce")}
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    def left(self, session: Session) -> None:
        """The client closed with 1000 or 1001: its session is over, and with it its seats (topics/gateway)."""
        session.ready = False
        if not self.voice_outlives_session:
            self.on_session_end(session)

    def note(self, payload: dict[str, Any]) -> None:
        self.received.append(payload)
        self._watch.tell()

    def unhandled(self, payload: dict[str, Any]) -> None:
        self._journal.unhandled.append(f"gateway op {payload['op']}")

    def _end(self, sessions: Iterable[Session]) -> None:
        for session in sessions:
            self.sessions.pop(session.id, None)
            if session.wire is not None:
                session.wire.abort()
            if not self.voice_outlives_session:
                self.on_session_end(session)

    def _refusal(self, token: str, intents: int, shard: tuple[Any, ...]) -> int | None:
        if token.removeprefix("Bot ") != self._world.token:
            return 4004
        if len(shard) != 2 or not 0 <= int(shard[0]) < int(shard[1]):
            return 4010
        if intents & ~ALL or intents < 0:
            return 4013
        if intents & PRIVILEGED & ~self.allowed_privileged_intents:
            return 4014
        return None

    def _ready_json(self, session: Session, guilds: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "v": 10,
            "user": user_json(self._world.bot),
            "guilds": guilds,
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "session_type": "normal",
            "application": {"id": str(self._world.application_id), "flags": 0},
            "private_channels": [],
            "relationships": [],
            "shard": list(session.shard),
            "_trace": ["emulator"],
        }
