"""Discord on 127.0.0.1: the whole of it behind one object, for tests to drive."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal, Self

from aiohttp import web

from .call import Call
from .certificate import make_certificate
from .commands import CommandBook
from .dave import Dave, NoDave
from .gateway import Gateway
from .interactions import Interaction, InteractionDesk
from .member import MemberActions
from .messages import Message, MessageBoard
from .model import Channel, Guild, User, World, default_guild
from .rest import API, RestServer
from .routes import Routes
from .scene import Scene
from .switchboard import Switchboard, VoiceTiming
from .udp import UdpServer
from .voice_gateway import VoiceGateway
from .watch import Journal, Watch

SHUTDOWN_S = 0.5


class DiscordEmulator(Scene):
    """An async context manager (asyncio). The bot is another process, or this one, pointed here by `environment()`.

    `gateway`, `voice`, `rest` and `switchboard` carry the faults and knobs of their parts. At the end of a test
    `unhandled` and `errors` should be empty.
    """

    def __init__(
        self,
        guilds: Sequence[Guild] = (),
        *,
        token: str = "emulated.bot.token",
        dave: Literal["bot", "human"] | None = None,
    ) -> None:
        """`dave` turns end-to-end encryption on and says who commits; None announces version 0, as on a stage."""
        self.world = World(list(guilds) or [default_guild()], token=token)
        self.watch, self.journal = Watch(), Journal()
        self.gateway = Gateway(self.world, self.watch, self.journal)
        self.board = MessageBoard(self.world, self.watch, self.gateway.dispatch)
        self.desk = InteractionDesk(self.board, self.watch)
        self.commands = CommandBook(self.world.application_id)
        self.rest = RestServer(self.world, self.watch, self.journal)
        policies = {guild.id: Dave(self.world.bot.id, dave) if dave else NoDave() for guild in self.world.guilds}
        self.calls = {
            guild.id: Call(guild, policies[guild.id], self.watch, self.journal) for guild in self.world.guilds
        }
        self.switchboard = Switchboard(self.world, self.gateway, self.calls, self.journal)
        self.gateway.on_voice_request = self.switchboard.request
        self.gateway.on_session_end = self.switchboard.end_session
        self._actions = MemberActions(self.world, self.gateway, self.commands, self.board, self.desk)
        self._stack = AsyncExitStack()
        self._port = 0
        self.ca_file = ""

    async def __aenter__(self) -> Self:
        self.watch.open()
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="discord-emulator-")))
            udp = UdpServer(self.watch, self.journal)
            udp.start()
            stack.callback(udp.stop)
            self.voice = VoiceGateway(self.world, self.calls, udp, self.watch, self.journal)
            ca_file, context = make_certificate(folder)
            self.ca_file = str(ca_file)
            rest = self.rest.application()
            Routes(self.world, self.gateway, self.commands, self.board, self.desk, self.switchboard).add_to(rest.router)
            rest.router.add_get("/", self.gateway.serve)
            voice = web.Application()
            voice.router.add_get("/", self.voice.serve)
            self._port = await _listen(stack, rest)
            self.switchboard.endpoint = f"127.0.0.1:{await _listen(stack, voice, ssl_context=context)}"
            self.gateway.url = f"ws://127.0.0.1:{self._port}"
            self.board.cdn = f"http://127.0.0.1:{self._port}"
            stack.callback(self._hang_up)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._stack.aclose()

    # Where it is

    @property
    def api_base(self) -> str:
        return f"http://127.0.0.1:{self._port}{API}"

    @property
    def token(self) -> str:
        return self.world.token

    def environment(self) -> dict[str, str]:
        """What the bot's process needs beside its own environment."""
        return {
            "CONDUCTR_DISCORD_TOKEN": self.token,
            "CONDUCTR_DISCORD_API_BASE": self.api_base,
            "SSL_CERT_FILE": self.ca_file,
        }

    # What the bot does

    async def wait_ready(self, commands: Iterable[str] = (), timeout_s: float = 30) -> None:
        """The bot has identified, and these commands are registered."""
        wanted = set(commands)
        await self.watch.until(
            lambda: self.gateway.live and wanted <= self.commands.names,
            lambda: f"ready bot with {sorted(wanted)}; there is {sorted(self.commands.names)}",
            timeout_s,
        )

    async def wait_gone(self, timeout_s: float = 10) -> None:
        """No connection of the bot is left, as after its end or a cut. The next `wait_ready` means a new one."""
        await self.watch.until(lambda: not self.gateway.live, "end of the bot's connections", timeout_s)

    async def wait_resumed(self, count: int = 1, timeout_s: float = 10) -> None:
        await self.watch.until(lambda: self.gateway.resumes >= count, f"gateway resume number {count}", timeout_s)

    # What humans do

    async def human_joins(self, channel: Channel | None = None, user: User | None = None) -> None:
        """Joins or moves; the guild is the channel's."""
        channel = channel or self.voice_channel
        guild = self.world.guild_of_channel(channel.id)
        assert guild is not None, "no guild has this channel"
        self.switchboard.seat_human(guild, user or guild.members[0], channel)

    async def human_leaves(self, user: User | None = None, guild: Guild | None = None) -> None:
        guild = guild or self.guild
        self.switchboard.seat_human(guild, user or guild.members[0], None)

    async def human_speaks(self, user: User | None = None, guild: Guild | None = None) -> None:
        """The bot is told that this human's audio has begun (op 5)."""
        guild = guild or self.guild
        self.switchboard.human_speaks(guild, user or guild.members[0])

    async def slash(
        self,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        user: User | None = None,
        channel: Channel | None = None,
        guild: Guild | None = None,
    ) -> Interaction:
        guild = guild or self.guild
        where = channel or guild.text_channel
        return self._actions.slash(name, options or {}, guild, where, user or guild.members[0])

    async def autocomplete(
        self,
        name: str,
        option: str,
        typed: str,
        others: Mapping[str, Any] | None = None,
        *,
        user: User | None = None,
        channel: Channel | None = None,
        guild: Guild | None = None,
        timeout_s: float = 3,
    ) -> list[dict[str, Any]]:
        """The choices the bot offers while `typed` stands in `option`."""
        guild = guild or self.guild
        where = channel or guild.text_channel
        asked = self._actions.autocomplete(name, option, typed, others or {}, guild, where, user or guild.members[0])
        return (await asked.acknowledged(timeout_s)).choices

    async def click(
        self, message: Message, custom_id: str, values: list[str] | None = None, *, user: User | None = None
    ) -> Interaction:
        return self._actions.click(message, custom_id, values, user or self.human)

    async def message_command(self, name: str, message: Message, *, user: User | None = None) -> Interaction:
        return self._actions.message_command(name, message, user or self.human)

    async def submit_modal(self, opened: Interaction, values: Mapping[str, str]) -> Interaction:
        return self._actions.submit_modal(opened, values)

    # What moderators and Discord do

    async def move_bot(self, channel: Channel | None, guild: Guild | None = None) -> None:
        """Moves the bot to another voice channel; None kicks it out."""
        self.switchboard.move_bot(guild or self.guild, channel)

    async def change_region(
        self, guild: Guild | None = None, *, without_endpoint_first: bool = False, after_s: float = 0.0
    ) -> None:
        guild = guild or self.guild
        self.switchboard.change_server(guild, without_endpoint_first=without_endpoint_first, after_s=after_s)

    async def delete_channel(self, channel: Channel) -> None:
        """Everybody in it is put out first."""
        guild = self.world.guild_of_channel(channel.id)
        assert guild is not None, "no guild has this channel"
        self.switchboard.delete_channel(guild, channel)

    async def remove_guild(self, guild: Guild | None = None, *, unavailable: bool = False) -> None:
        """The bot is put out of the guild; with `unavailable` there is only an outage."""
        self.switchboard.remove_guild(guild or self.guild, unavailable=unavailable)

    @property
    def voice_timing(self) -> VoiceTiming:
        """Settable delays around the two updates that answer op 4."""
        return self.switchboard.timing

    def _hang_up(self) -> None:
        self.gateway.drop()
        for call in self.calls.values():
            for session in call.sessions:
                if session.wire is not None:
                    session.wire.abort()


async def _listen(stack: AsyncExitStack, app: web.Application, **tls: Any) -> int:
    """The free port on which the application now answers."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0, **tls).start()
    return int(runner.addresses[0][1])
