"""Keys of media files: "ab/cd/<sha256>.mp3", where abcd are the hash's first letters. Nothing else reaches a disk."""

from __future__ import annotations

import re
from typing import NewType

from .errors import NotAMediaKey

MediaKey = NewType("MediaKey", str)

SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})\.[a-z0-9]{1,8}")


def key_for(hashed: str, suffix: str) -> MediaKey:
    """Raises ValueError for a suffix unlike ".mp3"."""
    if not SUFFIX.fullmatch(suffix):
        raise ValueError(f"{suffix!r} is no suffix; write one like '.mp3'")
    return MediaKey(f"{hashed[:2]}/{hashed[2:4]}/{hashed}{suffix}")


def is_key(name: str) -> bool:
    return KEY.fullmatch(name) is not None


def checked(key: str) -> MediaKey:
    """Raises NotAMediaKey for anything that `key_for` does not make."""
    if not is_key(key):
        raise NotAMediaKey
    return MediaKey(key)


def hash_in(key: MediaKey) -> str:
    return key[6:70]
