"""After ten thousand random commands nothing is left: no FFmpeg, thread, file descriptor, mapped or temporary file."""

from __future__ import annotations

import gc
import logging
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import anyio
import psutil
import pytest
from anyio.abc import TaskGroup
from attrs import define

from conductr_player import (
    Clear,
    Command,
    CommandRefused,
    Ended,
    EndReason,
    Enqueue,
    GuildPlayer,
    LinkLost,
    LinkRestored,
    LivePackets,
    LoopMode,
    PacketSource,
    Pause,
    Report,
    Resume,
    Seek,
    Session,
    SetLoop,
    Skip,
    SourceError,
    Started,
    Stop,
    Track,
    VoiceOutput,
    ingest_live,
    open_packets,
)
from conductr_player.core.inputs import Previous, RemoveRange, SetSound, Shuffle, Undo
from conductr_player.core.rules import Place
from conductr_player.core.sound import Sound, SoundEffect
from conductr_player.pacing.pacer import Pacer
from conductr_player.render.renditions import Renditions
from conductr_player.testing import ListSink, entries

from .audio import make, write_music

COMMANDS = {"asyncio": 10_000, "trio": 2_000}
GROWING = 6  # songs that are ingested while they grow; an FFmpeg each, or two
BREAK_EVERY = 1_000  # commands; then all is well for a moment
HEARD = 10  # packets, until that moment is over
BREATH_EVERY = 40  # commands; a breath of 20 ms lets something be heard
SOUNDS = [
    Sound(),
    Sound(volume_percent=60),
    Sound(effects=frozenset({SoundEffect.BASS})),
    Sound(speed=1.25),
    Sound(crossfade_s=2.0),
]


@define(eq=False)
class Shop:
    """Opens tracks in every way there is: from a file, slowly, not at all, and while they grow."""

    folder: Path
    kitchen: TaskGroup
    grown: list[LivePackets]

    async def open_track(self, track: Track) -> PacketSource:
        match track.id:
            case "broken":
                raise SourceError("broken")
            case "slow":
                await anyio.sleep(0.03)
            case "growing" if len(self.grown) < GROWING:
                song = LivePackets()
                self.grown.append(song)
                self.kitchen.start_soon(self._cook, song, len(self.grown))
                await song.first_packet_ready()
                return song
            case _:
                pass
        return await open_packets(self.folder / "song.opus")

    async def _cook(self, song: LivePackets, number: int) -> None:
        """Every third one dies within; every third is rescued by the finished file."""
        data = (self.folder / "song.mp3").read_bytes()

        async def drip() -> AsyncIterator[bytes]:
            for at in range(0, len(data), 8_000):
                yield data[at : at + 8_000]
                await anyio.sleep(0.05)
                if number % 3 == 0 and at > len(data) // 2:
                    raise OSError("the line went dead")

        try:
            await ingest_live(drip(), song)
        except OSError:
            if number % 2:
                song.replace_with(await open_packets(self.folder / "song.opus"))


def command(rng: Random, session: Session, number: int) -> Command:
    waiting = session.queue.upcoming
    choices: list[Callable[[], Command]] = [
        lambda: Enqueue(entries(*rng.choices(["file", "slow", "growing", "file", "broken"], k=2), start=2 * number)),
        *[Skip] * 3,
        Previous,
        Pause,
        Resume,
        Resume,
        lambda: Seek(rng.uniform(0, 8)),
        lambda: SetSound(rng.choice(SOUNDS)),
        lambda: Shuffle(number),
        lambda: SetLoop(rng.choice(list(LoopMode))),
        lambda: RemoveRange(waiting[0].id, waiting[-1].id) if len(waiting) > 30 else Resume(),
        lambda: rng.choice([Clear(), Undo(), Stop(), LinkLost(), LinkRestored(), LinkRestored()]),
    ]
    return rng.choice(choices)()


async def heal(player: GuildPlayer, sink: ListSink, number: int) -> None:
    """All is well for a moment, and music is heard."""
    sink.broken, sink.up = None, True
    player.tell(LinkRestored())
    player.tell(Enqueue(entries("file", start=1_000_000 + number), Place.NOW))
    player.tell(Resume())
    heard = len(sink.sent)
    with anyio.fail_after(10):
        while len(sink.sent) < heard + HEARD:
            await anyio.sleep(0.01)


async def go_wild(folder: Path, commands: int) -> Counter[str]:
    rng, sink, seen = Random(commands), ListSink(), Counter[str]()

    async def forget(session: Session, position_s: float) -> None: ...

    grown = list[LivePackets]()
    async with Renditions() as renditions, anyio.create_task_group() as tasks:
        shop = Shop(folder, tasks, grown)
        with Pacer() as pacer:

            def make_output(report: Callable[[Report | LinkLost], None]) -> VoiceOutput:
                def noted(what: Report | LinkLost) -> None:
                    seen[type(what).__name__] += 1
                    seen[str(what.reason) if isinstance(what, Ended) else "other"] += 1
                    report(what)

                return VoiceOutput(pacer, sink, shop.open_track, noted, renditions)

            player = GuildPlayer(make_output, forget)
            tasks.start_soon(player.run)
            for number in range(commands):
                if number % BREAK_EVERY == 0:
                    await heal(player, sink, number)
                try:
                    await player.ask(command(rng, player.session, number))
                except CommandRefused:
                    seen["refused"] += 1
                if number % BREATH_EVERY == 0:
                    sink.broken = OSError("no link") if rng.random() < 0.2 else None
                    sink.up = rng.random() < 0.9
                    await anyio.sleep(0.02)
            seen["packets"] = len(sink.sent)
            tasks.cancel_scope.cancel()
    seen["grown"] = sum(len(song) > 0 for song in grown)
    return seen


@define
class Held:
    """What this process holds at a moment."""

    children: list[str]
    threads: list[str]
    descriptors: Counter[str]
    mapped: list[str]
    temporary: list[str]


def descriptors() -> list[str]:
    """What each is open on; the one that lists them is left out."""
    found = list[str]()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(each.readlink()))
    return [file for file in found if not file.endswith("/fd")]


def held(folder: Path) -> Held:
    gc.collect()
    maps = (line.split(maxsplit=5) for line in Path("/proc/self/maps").read_text().splitlines())
    return Held(
        [child.name() for child in psutil.Process().children(recursive=True)],
        [each.name for each in threading.enumerate() if not each.name.startswith("Trio thread")],
        Counter(descriptors()),
        [each[5] for each in maps if len(each) == 6 and (str(folder) in each[5] or "memfd" in each[5])],
        sorted(each.name for each in Path(tempfile.gettempdir()).iterdir()),
    )


def settled(folder: Path, before: Held) -> Held:
    """What is held once worker threads have ended; they are told to as their event loop ends."""
    until = time.monotonic() + 5
    while (now := held(folder)) != before and time.monotonic() < until:
        time.sleep(0.05)
    return now


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Songs, and the place for temporary files, which nobody else uses."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    music = write_music(tmp_path / "song.wav", 8.0)
    make(music, tmp_path / "song.mp3", "-b:a", "192k")
    make(music, tmp_path / "song.opus", "-c:a", "libopus", "-b:a", "128k", "-frame_duration", "20")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("backend", COMMANDS)
def test_nothing_is_left_of_a_wild_time(folder: Path, backend: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="conductr_player")  # a record that is kept keeps what its error came from
    anyio.run(go_wild, folder, 50, backend=backend)  # loads libraries, which stay
    before = held(folder)
    assert not before.children
    seen = anyio.run(go_wild, folder, COMMANDS[backend], backend=backend)
    assert settled(folder, before) == before
    assert seen["grown"] == GROWING, seen
    moments = COMMANDS[backend] // BREAK_EVERY
    assert seen[Started.__name__] >= moments, seen
    assert seen["packets"] >= moments * HEARD, seen
    assert min(seen[reason] for reason in (EndReason.REPLACED, EndReason.STOPPED, EndReason.LOAD_FAILED)) > 10, seen
