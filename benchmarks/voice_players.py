"""The benchmark's players, each in a process of its own: `python voice_players.py KIND GUILDS PORT MP3 OPUS`.

py-cord's VoiceClient, VoiceConnectionState, AudioPlayer, `send_audio_packet`, RTP header, cipher
(XChaCha20-Poly1305, the only one that it negotiates) and socket are the real ones. Replaced are only
the handshake, whose results are put in place, and the voice websocket's `speak`. DAVE is off: nobody
else is in the call. Says "ready" when every guild has sent its first packets, "cannot: why" else.
"""

from __future__ import annotations

import asyncio
import ctypes.util
import gc
import os
import socket
import struct
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from discord.voice import VoiceClient
from discord.voice.enums import ConnectionFlowState

from conductr_player import (
    Enqueue,
    IndexedPackets,
    Pacer,
    PacketSink,
    PacketSource,
    PlaybackState,
    Players,
    Report,
    Session,
    Track,
    VoiceOutput,
    find_ffmpeg,
)
from conductr_player.testing import entries

START_WITHIN_S = 60.0


async def no_speaking(state: object = None) -> None:
    """What the voice websocket would tell Discord."""


def connected_client(guild: int, port: int) -> VoiceClient:
    """A real VoiceClient as it stands after its handshake; `guild` is its SSRC."""
    loop = asyncio.get_running_loop()
    state = SimpleNamespace(loop=loop, self_id=1, user=SimpleNamespace(id=1))
    channel = SimpleNamespace(id=guild, guild=SimpleNamespace(id=guild))
    stand_in: Any = SimpleNamespace(_connection=state, loop=loop)
    client = VoiceClient(stand_in, channel)  # type: ignore[arg-type] - the part of a Channel that it looks at
    connection = client._connection
    connection.ssrc, connection.mode = guild, "aead_xchacha20_poly1305_rtpsize"
    connection.secret_key = list(os.urandom(32))
    connection.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    connection.socket.setblocking(False)
    connection.socket.connect(("127.0.0.1", port))
    connection.ws = SimpleNamespace(speak=no_speaking, latency=0.0)  # type: ignore[assignment] - as above
    connection.state = ConnectionFlowState.connected
    return client


def adapter_sink(guild: int, port: int) -> PacketSink:
    """What the bot does: py-cord's own packet sending."""
    client = connected_client(guild, port)
    send = client.send_audio_packet

    def sink(packet: bytes) -> bool:
        send(packet, encode=False)
        return True

    return sink


def aes_sink(guild: int, port: int) -> PacketSink:
    """RTP with AES-256-GCM of our own; no voice library has this inside the bot today."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.connect(("127.0.0.1", port))
    encrypt, send = AESGCM(os.urandom(32)).encrypt, udp.send
    header, counter = struct.Struct(">BBHII").pack, 0

    def sink(packet: bytes) -> bool:
        nonlocal counter
        counter += 1
        head = header(0x80, 0x78, counter & 0xFFFF, counter * 960 & 0xFFFFFFFF, guild)
        nonce = counter.to_bytes(4, "big")
        send(head + encrypt(nonce + bytes(8), packet, head) + nonce)
        return True

    return sink


@asynccontextmanager
async def ours(guilds: int, port: int, song: Path, make_sink: Callable[[int, int], PacketSink]) -> AsyncIterator[None]:
    """The product's own path: a GuildPlayer, a VoiceOutput and a sink a guild, one Pacer for all."""
    packets = IndexedPackets.open(song)

    async def open_track(_: Track) -> PacketSource:
        return packets

    async def on_change(session: Session, position_s: float) -> None: ...

    with Pacer() as pacer:
        async with Players() as players:
            for guild in range(1, guilds + 1):
                sink = make_sink(guild, port)

                def make_output(report: Callable[[Report], None], sink: PacketSink = sink) -> VoiceOutput:
                    return VoiceOutput(pacer, sink, open_track, report)

                players.open(guild, make_output, on_change).tell(Enqueue(entries("song")))
                await asyncio.sleep(0)
            opened = [players.get(guild) for guild in range(1, guilds + 1)]
            await until(lambda: all(each and each.session.state is PlaybackState.PLAYING for each in opened))
            gc.collect()
            gc.freeze()
            yield


def stock_source(kind: str, mp3: Path, opus: Path) -> discord.AudioSource:
    executable = find_ffmpeg()
    match kind:
        case "pycord-pcm" | "pycord-pcm-nofec":
            return discord.FFmpegPCMAudio(str(mp3), executable=executable)
        case "pycord-opus":
            return discord.FFmpegOpusAudio(str(mp3), executable=executable)
        case _:
            return discord.FFmpegOpusAudio(str(opus), codec="copy", executable=executable)


@asynccontextmanager
async def stock(kind: str, guilds: int, port: int, mp3: Path, opus: Path) -> AsyncIterator[None]:
    """py-cord as its documentation has it: one thread and one FFmpeg a guild."""
    clients = [connected_client(guild, port) for guild in range(1, guilds + 1)]
    for client in clients:
        client.play(stock_source(kind, mp3, opus), fec=kind != "pycord-pcm-nofec")
        await asyncio.sleep(0)
    await until(lambda: all(client._player is not None and client._player.loops > 5 for client in clients))
    yield


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(START_WITHIN_S):
        while not met():  # noqa: ASYNC110 - py-cord's threads set no event
            await asyncio.sleep(0.05)


def loaded_libopus() -> str | None:
    """Why PCM cannot be encoded, or None."""
    if not discord.opus.is_loaded():
        name = ctypes.util.find_library("opus") or "libopus.so.0"
        try:
            discord.opus.load_opus(name)
        except OSError:
            return "libopus is not on this machine (Debian: apt install libopus0)"
    return None


async def main(kind: str, guilds: int, port: int, mp3: Path, opus: Path) -> None:
    if kind.startswith("pycord-pcm") and (reason := loaded_libopus()):
        print(f"cannot: {reason}", flush=True)
        return
    match kind:
        case "ours-pycord":
            playing = ours(guilds, port, opus, adapter_sink)
        case "ours-aes":
            playing = ours(guilds, port, opus, aes_sink)
        case _:
            playing = stock(kind, guilds, port, mp3, opus)
    try:
        async with playing:
            print("ready", flush=True)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    except TimeoutError:
        print(f"cannot: not all guilds were playing within {START_WITHIN_S:.0f} s", flush=True)
    os._exit(0)  # hundreds of daemon threads and children; the parent ends the group


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), Path(sys.argv[5])))
