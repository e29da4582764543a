"""A Discord client made by hand, message by message: for what no library would do, and for the mode py-cord lacks."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import zlib
from typing import Any, Self

import aiohttp

from .discord import DiscordEmulator
from .discord.crypto import Opened, seal_packet

TIMEOUT_S = 5.0


class HandmadeGateway:
    """One gateway connection; `compressed` as py-cord, or plain text."""

    def __init__(self, discord: DiscordEmulator, *, compressed: bool = True) -> None:
        self._discord = discord
        self._compressed = compressed
        self._inflate = zlib.decompressobj()
        self._http = aiohttp.ClientSession()
        self.seq: int | None = None

    async def __aenter__(self) -> Self:
        query = "?v=10&encoding=json" + ("&compress=zlib-stream" if self._compressed else "")
        self._ws = await self._http.ws_connect(self._discord.gateway.url + query)
        self.hello = await self.receive()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._ws.close()
        await self._http.close()

    async def send(self, op: int, data: Any) -> None:
        await self._ws.send_json({"op": op, "d": data})

    async def receive(self) -> dict[str, Any]:
        """The next message; a closed connection is `{"closed": code}`."""
        got = await self._ws.receive(TIMEOUT_S)
        if got.type is aiohttp.WSMsgType.BINARY:
            assert got.data.endswith(b"\x00\x00\xff\xff")
            message = json.loads(self._inflate.decompress(got.data))
        elif got.type is aiohttp.WSMsgType.TEXT:
            message = json.loads(got.data)
        else:
            return {"closed": self._ws.close_code}
        self.seq = message.get("s") or self.seq
        return message

    async def until(self, event: str) -> dict[str, Any]:
        """The data of the next dispatch of this name."""
        async with asyncio.timeout(TIMEOUT_S):
            while (message := await self.receive()).get("t") != event:
                assert "closed" not in message, message
        return message["d"]

    async def identify(self, *, token: str | None = None, intents: int = 129, **more: Any) -> None:
        properties = {"os": "linux", "browser": "handmade", "device": "handmade"}
        identity = {"token": token or self._discord.token, "intents": intents, "properties": properties}
        await self.send(2, identity | more)

    async def ready(self) -> dict[str, Any]:
        await self.identify()
        ready = await self.until("READY")
        await self.until("GUILD_CREATE")
        return ready

    async def resume(self, session_id: str, seq: int) -> None:
        await self.send(6, {"token": self._discord.token, "session_id": session_id, "seq": seq})

    async def join(self, channel_id: int | None, guild_id: int | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """Op 4 with ids as numbers, as py-cord sends them; the two updates that answer it."""
        guild_id = guild_id or self._discord.guild.id
        await self.send(4, {"guild_id": guild_id, "channel_id": channel_id, "self_mute": False, "self_deaf": True})
        return await self.until("VOICE_STATE_UPDATE"), await self.until("VOICE_SERVER_UPDATE")


class HandmadeVoice:
    """One voice connection over verified TLS, with its UDP socket."""

    def __init__(self, discord: DiscordEmulator, state: dict[str, Any], server: dict[str, Any]) -> None:
        self._discord = discord
        self.pass_ = {"server_id": server["guild_id"], "session_id": state["session_id"], "token": server["token"]}
        self._user_id = state["user_id"]
        self._endpoint = server["endpoint"]
        self._http = aiohttp.ClientSession()
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.settimeout(TIMEOUT_S)
        self.seq = -1

    async def __aenter__(self) -> Self:
        context = ssl.create_default_context(cafile=self._discord.ca_file)
        self._ws = await self._http.ws_connect(f"wss://{self._endpoint}/?v=8", ssl=context)
        self.hello = await self.receive()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._ws.close()
        await self._http.close()
        self.udp.close()

    async def send(self, op: int, data: Any) -> None:
        await self._ws.send_json({"op": op, "d": data})

    async def send_binary(self, op: int, body: bytes) -> None:
        await self._ws.send_bytes(bytes([op]) + body)

    async def receive(self) -> dict[str, Any]:
        got = await self._ws.receive(TIMEOUT_S)
        if got.type is aiohttp.WSMsgType.BINARY:
            self.seq = int.from_bytes(got.data[:2], "big")
            return {"op": got.data[2], "body": got.data[3:]}
        if got.type is not aiohttp.WSMsgType.TEXT:
            return {"closed": self._ws.close_code}
        message = json.loads(got.data)
        self.seq = message.get("seq", self.seq)
        return message

    async def until(self, op: int) -> Any:
        async with asyncio.timeout(TIMEOUT_S):
            while (message := await self.receive()).get("op") != op:
                assert "closed" not in message, message
        return message.get("d", message.get("body"))

    async def identify(self, **changes: Any) -> None:
        await self.send(0, self.pass_ | {"user_id": self._user_id, "max_dave_protocol_version": 1} | changes)

    async def handshake(self, mode: str) -> None:
        """Identify, IP discovery, select protocol: afterwards `key` and `ssrc` are there."""
        await self.identify()
        self.ready = await self.until(2)
        self.ssrc = self.ready["ssrc"]
        self.discovered = await asyncio.to_thread(self.discover)
        data = {"address": self.discovered[0], "port": self.discovered[1], "mode": mode}
        await self.send(1, {"protocol": "udp", "data": data})
        self.description = await self.until(4)
        self.mode, self.key = mode, bytes(self.description["secret_key"])

    def discover(self) -> tuple[str, int]:
        request = struct.pack(">HHI66x", 1, 70, self.ready["ssrc"])
        self.udp.sendto(request, (self.ready["ip"], self.ready["port"]))
        answer = self.udp.recv(100)
        assert len(answer) == 74
        assert answer[:8] == struct.pack(">HHI", 2, 70, self.ready["ssrc"])
        return answer[8:72].rstrip(b"\0").decode(), int.from_bytes(answer[72:], "big")

    def play(self, packets: list[bytes], *, first: int = 0) -> None:
        for number, packet in enumerate(packets, start=first):
            opened = Opened(number & 0xFFFF, number * 960, self.ssrc, number, packet)
            self.send_datagram(seal_packet(self.mode, self.key, opened))

    def send_datagram(self, datagram: bytes) -> None:
        self.udp.sendto(datagram, (self.ready["ip"], self.ready["port"]))
