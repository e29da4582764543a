"""One file as it comes: what may be passed on, why it cannot be right, and where it can be taken up. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from suno_client.errors import BadMedia, Unanswered

from .kinds import HEAD_BYTES, Kind, looks_like, riff_size

VALIDATOR_LIMIT = 200  # characters; none that was seen has a hundred
SLOW_BYTES_S = 8_000

_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,15})-(\d{1,15})|\*)/(\d{1,15}|\*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """Which file it is that is being fetched: what must be the same for its bytes to be taken up where they ended."""

    source: str
    validator: str | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Content-Range. `start` is None where none of the file was sent, `total` where it is not known."""

    start: int | None
    total: int | None


def source_of(url: str) -> str:
    """What an address is known by on disk: signatures stand in its query, and change while the file does not."""
    parts = urlsplit(url)
    return sha256(f"{parts.netloc.lower()}{parts.path}".encode("utf-8", "surrogatepass")).hexdigest()


def validator_of(headers: Mapping[str, str]) -> str | None:
    """What If-Range takes: a strong ETag, else the date of the last change (RFC 9110, 13.1.5)."""
    tag = headers.get("etag", "")
    found = tag if tag.startswith('"') else headers.get("last-modified", "")
    return found if 0 < len(found) <= VALIDATOR_LIMIT and found.isascii() and found.isprintable() else None


def still(validator: str, headers: Mapping[str, str]) -> bool:
    """Whether an answer is of the same file. It may leave out what it was asked by."""
    return headers.get("etag" if validator.startswith('"') else "last-modified", validator) == validator


def stretch_of(headers: Mapping[str, str]) -> Stretch | None:
    """None where it says nothing sensible."""
    found = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
    if found is None:
        return None
    start, _, total = found.groups()
    return Stretch(int(start) if start else None, int(total) if total != "*" else None)


class Intake:
    """Counts and checks. Its first bytes are held back until they tell what they are."""

    def __init__(self, kind: Kind, max_bytes: int, duration_s: float | None = None) -> None:
        self._kind = kind
        self._max_bytes = max_bytes
        self._duration_s = duration_s
        self.begin("", None)

    def begin(self, host: str, total: int | None) -> None:
        """From zero. Raises BadMedia where it is too long before it comes."""
        self.host = host
        self.total = total
        self.size_bytes = 0
        self.passed_on = False
        self.spoilt = False
        self.media_type = ""
        self._head = b""
        if total is not None and total > self._max_bytes:
            raise BadMedia(host, f"its {total:,} bytes are more than {self._max_bytes:,}")

    def recall(self, head: bytes, size_bytes: int, total: int | None) -> bool:
        """As it stood after `size_bytes` in an earlier call. False where that was no such file."""
        kind = self._kind.type_of(head)
        if kind is not None:
            self.begin("", total)
            self.size_bytes, self.passed_on = size_bytes, True
            self.media_type, self._head = kind, head
        return kind is not None

    def take(self, chunk: bytes) -> bytes:
        """What may be passed on now. Raises BadMedia."""
        self.size_bytes += len(chunk)
        if self.size_bytes > self._max_bytes:
            raise self._bad(f"it is larger than {self._max_bytes:,} bytes")
        if self.total is not None and self.size_bytes > self.total:
            raise self._bad(f"it is longer than the {self.total:,} bytes that it was to have")
        if self.media_type:
            return chunk
        self._head += chunk
        return self._known() if len(self._head) >= HEAD_BYTES else b""

    def missing(self) -> str | None:
        """Why it is not all there, though the host has ended it; asked for again it may come whole."""
        if self.size_bytes == 0:
            return "it is empty"
        if self.total is not None and self.size_bytes < self.total:
            return f"it was cut short: {self.size_bytes:,} of {self.total:,} bytes"
        return None

    def end(self) -> bytes:
        """What was held back to the end. Raises BadMedia where the whole is not what it should be."""
        rest = b"" if self.media_type else self._known()
        if (told := riff_size(self._head)) is not None and self.size_bytes < told:
            raise self._bad(f"it was cut short: {self.size_bytes:,} of the {told:,} bytes that its head tells")
        if self._duration_s and (why := self._kind.implausible(self.size_bytes, self._duration_s)):
            raise self._bad(why)
        return rest

    def _known(self) -> bytes:
        held = self._head
        kind = self._kind.type_of(held)
        if kind is None:
            raise self._bad(f"it is {looks_like(held)}, not what was asked for")
        self.media_type, self._head, self.passed_on = kind, held[:HEAD_BYTES], True
        return held

    def _bad(self, why: str) -> BadMedia:
        """What is here already is of no use to a later call either."""
        self.spoilt = True
        return BadMedia(self.host, why)


class Pace:
    """Finds a host that drips for ever, which no timeout between chunks does. Only waiting for the host counts."""

    def __init__(self, host: str, slow_after_s: float) -> None:
        self._host = host
        self._slow_after_s = slow_after_s
        self._waited_s = 0.0
        self._size_bytes = 0

    def add(self, size_bytes: int, waited_s: float) -> None:
        """Raises Unanswered."""
        self._size_bytes += size_bytes
        self._waited_s += waited_s
        if self._waited_s < self._slow_after_s:
            return
        if self._size_bytes < SLOW_BYTES_S * self._waited_s:
            raise Unanswered(f"{self._host}: slower than {SLOW_BYTES_S:,} bytes a second", may_be_charged=False)
        self._waited_s, self._size_bytes = 0.0, 0
