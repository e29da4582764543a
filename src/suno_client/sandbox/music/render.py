"""One order to files: an MP3 that grows as it is rendered, with its ID3 head, and a cover."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import IO

from suno_client.sandbox.music.arrange import score_for
from suno_client.sandbox.music.covers import draw, jpeg
from suno_client.sandbox.music.ffmpeg import find_ffmpeg
from suno_client.sandbox.music.id3 import tag
from suno_client.sandbox.music.instruments import Rack
from suno_client.sandbox.music.mixer import render
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.synth import RATE
from suno_client.sandbox.music.wish import Plan, understand

BITRATE = "192k"
_ENCODER = (
    "-hide_banner",
    "-loglevel",
    "error",
    "-nostdin",
    "-f",
    "f32le",
    "-ar",
    str(RATE),
    "-ac",
    "2",
    "-i",
    "pipe:0",
)
_OUTPUT = (
    "-c:a",
    "libmp3lame",
    "-b:a",
    BITRATE,
    "-write_xing",
    "0",
    "-id3v2_version",
    "0",
    "-flush_packets",
    "1",
    "-f",
    "mp3",
    "pipe:1",
)


class Unwanted(RuntimeError):
    """Nobody waits for this take any more."""


class EncoderFailed(RuntimeError):
    """FFmpeg ended with an error; the message is its last line."""


def render_files(  # noqa: PLR0917 - the two files, then what is lent
    order: Order, audio: Path, cover: Path, rack: Rack, on_size: Callable[[int], None], unwanted: Callable[[], bool]
) -> float:
    """Writes the cover, then the sound; calls `on_size` with the bytes that are there. Returns its seconds.

    Between blocks it asks whether it has become `unwanted`, and raises Unwanted.
    """
    plan = understand(order)
    picture = draw(plan)
    cover.write_bytes(jpeg(picture, 1_024))
    score = score_for(order)
    with audio.open("wb", buffering=0) as file:
        file.write(_head(order, plan, jpeg(picture, 500)))
        with subprocess.Popen(
            [find_ffmpeg(), *_ENCODER, *_OUTPUT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as encoder:
            assert encoder.stdin is not None
            assert encoder.stdout is not None
            reader = Thread(target=_carry, args=(encoder.stdout, file, on_size), daemon=True)
            reader.start()
            try:
                for block in render(score, rack):
                    if unwanted():
                        encoder.kill()
                        raise Unwanted
                    encoder.stdin.write(block.T.astype("<f4").tobytes())
                    encoder.stdin.flush()
            except BrokenPipeError as error:
                raise EncoderFailed(_last_line(encoder)) from error
            encoder.stdin.close()
            reader.join()
            if encoder.wait() != 0:
                raise EncoderFailed(_last_line(encoder))
    return round(score.length_s, 2)


def _carry(source: IO[bytes], file: IO[bytes], on_size: Callable[[int], None]) -> None:
    while part := os.read(source.fileno(), 65_536):
        file.write(part)
        on_size(file.tell())


def _last_line(encoder: subprocess.Popen[bytes]) -> str:
    said = encoder.stderr.read().decode(errors="replace") if encoder.stderr else ""
    return (said.strip().splitlines() or ["FFmpeg ended early"])[-1]


def _head(order: Order, plan: Plan, picture: bytes) -> bytes:
    texts = {
        "TIT2": order.title, "TPE1": "Suno sandbox", "TALB": order.prompt[:120] or plan.genre, "TCON": plan.genre,
        "TBPM": f"{plan.tempo_bpm:.0f}", "TKEY": plan.key_name.replace(" major", "").replace(" minor", "m"),
        "TRCK": f"{order.take}/2",
        "TENC": "conductr suno sandbox",
    }  # fmt: skip
    return tag(texts, lyrics=order.lyrics, cover=picture)
