"""Fetching what a request only points at: a file on the web, or one of this sandbox's own."""

from __future__ import annotations

from pathlib import Path

import anyio
import httpx

FETCH_S = 30.0  # suno.md 2A.9
FETCH_BYTES = 100_000_000


class Unfetched(RuntimeError):
    """The address gave no file; the message says why, without the address."""


async def fetch(url: str, target: Path, *, limit_bytes: int = FETCH_BYTES, within_s: float = FETCH_S) -> str:
    """Writes the file behind `url` to `target`. Returns the media type that its host names, "" for none.

    Raises Unfetched, and leaves no half file behind.
    """
    try:
        with anyio.fail_after(within_s):
            async with httpx.AsyncClient(timeout=within_s, trust_env=False, follow_redirects=True) as client:
                return await _write(client, url, target, limit_bytes)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        await anyio.Path(target).unlink(missing_ok=True)
        raise Unfetched(f"The file could not be fetched: {type(error).__name__}.") from error
    except Unfetched:
        await anyio.Path(target).unlink(missing_ok=True)
        raise


async def _write(client: httpx.AsyncClient, url: str, target: Path, limit_bytes: int) -> str:
    async with client.stream("GET", url) as answer, await anyio.open_file(target, "wb") as file:
        if not answer.is_success:
            raise Unfetched(f"The file could not be fetched: HTTP {answer.status_code}.")
        size = 0
        async for part in answer.aiter_bytes():
            size += len(part)
            if size > limit_bytes:
                raise Unfetched(f"The file is larger than {limit_bytes // 1_000_000} MB.")
            await file.write(part)
        media_type: str = answer.headers.get("content-type", "")
        return media_type.split(";", maxsplit=1)[0].strip()
