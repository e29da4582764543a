"""Sixty skips, each at another place of another phase: not one clicks, and each is in step after 60 ms."""

from __future__ import annotations

import pytest

from conductr_player import PacketSource
from conductr_player.testing import entries

from .heard import FRAME, booth, chord, heard, largest_step, record

pytestmark = pytest.mark.anyio

SKIPS = 60
A, B = entries("a", "b")
ROOTS = {"a": 203.7, "b": 431.3}  # no whole number of turns in a packet: a wrong one would not fit


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PacketSource]:
    folder = tmp_path_factory.mktemp("skips")
    return {name: record(folder / f"{name}.opus", chord(2.0, root)) for name, root in ROOTS.items()}


async def test_none_of_sixty_skips_clicks(songs: dict[str, PacketSource]) -> None:
    seams = list[int]()
    async with booth(songs) as room:
        await room.output.play(1, A)
        await room.turn_until(lambda: len(room.sent) >= 20)
        for number in range(SKIPS):
            entry = B if number % 2 == 0 else A
            await room.output.preload(entry)
            await room.turn(12 + number % 7)  # another place each time
            seams.append(at := len(room.sent))
            await room.output.play(number + 2, entry)
            await room.turn(10)
            song = songs[entry.track.id]
            assert room.sent[at] != song.packet(0), f"skip {number} is cut, not blended"
            assert room.sent[at + 3 : at + 10] == [song.packet(index) for index in range(3, 10)], f"skip {number}"
    sound = heard(room.sent)
    between = (sound[(at + 5) * FRAME : (at + 11) * FRAME] for at in seams[:-1])
    music = max(largest_step(each) for each in between)
    worst = max((largest_step(sound[at * FRAME : (at + 4) * FRAME]), at) for at in seams)
    assert worst[0] <= music * 1.1, f"the seam at packet {worst[1]} clicks"
