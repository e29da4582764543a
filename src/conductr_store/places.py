"""Where media live: from an address to an object store, and its troubles in words."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from .errors import MediaUnavailable

STAGING = ".part"  # beside the two-letter folders: what is being written, and what a crash left behind
OS_ERROR = re.compile(r"\(os error (\d+)\)")  # how the Rust below obstore writes an errno
FOLDER_HINT = "Make the folder writable for this user and see that the disk has room, or name another folder."
BUCKET_HINT = "Check the bucket's name, the AWS_ settings of this process, and the network."
# A key says what its bytes are, so that to send them again is harmless.
RETRIES: RetryConfig = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
CACHE_HINT = "Name a cache folder that this user may write to."

if TYPE_CHECKING:
    from obstore.store import RetryConfig

FOREIGN = (OSError, BaseError)  # what obstore and the disk raise


def folder_of(url: str) -> Path | None:
    """The folder of a plain path or a file:// address; None for another place."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Path(unquote(parts.path)).absolute()
    return None if "://" in url else Path(url).absolute()


def place_of(url: str) -> str:
    """Where it is, in words, without keys."""
    if (folder := folder_of(url)) is not None:
        return f"The media folder {folder}"
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return f"The media bucket {parts.hostname or ''}{parts.path}"
    return "The media in memory" if parts.scheme == "memory" else "The media"


def objects_of(url: str) -> LocalStore | MemoryStore | S3Store:
    """The object store at `url`; makes its folder. Raises MediaUnavailable."""
    try:
        if (folder := folder_of(url)) is not None:
            (folder / STAGING).mkdir(parents=True, exist_ok=True)
            return LocalStore(folder)
        match urlsplit(url).scheme:
            case "memory":
                return MemoryStore()
            case "s3":
                return S3Store.from_url(url, retry_config=RETRIES)
            case _:
                hint = 'Write a folder\'s path, "s3://bucket/prefix", or "memory://".'
                raise MediaUnavailable("The media", "their address is not one that the store knows", hint)
    except FOREIGN as error:
        raise unavailable(place_of(url), error) from error


@contextmanager
def words_of_trouble(place: str) -> Generator[None]:
    """Errors of the disk and of obstore as MediaUnavailable."""
    try:
        yield
    except FOREIGN as error:
        raise unavailable(place, error) from error


def unavailable(place: str, error: Exception) -> MediaUnavailable:
    """`error` in words. Its own text stays with the cause: it may hold addresses."""
    number = error.errno if isinstance(error, OSError) else None
    if number is None and (found := OS_ERROR.search(str(error))):
        number = int(found[1])
    words = "the disk is full" if number == errno.ENOSPC else os.strerror(number) if number else "it does not answer"
    hint = BUCKET_HINT if "bucket" in place else CACHE_HINT if "cache" in place else FOLDER_HINT
    return MediaUnavailable(place, words, hint)
