"""A song that is still being composed, heard as it grows: MP3 in drips becomes packets at once.

Its level: the beginning (32 kB, about 1.5 to 2 s of music) is measured, and one gain between
-12 and +3 dB holds for the whole stream. FFmpeg's `loudnorm` would look three seconds ahead and so
delay the first sound by as much; no gain at all makes songs differ by 10 dB. Upwards it is
cautious, since beginnings are often quieter than the song, and a limiter catches what is too
loud later. The finished file, levelled as a whole, takes over at a packet's edge, which Opus
turns into a fade of some 80 ms.
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from tempfile import TemporaryFile
from typing import Final

import anyio
import anyio.to_thread
from anyio.abc import ObjectReceiveStream, ObjectSendStream, Process
from attrs import frozen

from conductr_player.errors import DamagedAudio, SourceError, sole
from conductr_player.packets.opus import OggOpusReader
from conductr_player.packets.sources import LivePackets

from . import recipes
from .ffmpeg import LIMITS, Limits, check_end, find_ffmpeg, read_all, run, started
from .kinds import MP3, kind_of, tag_length

BEGINNING: Final = 32_000  # bytes that are measured
LONGEST_TAG: Final = 2_000_000  # bytes in front of the music, mostly a picture
LEAST_BEGINNING: Final = 8_000  # bytes that will do, if no more come
BEGIN_AFTER_S: Final = 1.0  # from the first byte on, with what is there
CHUNKS_AHEAD: Final = 16  # that wait for FFmpeg

_log = logging.getLogger(__name__)


async def ingest_live(
    chunks: AsyncIterator[bytes],
    into: LivePackets,
    *,
    ffmpeg: str | None = None,
    bitrate_kbits: int = recipes.KBITS,
    limits: Limits = LIMITS,
) -> None:
    """Feed `into` from a growing MP3 until it ends; the first packet comes about 0.2 s after the beginning is there.

    `chunks` may stall as long as they like; FFmpeg may not.

    What goes wrong is told to `into` as well as raised: DamagedAudio, SourceError, FFmpegMissing,
    whatever `chunks` raises. FFmpeg is gone when this returns.
    """
    try:
        program = ffmpeg or await anyio.to_thread.run_sync(find_ffmpeg)
        await _ingest(chunks, into, _Encoder(program, bitrate_kbits, limits))
    except anyio.get_cancelled_exc_class():
        into.fail(SourceError("the stream was given up"))
        raise
    except Exception as error:  # noqa: BLE001 - told to the listeners, then raised as it is
        cause = sole(error)
        into.fail(cause)
        raise cause from None
    into.finish()


@frozen
class _Encoder:
    """Which FFmpeg, and what is asked of it."""

    program: str
    kbits: int
    limits: Limits


async def _ingest(chunks: AsyncIterator[bytes], into: LivePackets, encoder: _Encoder) -> None:
    send, receive = anyio.create_memory_object_stream[bytes](CHUNKS_AHEAD)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_pump, chunks, send)
        async with receive:
            beginning = await _beginning(receive)
            if kind_of(beginning) is not MP3:
                raise DamagedAudio("not MP3, but only MP3 can grow")
            gain_db = await _measure(beginning, encoder)
            await _encode(beginning, receive, into, encoder, gain_db)
        tasks.cancel_scope.cancel()


async def _pump(chunks: AsyncIterator[bytes], send: ObjectSendStream[bytes]) -> None:
    """Read in a task of its own: an async generator does not survive being cancelled by a time limit."""
    with suppress(anyio.BrokenResourceError):  # nobody takes more: the reason is told elsewhere
        async with send:
            async for chunk in chunks:
                await send.send(chunk)


async def _beginning(receive: ObjectReceiveStream[bytes]) -> bytes:
    """The first 32 kB, or what comes within a second, or all there is."""
    beginning = bytearray()
    with anyio.CancelScope() as scope:
        async for chunk in receive:
            beginning += chunk
            music = len(beginning) - tag_length(bytes(beginning[:10]))
            if music >= BEGINNING or len(beginning) > LONGEST_TAG:
                break
            if music >= LEAST_BEGINNING and scope.deadline == float("inf"):
                scope.deadline = anyio.current_time() + BEGIN_AFTER_S
    return bytes(beginning)


async def _measure(beginning: bytes, encoder: _Encoder) -> float:
    """The gain in dB; 0 where the beginning says nothing, or there is no room to put it."""
    argv = recipes.measure(encoder.program, MP3, 60)
    try:
        with TemporaryFile() as file, anyio.fail_after(encoder.limits.hangs_after_s):
            file.write(beginning)
            file.seek(0)
            said = await run(argv, stdin=file, stdout=subprocess.DEVNULL, limits=encoder.limits, nice=0)
    except DamagedAudio:
        return 0.0  # too short to tell; the encoder will judge the whole
    except TimeoutError as error:
        raise SourceError("FFmpeg hangs") from error
    except OSError as error:
        _log.warning("a growing song is not levelled: %s", error)
        return 0.0
    loudness = recipes.read_loudness(said)
    return loudness.live_gain_db if loudness else 0.0


async def _encode(
    beginning: bytes, rest: ObjectReceiveStream[bytes], into: LivePackets, encoder: _Encoder, gain_db: float
) -> None:
    argv = recipes.encode_live(encoder.program, gain_db, encoder.kbits)
    limits = encoder.limits
    said = list[str]()
    reader = OggOpusReader()
    feeding = anyio.CancelScope()

    async def listen() -> None:
        said.append(await read_all(process.stderr))

    async def feed() -> None:
        with feeding:
            await _feed(process, beginning, rest, limits.hangs_after_s)
            until_end.deadline = anyio.current_time() + limits.hangs_after_s

    async with started(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, limits=limits) as process:
        with anyio.CancelScope() as until_end:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(listen)
                tasks.start_soon(feed)
                assert process.stdout is not None
                async for data in process.stdout:
                    for packet in reader.feed(data):
                        into.append(packet)
                await process.wait()
                feeding.cancel()
        if until_end.cancelled_caught:
            raise SourceError("FFmpeg hangs")
        check_end(process, said[0])
        reader.end()


async def _feed(process: Process, beginning: bytes, rest: ObjectReceiveStream[bytes], hangs_after_s: float) -> None:
    assert process.stdin is not None
    try:
        with anyio.fail_after(hangs_after_s):
            await process.stdin.send(beginning)
        async for chunk in rest:
            with anyio.fail_after(hangs_after_s):
                await process.stdin.send(chunk)
        await process.stdin.aclose()
    except TimeoutError as error:
        raise SourceError("FFmpeg hangs") from error
    except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
        return  # it is over; its return code tells why
