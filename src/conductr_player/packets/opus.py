"""Opus in Ogg: Discord's frame in numbers, packets and pages read and written. Pure (RFC 3533, 6716, 7845)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from itertools import accumulate, chain, compress
from mmap import mmap
from operator import itemgetter, sub
from typing import Final

from attrs import define, field, frozen

from conductr_player.errors import SourceError

SAMPLE_RATE: Final = 48_000
FRAME_SAMPLES: Final = 960  # 20 ms, the one length that Discord is sent
FRAME_S: Final = 0.02
SILENCE: Final = b"\xf8\xff\xfe"  # Discord's silence frame
MAX_PACKET: Final = 3 * 1_275  # bytes; more than 20 ms of Opus can be

_PAGE_HEADER: Final = struct.Struct("<4sBBqIIIB")
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_MAX_PAGE: Final = 27 + 255 + 255 * 255
# Samples at 48 kHz of one frame, by the 32 configurations of the TOC byte (RFC 6716, table 2).
_SILK, _HYBRID, _CELT = (480, 960, 1_920, 2_880), (480, 960), (120, 240, 480, 960)
_FRAME_LENGTHS: Final = _SILK * 3 + _HYBRID * 2 + _CELT * 4
_PLAIN_FRAMES: Final = bytes(
    toc for toc in range(256) if toc & 3 < 3 and _FRAME_LENGTHS[toc >> 3] << (toc & 3 > 0) == FRAME_SAMPLES
)
_LAST_OF_ONE: Final = b"\1" * 255 + b"\0"
_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def samples_in(packet: bytes) -> int:
    """How long a packet sounds, in samples at 48 kHz; 0 where it is no Opus packet."""
    if not packet:
        return 0
    frame = _FRAME_LENGTHS[packet[0] >> 3]
    match packet[0] & 3:
        case 0:
            return frame
        case 3:
            return frame * (packet[1] & 63) if len(packet) > 1 else 0
        case _:
            return frame * 2


def check_frame(packet: bytes) -> None:
    """Raises SourceError unless the packet is one 20 ms tick."""
    if samples_in(packet) != FRAME_SAMPLES or len(packet) > MAX_PACKET:
        raise SourceError(f"an Opus packet of {samples_in(packet) / 48:.1f} ms and {len(packet)} bytes, not of 20 ms")


@frozen
class Page:
    """One page of an Ogg file, by offsets into the buffer that it was read from."""

    serial: int
    continued: bool  # its first piece belongs to a packet of the page before
    lacing: bytes  # how long each bit is: a packet ends with the first of less than 255
    start: int  # of the first
    end: int

    @property
    def open_end(self) -> bool:
        """Its last piece goes on in the next page."""
        return self.lacing.endswith(b"\xff")

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each packet, or part of one."""
        ends = list(compress(accumulate(self.lacing, initial=self.start), b"\0" + self.lacing.translate(_LAST_OF_ONE)))
        if self.open_end:
            ends.append(self.end)
        return tuple(zip([self.start, *ends], ends, strict=False))

    def whole_frames(self, buffer: bytes | mmap) -> list[int]:
        """Where each packet ends, if all are whole and a look at the first byte tells that they are 20 ms; else none.

        All of it is done by loops in C.
        """
        if self.continued or self.open_end:
            return []
        ends = list(compress(accumulate(self.lacing, initial=self.start), b"\0" + self.lacing.translate(_LAST_OF_ONE)))
        sizes = list(map(sub, ends, chain((self.start,), ends)))
        if not sizes or min(sizes) == 0 or max(sizes) > MAX_PACKET:
            return []
        kinds = bytes(itemgetter(self.start, self.start, *ends[:-1])(buffer))  # twice: of one it makes no tuple
        return [] if kinds.translate(None, _PLAIN_FRAMES) else ends


def read_page(buffer: bytes | mmap, at: int = 0) -> Page | None:
    """The page at offset `at`, or None where it is not all there yet. Raises SourceError on anything else."""
    if len(buffer) - at < _PAGE_HEADER.size:
        if buffer[at : at + 4] != b"OggS"[: len(buffer) - at]:
            raise SourceError("not an Ogg page")
        return None
    magic, version, flags, _, serial, _, checksum, count = _PAGE_HEADER.unpack_from(buffer, at)
    if magic != b"OggS" or version != 0:
        raise SourceError("not an Ogg page")
    start = at + _PAGE_HEADER.size + count
    lacing = buffer[at + _PAGE_HEADER.size : start]
    end = start + sum(lacing)
    if len(lacing) < count or len(buffer) < end:
        return None
    if _crc(buffer[at : at + 22], bytes(4), buffer[at + 26 : end]) != checksum:
        raise SourceError("an Ogg page with a wrong checksum")
    return Page(serial, bool(flags & _CONTINUED), lacing, start, end)


@define(eq=False)
class OggOpusReader:
    """Packets of an Ogg Opus stream as its bytes come in; the two header packets are checked and left out."""

    _buffer: bytearray = field(factory=bytearray)
    _part: bytearray = field(factory=bytearray)
    _serial: int | None = None
    _headers: int = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The packets that `data` completes. Raises SourceError where it is not Ogg Opus of 20 ms packets."""
        self._buffer += data
        at = 0
        view = bytes(self._buffer)
        while at < len(view) and (page := read_page(view, at)):
            at = page.end
            yield from self._packets_of(page, view)
        del self._buffer[:at]

    def end(self) -> None:
        """Raises SourceError where the stream was cut within a page or packet, or never began."""
        if self._headers < 2:
            raise SourceError("an Ogg Opus stream without headers")
        if self._buffer or self._part:
            raise SourceError("an Ogg Opus stream that ends within a packet")

    def _packets_of(self, page: Page, view: bytes) -> Iterator[bytes]:
        self._serial = page.serial if self._serial is None else self._serial
        if page.serial != self._serial or page.continued != bool(self._part):
            raise SourceError("an Ogg file of several streams, or with a page missing")
        for number, (start, end) in enumerate(page.pieces, start=1):
            self._part += view[start:end]
            if number < len(page.pieces) or not page.open_end:
                packet = bytes(self._part)
                self._part.clear()
                if self._headers < 2:
                    check_header(self._headers, packet)
                    self._headers += 1
                else:
                    check_frame(packet)
                    yield packet


def check_header(number: int, packet: bytes) -> None:
    """Raises SourceError unless this is the stream's header packet `number` (0 or 1)."""
    if not packet.startswith((b"OpusHead", b"OpusTags")[number]):
        raise SourceError("an Ogg file without Opus in it")
    if number == 0 and (len(packet) < 19 or packet[9] not in (1, 2)):
        raise SourceError("an Opus stream of more than two channels")


@define(eq=False)
class OggOpusWriter:
    """An endless Ogg Opus stream, one packet a page, so that each can be sent the moment it is there."""

    serial: int = 1
    _sequence: int = 0
    _granule: int = 0

    def header(self) -> bytes:
        """The two pages that come first."""
        head = struct.pack("<8sBBHIhB", b"OpusHead", 1, 2, 0, SAMPLE_RATE, 0, 0)
        vendor = b"conductr"
        tags = struct.pack("<8sI", b"OpusTags", len(vendor)) + vendor + bytes(4)
        return self._page(_FIRST, head) + self._page(0, tags)

    def page(self, *packets: bytes) -> bytes:
        """Packets of 20 ms as one page: one, or as many as have 255 pieces of up to 255 bytes together."""
        self._granule += FRAME_SAMPLES * len(packets)
        return self._page(0, *packets)

    def end(self) -> bytes:
        """The page that says it is over."""
        return self._page(_LAST)

    def _page(self, flags: int, *packets: bytes) -> bytes:
        lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes((len(packet) % 255,)) for packet in packets)
        body = b"".join(packets)
        fields = (b"OggS", 0, flags, self._granule, self.serial, self._sequence)
        self._sequence += 1
        blank = _PAGE_HEADER.pack(*fields, 0, len(lacing)) + lacing + body
        return _PAGE_HEADER.pack(*fields, _crc(blank), len(lacing)) + lacing + body


def _crc(*parts: bytes) -> int:
    """Ogg's CRC-32 (RFC 3533, 6): zlib's polynomial with the bits the other way round, starting from zero.

    Turning each byte's bits and the result's lets zlib do it, a hundred times as fast as a table in Python.
    """
    turned = 0xFFFFFFFF
    for part in parts:
        turned = zlib.crc32(part.translate(_REVERSED), turned)
    return int.from_bytes((turned ^ 0xFFFFFFFF).to_bytes(4, "little").translate(_REVERSED), "big")
