"""Songs to render, and what a rendition of one must be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import anyio

from conductr_player import IndexedPackets, LivePackets
from conductr_player.core.sound import Sound
from conductr_player.packets.sources import PacketSource
from conductr_player.render import Rendition
from conductr_player.render.renderer import Renderer
from conductr_player.render.shelf import Shelf

from .listening import song


def file_of(folder: Path, name: str, packets: tuple[bytes, ...]) -> IndexedPackets:
    shelf = Shelf(folder / "songs", 1 << 30)
    shelf.open()
    return shelf.put(name, packets)


def grown(packets: tuple[bytes, ...]) -> LivePackets:
    source = LivePackets()
    for packet in packets:
        source.append(packet)
    return source


def all_of(source: PacketSource) -> list[bytes | None]:
    return [source.packet(index) for index in range(source.first, len(source))]


def expected(sound: Sound, first: int = 0) -> list[bytes]:
    renderer = Renderer(sound, first)
    return [*renderer.take(song()[renderer.reads_from :]), *renderer.end(len(song()))]


async def reaches(source: PacketSource, index: int) -> None:
    assert isinstance(source, Rendition)
    with anyio.fail_after(10):
        await source.wait_beyond(index)


async def whole(source: PacketSource) -> PacketSource:
    await reaches(source, 1_000_000)
    await anyio.wait_all_tasks_blocked()  # what ends may still be put away
    return source


async def until(true: Callable[[], bool]) -> None:
    with anyio.fail_after(5):
        while not true():
            await anyio.sleep(0.005)
