"""Messages, every version of each, and the board they hang on."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from attrs import evolve, frozen

from .errors import unknown
from .intents import GUILD_MESSAGES
from .limits import COMPONENTS_V2, check_message, walk
from .model import Channel, Guild, World, new_id
from .payloads import Json, user_json
from .watch import Watch

EPHEMERAL, LOADING = 1 << 6, 1 << 7
DEFAULT, SLASH_ANSWER = 0, 20


@frozen
class Upload:
    """One file of a multipart body."""

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"


@frozen
class Attachment:
    id: int
    filename: str
    content: bytes
    content_type: str


@frozen
class Message:
    """One version of one message. `at` is when this version came, seconds since 1970.

    `mention_everyone` and `mentions` are who would be pinged: what the text names and `allowed_mentions` lets through.
    """

    id: int
    channel_id: int
    guild_id: int
    author_id: int
    kind: int
    at: float
    content: str = ""
    embeds: tuple[Json, ...] = ()
    components: tuple[Json, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    flags: int = 0
    mention_everyone: bool = False
    mentions: tuple[int, ...] = ()
    edited: bool = False

    @property
    def loading(self) -> bool:
        return bool(self.flags & LOADING)

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def controls(self) -> tuple[Json, ...]:
        """Buttons and selects, in their order."""
        return tuple(part for _, part in walk(list(self.components)) if "custom_id" in part or "url" in part)

    @property
    def text(self) -> str:
        """Everything there is to read: content, embeds, text components and labels, a line each."""
        lines = [self.content]
        for embed in self.embeds:
            lines += [(embed.get("author") or {}).get("name", ""), embed.get("title", ""), embed.get("description", "")]
            for entry in embed.get("fields") or []:
                lines += [entry["name"], entry["value"]]
            lines.append((embed.get("footer") or {}).get("text", ""))
        for _, part in walk(list(self.components)):
            lines += [part.get("content") or "", part.get("label") or ""]
        return "\n".join(line for line in lines if line)


class MessageBoard:
    """Every message of the emulator. `history(id)` is all versions of one, oldest first."""

    def __init__(self, world: World, watch: Watch, dispatch: Callable[..., None]) -> None:
        self._world = world
        self._watch = watch
        self._dispatch = dispatch
        self._histories: dict[int, list[Message]] = {}
        self.deleted: set[int] = set()
        self.cdn = ""  # set once the port is known

    @property
    def messages(self) -> list[Message]:
        """The newest version of every message that still hangs."""
        return [history[-1] for id_, history in self._histories.items() if id_ not in self.deleted]

    def history(self, message_id: int) -> list[Message]:
        return self._histories.get(message_id, [])

    def get(self, message_id: int) -> Message:
        """ApiError 10008 when it is not there (any more)."""
        if message_id not in self._histories or message_id in self.deleted:
            raise unknown("Message", 10008)
        return self._histories[message_id][-1]

    def post(
        self,
        guild: Guild,
        channel: Channel,
        payload: Json,
        files: Sequence[Upload] = (),
        *,
        kind: int = DEFAULT,
        flags: int = 0,
    ) -> Message:
        """ApiError where Discord would refuse it. `flags` are added to what the payload asks for."""
        flags |= int(payload.get("flags") or 0)
        check_message(payload | {"flags": flags}, has_files=bool(files), may_be_empty=bool(flags & LOADING))
        message = Message(
            id=new_id(),
            channel_id=channel.id,
            guild_id=guild.id,
            author_id=self._world.bot.id,
            kind=kind,
            at=time.time(),
            content=payload.get("content") or "",
            embeds=tuple(payload.get("embeds") or ()),
            components=_numbered(payload.get("components")),
            attachments=_attached(files),
            flags=flags,
        )
        message = _with_mentions(message, payload)
        self._histories[message.id] = [message]
        if not message.ephemeral and not message.loading:
            self._dispatch("MESSAGE_CREATE", self.json(message), guild_id=guild.id, intent=GUILD_MESSAGES)
        self._watch.tell()
        return message

    def edit(self, message_id: int, payload: Json, files: Sequence[Upload] = ()) -> Message:
        """A new version; it is loading no more. Fields that are absent stay as they were."""
        before = self.get(message_id)
        kept = before.attachments
        if payload.get("attachments") is not None:
            named = {str(entry["id"]) for entry in payload["attachments"]}
            kept = tuple(attachment for attachment in kept if str(attachment.id) in named)
        flags = (before.flags | int(payload.get("flags") or 0) & COMPONENTS_V2) & ~LOADING
        after = evolve(
            before,
            at=time.time(),
            edited=True,
            flags=flags,
            content=payload["content"] or "" if "content" in payload else before.content,
            embeds=tuple(payload["embeds"] or ()) if "embeds" in payload else before.embeds,
            components=_numbered(payload["components"]) if "components" in payload else before.components,
            attachments=kept + _attached(files),
        )
        whole = {"content": after.content, "embeds": list(after.embeds), "components": list(after.components)}
        check_message(whole | {"flags": flags}, has_files=bool(after.attachments))
        after = _with_mentions(after, payload)
        self._histories[message_id].append(after)
        self._watch.tell()
        return after

    def delete(self, message_id: int) -> None:
        message = self.get(message_id)
        self.deleted.add(message_id)
        named = {"id": str(message.id), "channel_id": str(message.channel_id), "guild_id": str(message.guild_id)}
        self._dispatch("MESSAGE_DELETE", named, guild_id=message.guild_id, intent=GUILD_MESSAGES)
        self._watch.tell()

    def attachment(self, attachment_id: int) -> Attachment | None:
        versions = (message for history in self._histories.values() for message in history)
        attachments = (attachment for message in versions for attachment in message.attachments)
        return next((attachment for attachment in attachments if attachment.id == attachment_id), None)

    def json(self, message: Message) -> Json:
        mentioned = [user for user_id in message.mentions if (user := self._world.user(user_id))]
        return {
            "id": str(message.id),
            "channel_id": str(message.channel_id),
            "author": user_json(self._world.bot),
            "content": message.content,
            "timestamp": _iso(self._histories[message.id][0].at if message.id in self._histories else message.at),
            "edited_timestamp": _iso(message.at) if message.edited else None,
            "tts": False,
            "mention_everyone": message.mention_everyone,
            "mentions": [user_json(user) for user in mentioned],
            "mention_roles": [],
            "attachments": [self._attachment_json(attachment) for attachment in message.attachments],
            "embeds": [{"type": "rich"} | embed for embed in message.embeds],
            "components": list(message.components),
            "pinned": False,
            "type": message.kind,
            "flags": message.flags,
            "application_id": str(self._world.application_id),
            "webhook_id": str(self._world.application_id),
        }

    def _attachment_json(self, attachment: Attachment) -> Json:
        url = f"{self.cdn}/attachments/{attachment.id}/{attachment.filename}"
        described = {"id": str(attachment.id), "filename": attachment.filename, "size": len(attachment.content)}
        return described | {"url": url, "proxy_url": url, "content_type": attachment.content_type}


def _iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1e6):06d}+00:00"


def _attached(files: Sequence[Upload]) -> tuple[Attachment, ...]:
    return tuple(Attachment(new_id(), file.filename, file.content, file.content_type) for file in files)


def _numbered(components: list[Json] | None) -> tuple[Json, ...]:
    """Discord gives every component an id where the sender gave none."""
    for number, (_, component) in enumerate(walk(components or []), start=1):
        component.setdefault("id", number)
    return tuple(components or ())


def _with_mentions(message: Message, payload: Json) -> Message:
    allowed = payload.get("allowed_mentions")
    parse = {"everyone", "users"} if allowed is None else set(allowed.get("parse") or ())
    listed = {int(user_id) for user_id in (allowed or {}).get("users") or ()}
    named = {int(user_id) for user_id in re.findall(r"<@!?(\d+)>", message.content)}
    everyone = "everyone" in parse and bool(re.search(r"@(everyone|here)\b", message.content))
    pinged = named if "users" in parse else named & listed
    return evolve(message, mention_everyone=everyone, mentions=tuple(sorted(pinged)))
