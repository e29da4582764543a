"""Ours, as a bot has it: Players, and a GuildPlayer with a VoiceOutput and a sender a guild.

One Pacer for all, but `engine-2proc` has two PacerProcesses, and `engine-busy-proc` one. `engine-busy` has a bot
beside it whose event loop works half of the time, and once a second for 60 ms on end. `engine-python` does without
the compiled library. `adapter-pycord` sends through
py-cord's own `send_audio_packet`, as the bot did before. With `-v50` all guilds hear at volume 50: the same
rendition, or each one of its own, because each plays elsewhere in the song; those are begun at the start of the
window and are made in it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from conductr_player import (
    Enqueue,
    GuildPlayer,
    IndexedPackets,
    Pacer,
    PacketSink,
    PacketSource,
    PlaybackState,
    Players,
    Seek,
    Session,
    SetSound,
    Sound,
    Track,
    VoiceOutput,
)
from conductr_player.pacing.beat import SinkSpec
from conductr_player.pacing.pacers import LinePacer, Pacers, Reporter
from conductr_player.remote import PacerProcess, RtpSpec
from conductr_player.render import Renditions
from conductr_player.rtp import AES, XCHACHA, Protect, RtpSender
from conductr_player.testing import entries

from .setting import Setting, play_until_told, until

SWITCH_INTERVAL_S = 0.0005  # as the bot has it, and `keeps_lock` below
AT_ONCE = 25  # guilds that begin together; a thousand at once is no bot's day
SLICE_S = 0.005  # of the busy bot: as long at work as at rest
LONG_S, LONG_EVERY_S = 0.06, 1.0  # and a long parse now and then
HALF = Sound(volume_percent=50)
PROCESSES = {"engine-2proc": 2, "engine-busy-proc": 1}


@asynccontextmanager
async def playing(setting: Setting) -> AsyncIterator[float | None]:
    """What it gives are the CPU seconds of the rendition that all guilds share, where there is one."""
    once_cpu_s = None
    async with AsyncExitStack() as stack:
        renditions = await stack.enter_async_context(Renditions())
        packets = IndexedPackets.open(setting.opus)
        if setting.kind == "engine-aes-v50":
            begun = time.process_time()
            rendition = await renditions.of(packets, HALF)
            await until(lambda: rendition.complete)  # once a song; what is measured is playing it
            once_cpu_s = time.process_time() - begun
        pacer = await pacer_for(setting, stack)
        players = await stack.enter_async_context(Players())
        opened = list[GuildPlayer]()
        for guild in range(1, setting.guilds + 1):
            opened.append(open_guild(players, pacer, sink_for(setting, guild), packets, renditions, guild))
            opened[-1].tell(SetSound(HALF if setting.kind == "engine-aes-v50" else Sound()))
            opened[-1].tell(Enqueue(entries("song")))
            if guild % AT_ONCE == 0 or guild == setting.guilds:
                await until(lambda: all(each.session.state is PlaybackState.PLAYING for each in opened[-AT_ONCE:]))
        gc.collect()
        gc.freeze()
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        if setting.kind.startswith("engine-busy"):
            tasks.create_task(be_busy())
        if setting.kind == "engine-aes-v50-each":
            await hear_each_elsewhere(opened)
        yield once_cpu_s


def open_guild(
    players: Players,
    pacer: LinePacer,
    sink: PacketSink | SinkSpec,
    packets: PacketSource,
    renditions: Renditions,
    guild: int,
) -> GuildPlayer:
    async def open_track(_: Track) -> PacketSource:
        return packets

    async def on_change(session: Session, position_s: float) -> None: ...

    def make_output(report: Reporter) -> VoiceOutput:
        return VoiceOutput(pacer, sink, open_track, report, renditions)

    return players.open(guild, make_output, on_change)


async def pacer_for(setting: Setting, stack: AsyncExitStack) -> LinePacer:
    if processes := PROCESSES.get(setting.kind):
        return Pacers(tuple([await stack.enter_async_context(PacerProcess()) for _ in range(processes)]))
    return stack.enter_context(Pacer(switch_interval_s=SWITCH_INTERVAL_S))


def sink_for(setting: Setting, guild: int) -> PacketSink | SinkSpec:
    key = os.urandom(32)
    if setting.kind == "adapter-pycord":
        return through_pycord(guild, setting.port)
    if setting.kind in PROCESSES:
        return RtpSpec(connected(setting.port), AES, key, guild)
    protect = in_a_call(guild) if setting.kind == "engine-dave" else None
    mode = XCHACHA if setting.kind == "engine-xchacha" else AES
    by_library = setting.kind != "engine-python"
    return RtpSender(connected(setting.port), mode, key, guild, protect=protect, keeps_lock=True, by_library=by_library)


def in_a_call(guild: int) -> Protect:
    from .dave import session_in_a_call  # noqa: PLC0415 - only who needs it pays for it in memory

    return session_in_a_call(guild).encrypt_opus


def through_pycord(guild: int, port: int) -> PacketSink:
    from .pycord import connected_client  # noqa: PLC0415 - as above

    send = connected_client(guild, port).send_audio_packet

    def sink(packet: bytes) -> bool:
        send(packet, encode=False)
        return True

    return sink


def connected(port: int) -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setblocking(False)
    udp.connect(("127.0.0.1", port))
    KEPT.append(udp)
    return udp


KEPT = list[socket.socket]()  # the sender does not own its socket


async def hear_each_elsewhere(opened: list[GuildPlayer]) -> None:
    """Each at a place of its own in the song, at volume 50: as many renditions as guilds."""
    for number, player in enumerate(opened):
        await player.ask(Seek(5.0 + number * 60.0 / len(opened)))
        await player.ask(SetSound(HALF))


async def be_busy() -> None:
    """A bot's event loop: small pieces of JSON, as gateway events are, for half of the time.

    None of them keeps Python's lock for longer than the switch interval. One long call in C would: then every
    thread of the process waits for its end, and only another process does not.
    """
    event = json.dumps({"t": "MESSAGE_CREATE", "content": "x" * 200, "mentions": [{"id": str(n)} for n in range(20)]})
    long_at = time.perf_counter()
    while True:
        now = time.perf_counter()
        end = now + (LONG_S if now >= long_at else SLICE_S)
        long_at = now + LONG_EVERY_S if now >= long_at else long_at
        while time.perf_counter() < end:
            json.dumps(json.loads(event))
        await asyncio.sleep(SLICE_S)


if __name__ == "__main__":
    asyncio.run(play_until_told(playing(Setting.from_argv())))
