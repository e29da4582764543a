"""What a rendition is called in a cache: by what it sounds like, not by where its song lies."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from conductr_player.core.sound import Sound
from conductr_player.packets.sources import IndexedPackets, LivePackets, PacketSource

_VERSION: Final = 1  # changes with what is made of the same packets: filters, gains, the codec's options
_LOOKS: Final = 32  # packets spread over the song; each has hundreds of bytes that no other song's has


def mark_of(source: PacketSource) -> str:
    """The same for the same packets, whatever the file's path. Only for a source that is complete.

    It is made of every packet's length, and of some packets from all over the file: so not in an event loop.
    """
    length = len(source)
    digest = blake2b(array("I", _sizes(source)).tobytes(), digest_size=20)
    for look in range(_LOOKS):
        digest.update(source.packet(length * look // _LOOKS) or b"")
    return digest.hexdigest()


def _sizes(source: PacketSource) -> Iterable[int]:
    if isinstance(source, LivePackets):
        source = source.finished or source
    if isinstance(source, IndexedPackets):
        return source.sizes()
    return (len(source.packet(index) or b"") for index in range(len(source)))


def name_of(mark: str, sound: Sound) -> str:
    """Letters and digits. The cross-fade is no part of it, since it changes no rendition."""
    effects = ",".join(sorted(sound.effects))
    parts = (_VERSION, mark, sound.volume_percent, effects, sound.speed, sound.pitch_semitones, sound.bitrate_kbits)
    return blake2b(repr(parts).encode(), digest_size=20).hexdigest()
