"""Many listeners share one framing: fanned out, never waited for, and whole in both wrappings."""

from __future__ import annotations

import asyncio
import subprocess
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, aclosing
from itertools import islice
from pathlib import Path

import anyio
import numpy as np
import pytest
from numpy.typing import NDArray

from conductr_player import (
    IndexedPackets,
    LinkLost,
    OggOpusReader,
    Pacer,
    PacketSource,
    Report,
    Started,
    Track,
    find_ffmpeg,
)
from conductr_player.errors import TooManyListeners
from conductr_player.outputs.broadcast import BACKLOG, LISTENER_LIMIT, Broadcast, Form
from conductr_player.outputs.stream import StreamOutput, output_for
from conductr_player.packets.opus import SILENCE
from conductr_player.packets.webm import WebmOpusWriter
from conductr_player.testing import ListSink, entries, packets, write_ogg, write_tone

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Two seconds of a tone at 400 Hz, as Opus packets of 20 ms."""
    wav = write_tone(tmp_path_factory.mktemp("tone") / "tone.wav", 2.0)
    argv = [find_ffmpeg(), "-v", "error", "-i", str(wav), "-c:a", "libopus", "-b:a", "128k", "-f", "ogg", "pipe:1"]
    return list(OggOpusReader().feed(subprocess.run(argv, check=True, capture_output=True).stdout))


def decoded(stream: bytes, form: str) -> NDArray[np.float32]:
    """What an independent decoder hears, one channel at 48 kHz. Fails on any complaint of it."""
    argv = [find_ffmpeg(), "-v", "error", "-f", form, "-i", "pipe:0", "-ac", "1", "-ar", "48000", "-f", "f32le", "-"]
    done = subprocess.run(argv, input=stream, check=True, capture_output=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, dtype=np.float32)


def loudest_hertz(sound: NDArray[np.float32]) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * 48_000 / len(sound))


class Audience(AsyncExitStack):
    """Listeners that have their header, and leave when the test ends."""

    async def joins(self, room: Broadcast, form: Form = Form.WEBM) -> AsyncGenerator[bytes, None]:
        stream = await self.enter_async_context(aclosing(await room.listen(form)))
        self.header = await anext(stream)
        return stream


@pytest.fixture
async def audience() -> AsyncGenerator[Audience, None]:
    async with Audience() as everybody:
        yield everybody


async def test_with_nobody_there_the_music_waits() -> None:
    assert Broadcast()(SILENCE) is False


@pytest.mark.parametrize("form", list(Form))
async def test_a_hundred_listeners_get_the_very_bytes_that_one_gets(audience: Audience, form: Form) -> None:
    """The same object, so framed once; and what the pacer does is the same for one and for a hundred."""
    room = Broadcast(listener_limit=100)
    streams = [await audience.joins(room, form) for _ in range(100)]
    for packet in packets(5):
        assert room(packet) is True
        heard = [await anext(stream) for stream in streams]
        assert packet in heard[0]
        assert {id(piece) for piece in heard} == {id(heard[0])}


async def test_who_leaves_is_forgotten_and_the_music_waits_again(audience: Audience) -> None:
    room = Broadcast()
    changes: list[int] = []
    room.on_change = lambda: changes.append(room.count)
    stream = await audience.joins(room)
    with anyio.move_on_after(0.05):
        await anext(stream)
    assert changes == [1, 0]
    assert room(SILENCE) is False


async def test_a_listener_that_lags_is_let_go_and_holds_nobody_up(audience: Audience) -> None:
    room = Broadcast()
    slow, quick = await audience.joins(room), await audience.joins(room)
    for number, packet in enumerate(packets(BACKLOG + 1)):
        assert room.count == 2, number
        room(packet)
        assert packet in await anext(quick)
    assert room.count == 1
    with pytest.raises(StopAsyncIteration):
        await anext(slow)


async def test_with_only_a_listener_that_lags_the_music_waits(audience: Audience) -> None:
    room = Broadcast()
    await audience.joins(room)
    taken = 0
    for _ in range(BACKLOG + 1):
        taken += room(SILENCE)
        await anyio.lowlevel.checkpoint()
    await anyio.wait_all_tasks_blocked()
    assert (taken, room.count, room(SILENCE)) == (BACKLOG + 1, 0, False)


async def test_a_loop_that_lags_makes_the_music_wait_and_nothing_pile_up(audience: Audience) -> None:
    room = Broadcast()
    stream = await audience.joins(room, Form.OGG)
    taken = sum(room(SILENCE) for _ in range(10 * BACKLOG))  # the loop does not run meanwhile
    assert taken == BACKLOG
    assert len(list(OggOpusReader().feed(audience.header + await anext(stream)))) == BACKLOG
    assert room(SILENCE) is True


async def test_the_sink_may_be_called_from_the_pacers_thread(audience: Audience) -> None:
    room = Broadcast()
    stream = await audience.joins(room, Form.OGG)
    reader, sent = OggOpusReader(), packets(400)
    heard: list[bytes] = list(reader.feed(audience.header))

    over = threading.Event()

    def pace() -> None:
        for packet in sent:
            while not (room(packet) or over.is_set()):
                pass
            time.sleep(0.0005)  # forty times as fast as music

    thread = threading.Thread(target=pace)
    thread.start()
    try:
        with anyio.fail_after(10):
            while [packet for packet in heard if packet != SILENCE] != sent:
                heard += reader.feed(await anext(stream))
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("form", list(Form))
async def test_what_is_heard_is_what_was_played_also_by_who_comes_late(
    audience: Audience, form: Form, tone: list[bytes]
) -> None:
    room = Broadcast()
    early = await audience.joins(room, form)
    whole = audience.header
    halves = [tone[:50], tone[50:]]
    for packet in halves[0]:
        room(packet)
    whole += await anext(early)
    late = await audience.joins(room, form)
    part = audience.header
    for packet in halves[1]:
        room(packet)
    whole += await anext(early)
    part += await anext(late)
    for stream, heard in ((whole, tone), (part, halves[1])):
        sound = decoded(stream, form.value)
        assert abs(len(sound) / 48_000 - len(heard) * 0.02) < 0.05
        middle = sound[9_600:-9_600]
        assert abs(loudest_hertz(middle) - 400) < 3
        assert np.sqrt(np.mean(middle**2)) > 0.1


async def test_both_forms_are_heard_at_once(audience: Audience) -> None:
    room = Broadcast()
    webm, ogg = await audience.joins(room, Form.WEBM), await audience.joins(room, Form.OGG)
    room(packets(1)[0])
    assert (await anext(webm)).startswith(bytes.fromhex("1F43B675"))
    assert (await anext(ogg)).startswith(b"OggS")


async def test_an_ogg_stream_goes_on_in_silence_once_for_all(audience: Audience) -> None:
    room = Broadcast()
    streams = [await audience.joins(room, Form.OGG) for _ in range(3)]
    heard: list[bytes] = []
    async with anyio.create_task_group() as group:

        async def take(stream: AsyncGenerator[bytes, None]) -> None:
            heard.append(await anext(stream))

        for stream in streams:
            group.start_soon(take, stream)
    assert {id(piece) for piece in heard} == {id(heard[0])}
    assert list(OggOpusReader().feed(audience.header + heard[0])) == [SILENCE] * 10


async def test_there_is_a_limit_to_listeners(audience: Audience) -> None:
    room = Broadcast()
    one_too_many = await room.listen(Form.OGG)  # takes its place only once it begins
    for _ in range(LISTENER_LIMIT):
        await audience.joins(room)
    with pytest.raises(TooManyListeners) as refused:
        await room.listen(Form.OGG)
    assert refused.value.limit == LISTENER_LIMIT
    with pytest.raises(StopAsyncIteration):
        await anext(one_too_many)
    assert room.count == LISTENER_LIMIT


async def test_a_closed_room_lets_everybody_go(audience: Audience) -> None:
    room = Broadcast()
    stream = await audience.joins(room)
    async with anyio.create_task_group() as group:

        async def to_the_end() -> None:
            with pytest.raises(StopAsyncIteration):
                await anext(stream)

        group.start_soon(to_the_end)
        await anyio.wait_all_tasks_blocked()
        room.close()
    with pytest.raises(StopAsyncIteration):
        await anext(await room.listen(Form.WEBM))
    assert room(SILENCE) is False


async def test_what_was_left_when_the_last_one_went_is_not_heard_by_the_next(audience: Audience) -> None:
    room = Broadcast()
    stream = await audience.joins(room)
    room(packets(1)[0])
    await stream.aclose()
    stream = await audience.joins(room)
    fresh = packets(1, label=1)[0]
    room(fresh)
    piece = await anext(stream)
    assert fresh in piece
    assert packets(1)[0] not in piece


def test_when_its_loop_is_over_the_music_waits_for_listeners_in_another() -> None:
    room = Broadcast()
    streams: list[AsyncGenerator[bytes, None]] = []

    async def join() -> None:
        streams.append(await room.listen(Form.WEBM))
        await anext(streams[-1])
        room(SILENCE)  # the loop ends before it is shared

    async def listen() -> bytes:
        async with aclosing(await room.listen(Form.WEBM)) as stream:
            await anext(stream)
            assert room(packets(1)[0]) is True
            return await anext(stream)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(join())
    loop.close()
    room._told = False  # as where the loop ended between two packets
    assert (room(SILENCE), room.count) == (False, 0)
    assert packets(1)[0] in asyncio.run(listen())


def test_webm_packets_stand_20_ms_apart_across_clusters(tone: list[bytes]) -> None:
    writer = WebmOpusWriter()
    stream = writer.header() + b"".join(writer.cluster(batch) for batch in batches(tone, 7))
    argv = [find_ffmpeg(), "-v", "error", "-f", "webm", "-i", "pipe:0", "-c", "copy", "-copyts", "-f", "framecrc", "-"]
    told = subprocess.run(argv, input=stream, check=True, capture_output=True, text=False).stdout.decode()
    rows = [line.split(",") for line in told.splitlines() if not line.startswith("#")]
    times = np.array([int(row[2]) for row in rows])
    assert [int(row[4]) for row in rows] == [len(packet) for packet in tone]
    assert set(np.diff(times)) == {20}  # milliseconds, as the file counts


def batches(things: list[bytes], size: int) -> Iterator[list[bytes]]:
    left = iter(things)
    while batch := list(islice(left, size)):
        yield batch


async def test_an_output_plays_to_its_listeners_and_waits_while_there_are_none(tmp_path: Path) -> None:
    song = IndexedPackets.open(write_ogg(tmp_path / "song.opus", packets(30)))
    reports: list[Report | LinkLost] = []

    async def open_track(_: Track) -> PacketSource:
        return song

    with Pacer() as pacer:
        output = StreamOutput(pacer, open_track, reports.append)
        async with anyio.create_task_group() as group:
            output.begin(group.start_soon)
            await output.play(1, entries("song")[0])
            await anyio.sleep(0.1)
            assert (reports, output.position_s, output.broadcast.count) == ([], 0.0, 0)
            reader, heard = OggOpusReader(), list[bytes]()
            async with aclosing(await output.listen(Form.OGG)) as stream:
                with anyio.fail_after(3):
                    async for piece in stream:
                        heard += reader.feed(piece)
                        if packets(30)[-1] in heard:
                            break
            assert [packet for packet in heard if packet != SILENCE] == packets(30)
            assert reports[0] == Started(1)
            last = await output.listen(Form.WEBM)
            await anext(last)
            await output.aclose()
            with pytest.raises(StopAsyncIteration):
                await anext(last)
            group.cancel_scope.cancel()


async def test_an_output_over_a_broadcast_knows_when_nobody_listens_and_leaves_it_open(audience: Audience) -> None:
    room = Broadcast()

    async def open_track(_: Track) -> PacketSource:
        raise AssertionError("nothing is played")

    with Pacer() as pacer:
        output = output_for(pacer, room, open_track, lambda report: None)
        async with anyio.create_task_group() as group:
            output.begin(group.start_soon)
            assert output.deserted
            await audience.joins(room)
            assert not output.deserted
            await output.aclose()
        assert not output_for(pacer, ListSink(), open_track, lambda report: None).deserted
    assert room.count == 1
