"""From a wish to sound, ours: from the call until the first packet of what was wished has been sent.

`python -m playing.players.latency SETTING TRIES`; `guilds` of the setting play beside the one that is looked at.
Everything is real: GuildPlayer, VoiceOutput, renditions, pacer, sender. The sender is wrapped, and the time noted
after the socket has taken the packet. Calls come at random moments of the 20 ms. Prints lists of ms as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from attrs import define, field

from conductr_player import (
    SILENCE,
    Command,
    Enqueue,
    GuildPlayer,
    IndexedPackets,
    Pacer,
    PacketSource,
    Place,
    Players,
    Seek,
    Session,
    SetSound,
    Skip,
    Sound,
    Stop,
    Track,
    VoiceOutput,
    open_packets,
)
from conductr_player.pacing.pacers import Reporter
from conductr_player.render import Renditions
from conductr_player.rtp import AES, RtpSender
from conductr_player.testing import entries, write_ogg

from .engine import SWITCH_INTERVAL_S, connected, open_guild
from .setting import Setting, raise_limits, until

SHORT_PACKETS = 12
HEARD_WITHIN_S = 3.0
Found = dict[str, list[float]]


@define(eq=False)
class Noted:
    """A sender that keeps what it sent, and when."""

    send: Callable[[bytes], bool]
    sent: list[tuple[float, bytes]] = field(factory=list[tuple[float, bytes]])

    def __call__(self, packet: bytes) -> bool:
        taken = self.send(packet)
        if taken:
            self.sent.append((time.perf_counter(), packet))
        return taken


@define(eq=False)
class Bench:
    """The guild that is looked at, and the songs: `song` and `other` open at once, `cold` from the disk's cache."""

    setting: Setting
    player: GuildPlayer
    sink: Noted
    places: dict[bytes, int]  # of the song's packets
    entries_made: int = 0

    def play(self, *tracks: str) -> Enqueue:
        """The wish to hear these now. An entry's id is never used twice."""
        start, self.entries_made = self.entries_made, self.entries_made + len(tracks)
        return Enqueue(entries(*tracks, start=start), Place.NOW)

    async def wait_for_sound(self) -> None:
        begun = len(self.sink.sent)
        await until(lambda: len(self.sink.sent) > begun + 5)

    async def silence(self) -> None:
        await self.player.ask(Stop())
        last = -1
        while last != len(self.sink.sent):
            last = len(self.sink.sent)
            await asyncio.sleep(0.06)

    async def until_heard(self, wish: Command, is_it: Callable[[int], bool]) -> float | None:
        """ms from telling `wish` to the first packet after it, by its number in `sent`, that `is_it`."""
        await asyncio.sleep(random.uniform(0.0, 0.02))
        at, begun = len(self.sink.sent), time.perf_counter()
        self.player.tell(wish)
        while time.perf_counter() < begun + HEARD_WITHIN_S:
            await asyncio.sleep(0.03)
            for number in range(at, len(self.sink.sent)):
                if is_it(number):
                    return (self.sink.sent[number][0] - begun) * 1e3
        return None

    def is_the_song(self, number: int) -> bool:
        """It follows the packet before as the song has it."""
        here, before = (self.places.get(self.sink.sent[each][1], -9) for each in (number, number - 1))
        return here == before + 1

    def leaves_the_song(self, number: int) -> bool:
        return self.sink.sent[number][1] != SILENCE and not self.is_the_song(number)


async def starts(bench: Bench, tries: int, track: str) -> list[float]:
    found = list[float | None]()
    for _ in range(tries):
        await bench.silence()
        found.append(await bench.until_heard(bench.play(track), lambda each: bench.sink.sent[each][1] != SILENCE))
    return heard(found)


async def skips(bench: Bench, tries: int) -> list[float]:
    """From one song to the other, which waits as the next."""
    await bench.silence()
    found = list[float | None]()
    for number in range(tries):
        if number % 15 == 0:  # the queue has forty: two skips a try
            await bench.silence()
            bench.player.tell(bench.play(*["song", "other"] * 20))
            await bench.wait_for_sound()
        await asyncio.sleep(0.1)
        found.append(await bench.until_heard(Skip(), bench.leaves_the_song))
        await bench.wait_for_sound()
        bench.player.tell(Skip())  # back to the song
        await bench.wait_for_sound()
    return heard(found)


async def seeks(bench: Bench, tries: int) -> list[float]:
    await play_the_song(bench)
    found = list[float | None]()
    for number in range(tries):
        await asyncio.sleep(0.05)
        found.append(await bench.until_heard(Seek(5.0 + number * 37 % 150), bench.leaves_the_song))
        await bench.wait_for_sound()
    return heard(found)


async def volumes(bench: Bench, tries: int) -> list[float]:
    """Each to a volume that no one has heard the song at, so that it has to be rendered."""
    await play_the_song(bench)
    found = list[float | None]()
    for number in range(tries):
        await asyncio.sleep(0.1)
        wish = SetSound(Sound(volume_percent=20 + 2 * number % 79))
        found.append(await bench.until_heard(wish, bench.leaves_the_song))
        await bench.player.ask(SetSound(Sound()))
        await until(lambda: bench.is_the_song(len(bench.sink.sent) - 1))
        await bench.player.ask(Seek(5.0 + number))
        await bench.wait_for_sound()
    return heard(found)


async def gaps(bench: Bench, tries: int) -> list[float]:
    """What a pause between two short tracks is longer than the 20 ms grid."""
    await bench.silence()
    del bench.sink.sent[:]
    bench.player.tell(bench.play(*["short"] * (tries + 1)))
    await until(lambda: len(bench.sink.sent) >= (tries + 1) * SHORT_PACKETS)
    times = [when for when, packet in bench.sink.sent if packet != SILENCE]
    starts = range(SHORT_PACKETS, (tries + 1) * SHORT_PACKETS, SHORT_PACKETS)
    return [max(0.0, (times[start] - times[start - 1]) * 1e3 - 20) for start in starts]


async def play_the_song(bench: Bench) -> None:
    await bench.silence()
    bench.player.tell(bench.play("song"))
    await bench.wait_for_sound()


def heard(found: Sequence[float | None]) -> list[float]:
    """Raises RuntimeError where a wish was never heard."""
    if None in found:
        raise RuntimeError(f"{found.count(None)} of {len(found)} wishes were not heard within {HEARD_WITHIN_S} s")
    return [each for each in found if each is not None]


async def measured(setting: Setting, tries: int) -> Found:
    async with AsyncExitStack() as stack:
        renditions = await stack.enter_async_context(Renditions())
        song, other = IndexedPackets.open(setting.opus, index_of(setting)), IndexedPackets.open(setting.other_opus)
        every = [bytes(song.packet(index) or b"") for index in range(len(song))]
        file = write_ogg(setting.opus.with_name("short.opus"), every[500 : 500 + SHORT_PACKETS])
        open_ones = {"song": song, "other": other, "short": IndexedPackets.open(file)}
        pacer = stack.enter_context(Pacer(switch_interval_s=SWITCH_INTERVAL_S))
        players = await stack.enter_async_context(Players())
        for guild in range(2, setting.guilds + 2):
            sender = RtpSender(connected(setting.port), AES, os.urandom(32), guild, keeps_lock=True)
            open_guild(players, pacer, sender, song, renditions, guild).tell(Enqueue(entries("song")))
            await asyncio.sleep(0)
        sink = Noted(RtpSender(connected(setting.port), AES, os.urandom(32), 1, keeps_lock=True))

        def make_output(report: Reporter) -> VoiceOutput:
            return VoiceOutput(pacer, sink, lambda track: opened(track, setting, open_ones), report, renditions)

        player = players.open(1, make_output, on_change)
        bench = Bench(setting, player, sink, {packet: number for number, packet in enumerate(every)})
        gc.collect()
        gc.freeze()
        return {
            "start hot": await starts(bench, tries, "song"),
            "start cold": await starts(bench, tries, "cold"),
            "skip": await skips(bench, tries),
            "seek": await seeks(bench, tries),
            "gap": await gaps(bench, tries),
            "volume": await volumes(bench, tries),
        }


async def opened(track: Track, setting: Setting, open_ones: dict[str, IndexedPackets]) -> PacketSource:
    return open_ones.get(track.id) or await open_packets(setting.opus, index_of(setting))


def index_of(setting: Setting) -> Path:
    """Of a song that some process has opened before: a cold song is one that this process does not hold open."""
    return setting.opus.with_suffix(".index")


async def on_change(session: Session, position_s: float) -> None: ...


if __name__ == "__main__":
    raise_limits()
    print(json.dumps(asyncio.run(measured(Setting.from_argv(), int(sys.argv[2])))), flush=True)
    os._exit(0)
