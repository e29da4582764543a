"""py-cord's voice client, healed from outside.

    B1  a human who has spoken leaves     the poller dies on an attribute that only a recording has
    B2  a move or a reconnect             the reader thread sleeps 25 s on the socket that was replaced
    B3  an idle bot joins                 that thread makes tasks without waking the loop: up to 5 s
    B4  both voice events come at once    a wake-up between them is lost, and connect waits for its timeout
    B5  close code 4015                   resume waits for a handshake that a resumed session never makes
    B9  leave, then join at once          leaving is said twice, and the second word puts out the new connection

B2 and B3 go together: IP discovery is awaited on the loop, and there is no reader thread. Nothing is
ever recorded. Proven with py-cord 2.8.1; the tests show each fault in both directions.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from logging import getLogger
from typing import TYPE_CHECKING, Any, cast

import discord
from discord.errors import ConnectionClosed
from discord.voice import VoiceClient
from discord.voice.enums import ConnectionFlowState, OpCodes
from discord.voice.gateway import VoiceWebSocket
from discord.voice.state import SocketEventReader, VoiceConnectionState

from conductr_bot.errors import PycordTooDifferent

if TYPE_CHECKING:
    from discord.abc import Connectable, Snowflake
    from discord.guild import VocalGuildChannel
    from discord.raw_models import RawVoiceStateUpdateEvent

log = getLogger(__name__)

PROVEN = "2.8.1"
DISCOVERY_BYTES = 74  # of an IP discovery packet, either way (discord.md 4.5)
DISCOVERY_REPLY = 2
DISCOVERY_AGAIN_S = 1.0  # UDP may lose the request or its answer; py-cord asks once and waits for ever
DISCOVERY_TRIES = 5

LinkEnded = Callable[["HealedVoiceClient", int | None], None]
"""Told once when a connection is over: the client, and the close code where there was one."""


def check_pycord(version: str = discord.__version__) -> None:
    """Warn where py-cord is not the proven version. Raises PycordTooDifferent where even its insides may differ."""
    if version == PROVEN:
        return
    if version.split(".")[:2] != PROVEN.split(".")[:2]:
        raise PycordTooDifferent(version, PROVEN)
    log.warning("voice is proven with py-cord %s, and this is %s", PROVEN, version)


class _NoReader:
    """Stands where py-cord keeps its reader thread. Discovery reads for itself, and nobody else listens."""

    def start(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self, *, force: bool = False) -> None: ...
    def stop(self) -> None: ...
    def unregister(self, callback: Callable[[bytes], Any]) -> None: ...
    def register(self, callback: Callable[[bytes], Any]) -> None:
        raise NotImplementedError("this client does not record")


class _HealedSocket(VoiceWebSocket):
    resumed = False

    async def received_message(self, msg: Any, /) -> None:
        await super().received_message(msg)
        self.resumed = self.resumed or msg["op"] == OpCodes.resumed

    async def poll_event(self) -> None:
        try:
            await super().poll_event()
        except ConnectionClosed as closed:
            cast("_HealedState", self.state).close_code = closed.code
            raise

    async def get_ip(self) -> tuple[str, int]:
        """Our address as the voice server sees it, awaited on the loop (B2, B3). Raises TimeoutError."""
        ask = struct.pack(">HHI", 1, DISCOVERY_BYTES - 4, self.state.ssrc).ljust(DISCOVERY_BYTES, b"\0")
        for _ in range(DISCOVERY_TRIES):
            await self.loop.sock_sendall(self.state.socket, ask)
            try:
                async with asyncio.timeout(DISCOVERY_AGAIN_S):
                    return await self._discovered()
            except TimeoutError:
                continue
        raise TimeoutError("the voice server does not answer over UDP")

    async def _discovered(self) -> tuple[str, int]:
        while True:
            data = await self.loop.sock_recv(self.state.socket, 2048)
            if len(data) == DISCOVERY_BYTES and data[1] == DISCOVERY_REPLY:
                address, port = struct.unpack_from(">64sH", data, 8)
                return address.split(b"\0", 1)[0].decode("ascii"), port


class _HealedState(VoiceConnectionState):
    close_code: int | None = None
    _has_left = False

    @property
    def _socket_reader(self) -> SocketEventReader:
        return cast("SocketEventReader", _NO_READER)

    @_socket_reader.setter
    def _socket_reader(self, stock: SocketEventReader) -> None:
        """The thread that py-cord makes is dropped before it starts (B2, B3)."""

    async def _wait_for_state(self, *states: ConnectionFlowState, timeout: float | None = None) -> None:
        """Waits in the caller's own task: between looking and waiting no other task can run (B4)."""
        async with asyncio.timeout(timeout):
            while self.state not in states:
                await self._state_event.wait()

    async def disconnect(self, *, force: bool = True, cleanup: bool = True, wait: bool = False) -> None:
        """Said once: the poller says it again when its socket closes (B9)."""
        if self._has_left or not (force or self.is_connected()):
            return
        self._has_left = True
        await super().disconnect(force=force, cleanup=cleanup, wait=wait)

    async def voice_state_update(self, data: RawVoiceStateUpdateEvent) -> None:
        """Being nowhere, while we ask for a seat, is the end of the connection before this one (B9)."""
        if data.channel_id is not None or self.state is not ConnectionFlowState.set_guild_voice_state:
            await super().voice_state_update(data)

    async def _connect_websocket(self, resume: bool) -> _HealedSocket:
        seq_ack = self.ws.seq_ack if self.ws else -1
        ws = await _HealedSocket.from_state(self, resume=resume, hook=self.hook, seq_ack=seq_ack)
        self.state = ConnectionFlowState.websocket_connected
        return ws

    async def _inner_connect(self, reconnect: bool, self_deaf: bool, self_mute: bool, resume: bool) -> None:
        if resume and self.secret_key and await self._resumed():
            return
        self._has_left = False
        await super()._inner_connect(reconnect, self_deaf, self_mute, resume=False)

    async def _resumed(self) -> bool:
        """Take up the session where it broke (B5). It keeps its key: no description comes. False: start anew."""
        before = self.ws
        await before.close()
        try:
            ws = self.ws = await self._connect_websocket(resume=True)
            while not ws.resumed:
                await ws.poll_event()
        except ConnectionClosed:
            await self.disconnect(cleanup=False)
            self._disconnected.clear()  # else the next 4014 is taken for a kick
            return False
        ws.secret_key = self.secret_key
        self.state = ConnectionFlowState.connected
        return True

    async def _move_to(self, channel: Snowflake) -> None:
        """As py-cord's, which would undeafen the bot on the way."""
        self.state = ConnectionFlowState.set_guild_voice_state
        wanted = cast("VocalGuildChannel", channel)
        await self.guild.change_voice_state(channel=wanted, self_deaf=True)

    async def _poll_ws(self, reconnect: bool) -> None:
        """Nobody awaits py-cord's poller: its end, for whatever reason, is told instead."""
        try:
            await super()._poll_ws(reconnect)
        except (ConnectionClosed, TimeoutError, OSError) as error:
            log.info("the voice connection of guild %s ended: %s", self.guild_id, error)
        except Exception:
            log.exception("the voice connection of guild %s ended on an unforeseen error", self.guild_id)
        finally:
            cast("HealedVoiceClient", self.client).ended(self.close_code)


_NO_READER = _NoReader()


class HealedVoiceClient(VoiceClient):
    """Pass it as `cls` to `channel.connect`. The bot is deafened: it hears nobody."""

    def __init__(self, client: discord.Client, channel: Connectable, on_end: LinkEnded | None = None) -> None:
        super().__init__(client, channel)
        self._on_end = on_end

    @property
    def link_up(self) -> bool:
        """Whether a packet sent now reaches the voice server, as far as can be known. From any thread."""
        ws = self._connection.ws
        return self._connection.is_connected() and bool(ws) and not ws.ws.closed

    def ended(self, close_code: int | None) -> None:
        if self._on_end is not None:
            self._on_end(self, close_code)

    async def abandon(self) -> None:
        """Drop the connection without a word to the gateway, whose new session knows nothing of it."""
        await self._connection.soft_disconnect(with_state=ConnectionFlowState.disconnected)
        self.cleanup()

    def create_connection_state(self) -> VoiceConnectionState:
        return _HealedState(self, hook=self._recv_hook)

    async def connect(
        self, *, reconnect: bool, timeout: float, self_deaf: bool = True, self_mute: bool = False
    ) -> None:
        try:
            await super().connect(reconnect=reconnect, timeout=timeout, self_deaf=self_deaf, self_mute=self_mute)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Moved while joining: py-cord has cancelled its own attempt and begun another, not us.
            await self._connection.wait_for(ConnectionFlowState.connected, timeout)

    def _remove_ssrc(self, *, user_id: int) -> None:
        """As py-cord's without its reader, which is there only while recording (B1)."""
        ssrc = self._id_to_ssrc.pop(user_id, None)
        if ssrc is not None:
            self._ssrc_to_id.pop(ssrc, None)
