"""py-cord's voice connection, healed from outside, with packets of our own behind it. The faults stand in client.py."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from logging import getLogger
from math import inf
from typing import TYPE_CHECKING, Any, cast

from discord.errors import ConnectionClosed
from discord.voice import VoiceClient
from discord.voice.enums import ConnectionFlowState
from discord.voice.gateway import VoiceWebSocket
from discord.voice.state import SocketEventReader, VoiceConnectionState

from conductr_player.rtp import RtpSender

from .websocket import HealedSocket

if TYPE_CHECKING:
    from discord.abc import Snowflake
    from discord.guild import VocalGuildChannel
    from discord.raw_models import RawVoiceStateUpdateEvent

log = getLogger(__name__)

CONNECTED = ConnectionFlowState.connected
OVER_FOR_ALL = 4022
ASKING = frozenset({ConnectionFlowState.disconnected, ConnectionFlowState.set_guild_voice_state})


class _NoReader:
    """Stands where py-cord keeps its reader thread. Discovery reads for itself, and nobody else listens."""

    def start(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self, *, force: bool = False) -> None: ...
    def stop(self) -> None: ...
    def unregister(self, callback: Callable[[bytes], Any]) -> None: ...
    def register(self, callback: Callable[[bytes], Any]) -> None:
        raise NotImplementedError("this client does not record")


_NO_READER = _NoReader()


class HealedState(VoiceConnectionState):
    """`sender` sends the packets of the session that was described last; a resumed session keeps it, with its key."""

    close_code: int | None = None
    sender: RtpSender | None = None
    proposer: bytes | None = None  # op 25 of this connection: whose proposals DAVE takes
    _sender_is_for: tuple[object, ...] = ()
    _has_left = False

    def __init__(self, client: VoiceClient, *, hook: Callable[..., Any], on_end: Callable[[int | None], None]) -> None:
        super().__init__(client, hook=hook)
        self._on_end = on_end

    @property
    def open_ws(self) -> VoiceWebSocket | None:
        """Not None where a packet sent now reaches the voice server, as far as can be known. From any thread."""
        ws = self.ws
        return ws if self._state is CONNECTED and ws and not ws.ws.closed else None

    @property
    def is_polled(self) -> bool:
        return self._runner is not None and not self._runner.done()

    @property
    def silent_s(self) -> float:
        """Since the voice gateway has answered a heartbeat, or was connected; inf where it is not."""
        ws = self.ws
        return time.monotonic() - ws.answered_at if isinstance(ws, HealedSocket) else inf

    async def reinit_dave_session(self) -> None:
        """As py-cord's; an op 25 that came before the session was there is not lost (B6)."""
        is_new = self.dave_session is None
        await super().reinit_dave_session()
        if is_new and self.dave_session is not None and self.proposer is not None:
            self.dave_session.set_external_sender(self.proposer)

    def described(self) -> None:
        """There is a key. Its nonces are counted on where it is one that we have: none may come twice."""
        key = bytes(self.secret_key)
        used_for, before = self._sender_is_for, self.sender
        self._sender_is_for = (key, self.socket, self.mode, self.ssrc)
        if used_for == self._sender_is_for:
            return
        first = 0
        if before is not None and used_for[0] == key:
            first = before.next_nonce + 1  # the pacer's thread may be using up one this moment
        self.sender = RtpSender(
            self.socket, self.mode, key, self.ssrc, protect=self._protect, next_nonce=first, keeps_lock=True
        )
        log.debug("guild %s: packets are sent by %s", self.guild_id, self.sender)

    def _protect(self, packet: bytes) -> bytes | None:
        """DAVE, as py-cord has it: its session, looked up anew, and only once that is ready. In the pacer's thread."""
        session = self.dave_session
        if session is None or not session.ready:
            return packet
        try:
            return session.encrypt_opus(packet)
        except Exception as error:  # noqa: BLE001 - its transition came in between: the next tick tries again
            log.debug("guild %s: DAVE did not take a packet: %s", self.guild_id, error)
            return None

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
        """Being nowhere, before we ask for a seat or while, is the end of the connection before this one (B9, B10)."""
        if data.channel_id is not None or self.state not in ASKING or self._expecting_disconnect:
            await super().voice_state_update(data)

    async def _voice_disconnect(self) -> None:
        """As py-cord's, which expects Discord's word only once it has asked, when it may have come already."""
        self.state = ConnectionFlowState.disconnected
        self._disconnected.clear()
        self._expecting_disconnect = True
        await self.guild.change_voice_state(channel=None)

    async def _potential_reconnect(self) -> bool:
        """As py-cord's, which after 4022 (over for all) waits for a new server that never comes."""
        return self.close_code != OVER_FOR_ALL and await super()._potential_reconnect()

    async def _connect_websocket(self, resume: bool) -> HealedSocket:
        seq_ack = self.ws.seq_ack if self.ws else -1
        if not resume:
            self.proposer = None
        ws = await HealedSocket.from_state(self, resume=resume, hook=self.hook, seq_ack=seq_ack)
        self.close_code = None  # of the connection before
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
        self.state = CONNECTED
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
            self._on_end(self.close_code)
