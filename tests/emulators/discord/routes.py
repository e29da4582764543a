"""The REST routes the bot's libraries use (discord.md §4.1). Anything else is a 404 and an entry in the journal."""

from __future__ import annotations

from aiohttp import web
from attrs import define

from .commands import CommandBook
from .errors import ApiError, unauthorized, unknown
from .gateway import Gateway
from .interactions import InteractionDesk
from .messages import MessageBoard
from .model import Channel, Guild, Permission, World
from .payloads import application_json, channel_json, user_json
from .rest import API, nothing, read_body, reply
from .switchboard import Switchboard


@define
class Routes:
    """Every handler asks one part of the emulator and answers in JSON."""

    world: World
    gateway: Gateway
    commands: CommandBook
    board: MessageBoard
    desk: InteractionDesk
    switchboard: Switchboard

    def add_to(self, router: web.UrlDispatcher) -> None:
        application = f"{API}/applications/{{app:\\d+}}"
        for book in (f"{application}/commands", f"{application}/guilds/{{guild:\\d+}}/commands"):
            router.add_get(book, self.list_commands)
            router.add_put(book, self.replace_commands)
            router.add_post(book, self.add_command)
            router.add_get(f"{book}/permissions", self.empty_list)
            router.add_get(f"{book}/{{command:\\d+}}", self.get_command)
            router.add_patch(f"{book}/{{command:\\d+}}", self.edit_command)
            router.add_delete(f"{book}/{{command:\\d+}}", self.delete_command)
        router.add_get(f"{application}/emojis", self.emojis)
        router.add_get(f"{API}/users/@me", self.me)
        router.add_get(f"{API}/users/{{user:\\d+}}", self.user)
        router.add_get(f"{API}/oauth2/applications/@me", self.application)
        router.add_get(f"{API}/applications/@me", self.application)
        router.add_get(f"{API}/gateway", self.gateway_url)
        router.add_get(f"{API}/gateway/bot", self.gateway_bot)
        router.add_get(f"{API}/soundboard-default-sounds", self.empty_list)
        router.add_post(f"{API}/interactions/{{id:\\d+}}/{{token}}/callback", self.callback)
        webhook = f"{API}/webhooks/{{app:\\d+}}/{{token}}"
        router.add_post(webhook, self.follow_up)
        router.add_get(f"{webhook}/messages/{{message}}", self.get_answer)
        router.add_patch(f"{webhook}/messages/{{message}}", self.edit_answer)
        router.add_delete(f"{webhook}/messages/{{message}}", self.delete_answer)
        channel = f"{API}/channels/{{channel:\\d+}}"
        router.add_get(channel, self.get_channel)
        router.add_put(f"{channel}/voice-status", self.voice_status)
        router.add_get(f"{channel}/messages", self.list_messages)
        router.add_post(f"{channel}/messages", self.post_message)
        router.add_get(f"{channel}/messages/{{message:\\d+}}", self.get_message)
        router.add_patch(f"{channel}/messages/{{message:\\d+}}", self.edit_message)
        router.add_delete(f"{channel}/messages/{{message:\\d+}}", self.delete_message)
        router.add_patch(f"{API}/guilds/{{guild:\\d+}}/voice-states/@me", self.own_voice_state)
        router.add_get("/attachments/{id:\\d+}/{name}", self.attachment)

    # Who and where

    async def me(self, request: web.Request) -> web.Response:
        return reply(user_json(self.world.bot))

    async def user(self, request: web.Request) -> web.Response:
        user = self.world.user(int(request.match_info["user"]))
        if user is None:
            raise unknown("User", 10013)
        return reply(user_json(user))

    async def application(self, request: web.Request) -> web.Response:
        return reply(application_json(self.world))

    async def gateway_url(self, request: web.Request) -> web.Response:
        return reply({"url": self.gateway.url})

    async def gateway_bot(self, request: web.Request) -> web.Response:
        left = self.gateway.sessions_left
        limit = {"total": 1000, "remaining": left, "reset_after": 14_400_000, "max_concurrency": 1}
        return reply({"url": self.gateway.url, "shards": self.gateway.shards, "session_start_limit": limit})

    async def empty_list(self, request: web.Request) -> web.Response:
        return reply([])

    async def emojis(self, request: web.Request) -> web.Response:
        return reply({"items": []})

    # Commands

    async def list_commands(self, request: web.Request) -> web.Response:
        return reply(self.commands.listed(self._book(request)))

    async def replace_commands(self, request: web.Request) -> web.Response:
        body, _ = await read_body(request)
        return reply(self.commands.replace_all(self._book(request), body))

    async def add_command(self, request: web.Request) -> web.Response:
        body, _ = await read_body(request)
        return reply(self.commands.upsert(self._book(request), body), 201)

    async def get_command(self, request: web.Request) -> web.Response:
        return reply(self.commands.get(self._book(request), request.match_info["command"]))

    async def edit_command(self, request: web.Request) -> web.Response:
        body, _ = await read_body(request)
        return reply(self.commands.edit(self._book(request), request.match_info["command"], body))

    async def delete_command(self, request: web.Request) -> web.Response:
        self.commands.delete(self._book(request), request.match_info["command"])
        return nothing()

    # Interactions

    async def callback(self, request: web.Request) -> web.Response:
        body, files = await read_body(request)
        answered = self.desk.callback(int(request.match_info["id"]), request.match_info["token"], body, files)
        return reply(answered) if request.query.get("with_response") == "true" else nothing()

    async def follow_up(self, request: web.Request) -> web.Response:
        self._check_application(request)
        body, files = await read_body(request)
        return reply(self.board.json(self.desk.follow_up(request.match_info["token"], body, files)))

    async def get_answer(self, request: web.Request) -> web.Response:
        return reply(self.board.json(self.board.get(self._answer_id(request))))

    async def edit_answer(self, request: web.Request) -> web.Response:
        body, files = await read_body(request)
        return reply(self.board.json(self.board.edit(self._answer_id(request), body, files)))

    async def delete_answer(self, request: web.Request) -> web.Response:
        self.board.delete(self._answer_id(request))
        return nothing()

    # Channels and messages

    async def get_channel(self, request: web.Request) -> web.Response:
        return reply(channel_json(*self._channel(request)))

    async def post_message(self, request: web.Request) -> web.Response:
        guild, channel = self._channel(request)
        if Permission.SEND_MESSAGES not in guild.permissions_in(channel):
            raise ApiError(403, 50013, "Missing Permissions")
        body, files = await read_body(request)
        return reply(self.board.json(self.board.post(guild, channel, body, files)))

    async def list_messages(self, request: web.Request) -> web.Response:
        """The newest first. A bot without Read Message History is given none."""
        guild, channel = self._channel(request)
        after, most = int(request.query.get("after", 0)), int(request.query.get("limit", 50))
        seen = [one for one in self.board.messages if one.channel_id == channel.id and not one.ephemeral]
        allowed = Permission.READ_MESSAGE_HISTORY in guild.permissions_in(channel)
        later = sorted((one for one in seen if allowed and one.id > after), key=lambda one: one.id)[:most]
        return reply([self.board.json(one) for one in reversed(later)])

    async def get_message(self, request: web.Request) -> web.Response:
        return reply(self.board.json(self.board.get(self._message_id(request))))

    async def edit_message(self, request: web.Request) -> web.Response:
        body, files = await read_body(request)
        return reply(self.board.json(self.board.edit(self._message_id(request), body, files)))

    async def delete_message(self, request: web.Request) -> web.Response:
        self.board.delete(self._message_id(request))
        return nothing()

    async def voice_status(self, request: web.Request) -> web.Response:
        guild, channel = self._channel(request)
        body, _ = await read_body(request)
        status = {"id": str(channel.id), "guild_id": str(guild.id), "status": body.get("status")}
        self.gateway.dispatch("VOICE_CHANNEL_STATUS_UPDATE", status, guild_id=guild.id)
        return nothing()

    async def own_voice_state(self, request: web.Request) -> web.Response:
        guild = self.world.guild(int(request.match_info["guild"]))
        if guild is None:
            raise unknown("Guild", 10004)
        body, _ = await read_body(request)
        self.switchboard.own_state(guild, body)
        return nothing()

    async def attachment(self, request: web.Request) -> web.Response:
        attachment = self.board.attachment(int(request.match_info["id"]))
        if attachment is None:
            raise web.HTTPNotFound
        return web.Response(body=attachment.content, content_type=attachment.content_type)

    # What the path names

    def _book(self, request: web.Request) -> int | None:
        self._check_application(request)
        if "guild" not in request.match_info:
            return None
        guild_id = int(request.match_info["guild"])
        if self.world.guild(guild_id) is None:
            raise ApiError(403, 50001, "Missing Access")
        return guild_id

    def _check_application(self, request: web.Request) -> None:
        if int(request.match_info["app"]) != self.world.application_id:
            raise unauthorized()

    def _channel(self, request: web.Request) -> tuple[Guild, Channel]:
        channel_id = int(request.match_info["channel"])
        guild = self.world.guild_of_channel(channel_id)
        channel = guild.channel(channel_id) if guild is not None else None
        if guild is None or channel is None:
            raise unknown("Channel", 10003)
        if Permission.VIEW_CHANNEL not in guild.permissions_in(channel):
            raise ApiError(403, 50001, "Missing Access")
        return guild, channel

    def _message_id(self, request: web.Request) -> int:
        _, channel = self._channel(request)
        message = self.board.get(int(request.match_info["message"]))
        if message.channel_id != channel.id:
            raise unknown("Message", 10008)
        return message.id

    def _answer_id(self, request: web.Request) -> int:
        self._check_application(request)
        return self.desk.message_id(request.match_info["token"], request.match_info["message"])
