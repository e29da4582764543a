"""Stems to files: one MP3 for each, all encoded while the song is rendered once."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, cast

from suno_client.sandbox.music.arrange import score_for
from suno_client.sandbox.music.conversions import mp3_command
from suno_client.sandbox.music.instruments import Rack
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.stems import STEMS, render_stems, taken_apart
from suno_client.sandbox.music.synth import RATE


def write_stems(order: Order, folder: Path, name: str, *, by_instrument: bool) -> tuple[dict[str, Path], float]:
    """The files of the stems that sound in a take, in the order of STEMS, and their length in seconds.

    Takes as long as rendering does: run it in a process of its own. Raises CalledProcessError where FFmpeg fails.
    """
    score = score_for(order)
    stems = sorted(taken_apart(score, by_instrument=by_instrument)[1], key=[*STEMS, "Instrumental"].index)
    files = {stem: folder / f"{name}-{number}.mp3" for number, stem in enumerate(stems)}
    encoders = dict[str, subprocess.Popen[bytes]]()
    with suppress(BrokenPipeError), ExitStack() as stack:
        for stem, path in files.items():
            encoders[stem] = stack.enter_context(subprocess.Popen(mp3_command(path, RATE), stdin=subprocess.PIPE))
        for blocks in render_stems(score, Rack(), by_instrument=by_instrument):
            for stem, block in blocks.items():
                _sink(encoders[stem]).write(block.T.astype("<f4").tobytes())
    _refuse_failures(encoders)
    return files, round(score.length_s, 2)


def _sink(encoder: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", encoder.stdin)


def _refuse_failures(encoders: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for encoder in encoders.values():
        if encoder.returncode:
            raise subprocess.CalledProcessError(encoder.returncode, encoder.args)
