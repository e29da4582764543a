"""Who enters and leaves which voice channel, and what the gateways tell about it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, evolve

from .call import Call, VoicePass
from .errors import ApiError
from .gateway import Gateway
from .gateway_session import Session
from .intents import GUILDS, VOICE_STATES
from .model import Channel, ChannelKind, Guild, Permission, User, VoiceState, World
from .payloads import channel_json, voice_state_json
from .watch import Journal


@define
class VoiceTiming:
    """Seconds before VOICE_STATE_UPDATE, and from there to VOICE_SERVER_UPDATE (discord.md, fault B4)."""

    before_state_s: float = 0.0
    before_server_s: float = 0.0


class Switchboard:
    """`endpoint` is the voice gateway's host and port. Discord's silences are kept: see `request`."""

    def __init__(self, world: World, gateway: Gateway, calls: Mapping[int, Call], journal: Journal) -> None:
        self._world = world
        self._gateway = gateway
        self._calls = calls
        self._journal = journal
        self.endpoint = ""
        self.timing = VoiceTiming()
        self.repeats_server_update = False
        """True: op 4 for the channel one is in brings VOICE_SERVER_UPDATE again (unknown of the real Discord)."""

    def request(self, session: Session, data: dict[str, Any]) -> None:
        """Op 4. A join that is not allowed gets no answer at all, only a remark in the journal."""
        guild = self._world.guild(int(data["guild_id"]))
        if guild is None:
            self._journal.remarks.append(f"op 4 for unknown guild {data['guild_id']}")
        elif data["channel_id"] is None:
            self._leave(guild)
        else:
            self._join(session, guild, int(data["channel_id"]), data)

    def move_bot(self, guild: Guild, channel: Channel | None) -> None:
        """A moderator moves the bot, or kicks it with None."""
        state = guild.voice.get(self._world.bot.id)
        if state is None:
            raise AssertionError("the bot is in no voice channel")
        if channel is None:
            self._leave(guild)
        else:
            self._seat(guild, evolve(state, channel_id=channel.id), new_server=True)

    def change_server(self, guild: Guild, *, without_endpoint_first: bool = False, after_s: float = 0.0) -> None:
        """The call moves to another voice server; with `without_endpoint_first` it is away for a while."""
        state = guild.voice.get(self._world.bot.id)
        if state is None:
            raise AssertionError("the bot is in no voice channel")
        if without_endpoint_first:
            self._server_update(guild, "", None)
        _later(after_s, lambda: self._new_server(guild, state))

    def mute_bot(self, guild: Guild, *, mute: bool) -> None:
        """By a moderator, wherever it sits."""
        self._change(guild, mute=mute)

    def suppress_bot(self, guild: Guild, *, suppress: bool) -> None:
        """A moderator sends it among the audience of a stage, or lets it speak."""
        self._change(guild, suppress=suppress, asked_to_speak_at=None)

    def own_state(self, guild: Guild, wish: Mapping[str, Any]) -> None:
        """What the bot asks for itself on a stage. ApiError 50013 where it may not."""
        state = guild.voice.get(self._world.bot.id)
        channel = guild.channel(state.channel_id) if state is not None else None
        if channel is None or channel.kind is not ChannelKind.STAGE:
            raise ApiError(400, 50035, "Invalid Form Body")
        may = guild.permissions_in(channel)
        if wish.get("suppress") is False and Permission.MUTE_MEMBERS not in may:
            raise ApiError(403, 50013, "Missing Permissions")
        asked = wish.get("request_to_speak_timestamp")
        if asked is not None and Permission.REQUEST_TO_SPEAK not in may:
            raise ApiError(403, 50013, "Missing Permissions")
        changes = {"suppress": wish["suppress"]} if "suppress" in wish else {}
        self._change(guild, **changes, asked_to_speak_at=asked)

    def _change(self, guild: Guild, **changes: Any) -> None:
        state = guild.voice.get(self._world.bot.id)
        if state is None:
            raise AssertionError("the bot is in no voice channel")
        guild.voice[state.user_id] = changed = evolve(state, **changes)
        self._tell_state(guild, self._world.bot, changed)

    def seat_human(self, guild: Guild, user: User, channel: Channel | None, *, deaf: bool = False) -> None:
        """A human joins, moves or leaves; the bot's gateways are told what they would be told."""
        before = guild.voice.get(user.id)
        after = None if channel is None else VoiceState(user.id, channel.id, secrets.token_hex(16), self_deaf=deaf)
        if after is None:
            guild.voice.pop(user.id, None)
        else:
            guild.voice[user.id] = after
        self._tell_state(guild, user, after, before.session_id if before else "")
        here = self._channel_of_bot(guild)
        was_here = here is not None and before is not None and before.channel_id == here
        is_here = here is not None and after is not None and after.channel_id == here
        call = self._calls[guild.id]
        if is_here and not was_here:
            self._say(call, 11, {"user_ids": [str(user.id)]})
            call.dave.human_joined(user)
        elif was_here and not is_here:
            call.human_ssrcs.pop(user.id, None)
            self._say(call, 13, {"user_id": str(user.id)})
            call.dave.human_left(user)

    def human_speaks(self, guild: Guild, user: User, bits: int = 1) -> None:
        """Op 5 to the bot, as when a human first talks."""
        call = self._calls[guild.id]
        ssrc = call.human_ssrcs.setdefault(user.id, 10_000 + len(call.human_ssrcs))
        self._say(call, 5, {"user_id": str(user.id), "ssrc": ssrc, "speaking": bits})

    def delete_channel(self, guild: Guild, channel: Channel) -> None:
        """CHANNEL_DELETE; everybody in it is put out first."""
        for occupant in guild.occupants(channel.id):
            user = self._world.user(occupant)
            if occupant == self._world.bot.id:
                self._leave(guild)
            elif user is not None:
                self.seat_human(guild, user, None)
        payload = channel_json(guild, channel)
        guild.channels.remove(channel)
        self._gateway.dispatch("CHANNEL_DELETE", payload, guild_id=guild.id, intent=GUILDS)

    def remove_guild(self, guild: Guild, *, unavailable: bool = False) -> None:
        """GUILD_DELETE: the bot is put out of the guild, or the guild is down for a while (an outage)."""
        if self._world.bot.id in guild.voice:
            self._leave(guild)
        gone: dict[str, Any] = {"id": str(guild.id)}
        if unavailable:
            gone["unavailable"] = True
        else:
            self._world.guilds.remove(guild)
        self._gateway.dispatch("GUILD_DELETE", gone, guild_id=guild.id, intent=GUILDS)

    def end_session(self, session: Session) -> None:
        """The bot's gateway session is over: its seats become free."""
        for guild in self._world.guilds:
            state = guild.voice.get(self._world.bot.id)
            if state is not None and state.session_id == session.id:
                self._leave(guild)

    def _join(self, session: Session, guild: Guild, channel_id: int, data: dict[str, Any]) -> None:
        bot, channel = self._world.bot, guild.channel(channel_id)
        if channel is None or not guild.may_join(bot.id, channel):
            self._journal.remarks.append(f"op 4 ignored: channel {channel_id} is unknown, closed to the bot, or full")
            return
        before = guild.voice.get(bot.id)
        deaf, mute = bool(data.get("self_deaf")), bool(data.get("self_mute"))
        state = VoiceState(bot.id, channel_id, session.id, self_mute=mute, self_deaf=deaf)
        if before is not None:
            state = evolve(state, mute=before.mute)
        stays = before is not None and (before.channel_id, before.session_id) == (channel_id, session.id)
        if not stays:
            self._calls[guild.id].joined_at = time.time()
        self._seat(guild, state, new_server=not stays or self.repeats_server_update)

    def _seat(self, guild: Guild, state: VoiceState, *, new_server: bool) -> None:
        before, channel = guild.voice.get(state.user_id), guild.channel(state.channel_id)
        if before is None or before.channel_id != state.channel_id:  # one comes among the audience
            silent = channel is not None and channel.kind is ChannelKind.STAGE
            state = evolve(state, suppress=silent, asked_to_speak_at=None)
        else:
            state = evolve(state, suppress=before.suppress, asked_to_speak_at=before.asked_to_speak_at)
        guild.voice[state.user_id] = state

        def tell() -> None:
            self._tell_state(guild, self._world.bot, state)
            if new_server:
                _later(self.timing.before_server_s, lambda: self._new_server(guild, state))

        _later(self.timing.before_state_s, tell)

    def _new_server(self, guild: Guild, state: VoiceState) -> None:
        """A new token; the session under the old one is closed with 4014."""
        now = guild.voice.get(self._world.bot.id)
        if now is None or (now.channel_id, now.session_id) != (state.channel_id, state.session_id):
            return  # the bot has left or moved on meanwhile
        call = self._calls[guild.id]
        old = call.session
        call.voice_pass = VoicePass(secrets.token_hex(8), state.session_id, state.channel_id)
        self._server_update(guild, call.voice_pass.token, self.endpoint)
        if old is not None:
            old.end(4014)

    def _leave(self, guild: Guild) -> None:
        state = guild.voice.pop(self._world.bot.id, None)
        self._tell_state(guild, self._world.bot, None, state.session_id if state else "")
        self._calls[guild.id].leave()

    def _tell_state(self, guild: Guild, user: User, state: VoiceState | None, session_id: str = "") -> None:
        payload = voice_state_json(guild, user, state, session_id)
        own = user.id == self._world.bot.id
        self._gateway.dispatch("VOICE_STATE_UPDATE", payload, guild_id=guild.id, intent=0 if own else VOICE_STATES)

    def _server_update(self, guild: Guild, token: str, endpoint: str | None) -> None:
        payload = {"token": token, "guild_id": str(guild.id), "endpoint": endpoint}
        self._gateway.dispatch("VOICE_SERVER_UPDATE", payload, guild_id=guild.id)

    def _channel_of_bot(self, guild: Guild) -> int | None:
        state = guild.voice.get(self._world.bot.id)
        return state.channel_id if state else None

    def _say(self, call: Call, op: int, data: dict[str, Any]) -> None:
        session = call.session
        if session is not None and session.mode is not None:
            session.send(op, data)


def _later(delay_s: float, act: Callable[[], None]) -> None:
    """At once when there is no delay: the two updates then share one turn of the client's loop."""
    if delay_s > 0:
        asyncio.get_running_loop().call_later(delay_s, act)
    else:
        act()
