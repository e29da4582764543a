"""The browser room's sound: fanned out, never blocking, and whole in both of its wrappings."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from itertools import islice

import anyio
import numpy as np
import pytest
from numpy.typing import NDArray

from conductr_player import OggOpusReader, find_ffmpeg
from conductr_player.opus import SILENCE
from conductr_player.testing import packets, write_tone
from conductr_web.errors import TooManyOpen
from conductr_web.listen import BACKLOG, LISTENER_LIMIT, Broadcast, Form
from conductr_web.webm import WebmOpusWriter

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Two seconds of a tone at 400 Hz, as Opus packets of 20 ms."""
    wav = write_tone(tmp_path_factory.mktemp("tone") / "tone.wav", 2.0)
    argv = [find_ffmpeg(), "-v", "error", "-i", str(wav), "-c:a", "libopus", "-b:a", "128k", "-f", "ogg", "pipe:1"]
    return list(OggOpusReader().feed(subprocess.run(argv, check=True, capture_output=True).stdout))


def decoded(stream: bytes, form: str) -> NDArray[np.float32]:
    """What an independent decoder hears, one channel at 48 kHz."""
    argv = [
        find_ffmpeg(),
        "-v",
        "error",
        "-f",
        form,
        "-i",
        "pipe:0",
        "-ac",
        "1",
        "-ar",
        "48000",
        "-f",
        "f32le",
        "pipe:1",
    ]
    done = subprocess.run(argv, input=stream, check=True, capture_output=True)
    return np.frombuffer(done.stdout, dtype=np.float32)


async def test_with_nobody_there_the_music_waits() -> None:
    assert Broadcast().sink(SILENCE) is False


async def test_a_packet_reaches_everybody_who_listens() -> None:
    room = Broadcast()
    streams = [await room.listen(Form.WEBM) for _ in range(3)]
    for stream in streams:
        await anext(stream)
    assert room.sink(packets(1)[0]) is True
    heard = [await anext(stream) for stream in streams]
    assert len(set(heard)) == 1
    assert packets(1)[0] in heard[0]


async def test_who_leaves_is_forgotten_and_the_music_waits_again() -> None:
    room = Broadcast()
    stream = await room.listen(Form.WEBM)
    await anext(stream)
    with anyio.move_on_after(0.05):
        await anext(stream)
    assert room.count == 0
    assert room.sink(SILENCE) is False


async def test_a_listener_that_lags_is_let_go_and_holds_nobody_up() -> None:
    room = Broadcast()
    slow, quick = await room.listen(Form.WEBM), await room.listen(Form.WEBM)
    for stream in (slow, quick):
        await anext(stream)
    for _ in range(BACKLOG + 1):
        room.sink(SILENCE)
        await anext(quick)
    with pytest.raises(StopAsyncIteration):
        await anext(slow)
    assert room.count == 1
    await quick.aclose()  # type: ignore[attr-defined]  # an async generator


async def test_the_sink_may_be_called_from_the_pacers_thread() -> None:
    room = Broadcast()
    stream = await room.listen(Form.OGG)
    reader = OggOpusReader()
    heard: list[bytes] = list(reader.feed(await anext(stream)))
    sent = packets(200)

    def pace() -> None:
        left = iter(sent)
        for packet in left:
            while not room.sink(packet):
                pass

    thread = threading.Thread(target=pace)
    thread.start()
    with anyio.fail_after(10):
        while [packet for packet in heard if packet != SILENCE] != sent:
            heard += reader.feed(await anext(stream))
    thread.join()
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator


@pytest.mark.parametrize("form", list(Form))
async def test_what_is_heard_is_what_was_played(form: Form, tone: list[bytes]) -> None:
    room = Broadcast()
    stream = await room.listen(form)
    whole = await anext(stream)
    for batch in batches(tone, 5):
        for packet in batch:
            room.sink(packet)
        whole += await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator
    sound = decoded(whole, form.value)
    assert abs(len(sound) / 48_000 - len(tone) * 0.02) < 0.05
    middle = sound[24_000:72_000]
    loudest = np.argmax(np.abs(np.fft.rfft(middle))) * 48_000 / len(middle)
    assert abs(loudest - 400) < 2
    assert np.sqrt(np.mean(middle**2)) > 0.1


def test_webm_packets_stand_20_ms_apart_across_clusters(tone: list[bytes]) -> None:
    writer = WebmOpusWriter()
    stream = writer.header() + b"".join(writer.cluster(batch) for batch in batches(tone, 7))
    argv = [
        find_ffmpeg(),
        "-v",
        "error",
        "-f",
        "webm",
        "-i",
        "pipe:0",
        "-c",
        "copy",
        "-copyts",
        "-f",
        "framecrc",
        "pipe:1",
    ]
    told = subprocess.run(argv, input=stream, check=True, capture_output=True, text=False).stdout.decode()
    rows = [line.split(",") for line in told.splitlines() if not line.startswith("#")]
    times = np.array([int(row[2]) for row in rows])
    sizes = [int(row[4]) for row in rows]
    assert sizes == [len(packet) for packet in tone]
    assert set(np.diff(times)) == {20}  # milliseconds, as the file counts


async def test_an_ogg_stream_goes_on_in_silence_while_nothing_plays() -> None:
    room = Broadcast()
    stream = await room.listen(Form.OGG)
    reader = OggOpusReader()
    heard = [*reader.feed(await anext(stream)), *reader.feed(await anext(stream))]
    await stream.aclose()  # type: ignore[attr-defined]  # an async generator
    assert heard == [SILENCE] * 10


async def test_there_is_a_limit_to_listeners() -> None:
    room = Broadcast()
    streams = [await room.listen(Form.OGG) for _ in range(LISTENER_LIMIT)]
    for stream in streams:
        await anext(stream)
    with pytest.raises(TooManyOpen):
        await room.listen(Form.OGG)
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]  # an async generator


async def test_a_closed_room_lets_everybody_go() -> None:
    room = Broadcast()
    stream = await room.listen(Form.WEBM)
    await anext(stream)
    async with anyio.create_task_group() as group:

        async def to_the_end() -> None:
            assert [piece async for piece in stream] == []

        group.start_soon(to_the_end)
        await anyio.wait_all_tasks_blocked()
        room.close()
    assert [piece async for piece in await room.listen(Form.WEBM)] == []


def batches(things: list[bytes], size: int) -> Iterator[list[bytes]]:
    left = iter(things)
    while batch := list(islice(left, size)):
        yield batch
