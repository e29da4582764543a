"""What a brought file is called and what it is taken for. Pure (suno.md 2A.9)."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
from hashlib import sha256
from urllib.parse import unquote, urlsplit
from uuid import uuid4

_DATA_URL = re.compile(r"data:(?P<type>[^;,]*)[^,]*;base64,", re.ASCII)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 120  # characters
_SAYS_NOTHING = frozenset(["", "application/octet-stream", "binary/octet-stream"])


def decoded(text: str) -> tuple[bytes, str]:
    """The bytes in base64 text or in a data URL, and the media type that it names. Raises ValueError."""
    found = _DATA_URL.match(text)
    data = text[found.end() :] if found else text
    try:
        return base64.b64decode("".join(data.split()), validate=True), found["type"] if found else ""
    except binascii.Error as error:
        raise ValueError("base64Data is not base64.") from error


def file_name(*wishes: str | None, media_type: str) -> str:
    """The first name that is wished for, made safe for an address; a new one where there is none."""
    for wish in wishes:
        if name := _safe((wish or "").rsplit("/", 1)[-1]):
            return name
    return uuid4().hex + (mimetypes.guess_extension(media_type) or "")


def folder_name(wish: str) -> str:
    return "/".join(part for part in map(_safe, wish.split("/")) if part)


def name_in(url: str) -> str:
    """The last part of an address's path."""
    return unquote(urlsplit(url).path).rsplit("/", 1)[-1]


def media_type_of(named: str, name: str) -> str:
    """What the sender calls it; where that says nothing, what its name does."""
    if named.lower() not in _SAYS_NOTHING:
        return named
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _safe(part: str) -> str:
    """The part of a path in plain letters. Names that differ stay different."""
    safe = _UNSAFE.sub("_", part).strip(".")[-_LONGEST:]
    if not safe or safe == part:
        return safe
    return f"{sha256(part.encode('utf-8', errors='replace')).hexdigest()[:8]}-{safe}"
