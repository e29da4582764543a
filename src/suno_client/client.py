"""SunoClient: a gateway's address, a key, and all that can be asked there. For asyncio and trio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from . import download as media
from ._media import audio_type, image_type
from ._polling import Polling
from ._transport import HttpClient, Transport
from .dialects import sunoapi
from .download import Download, OnProgress
from .generations import Generations


class SunoClient:
    """Use it with `async with`, or close it with `aclose`. Nothing is sent until something is asked.

    `http`: an httpx.AsyncClient of your own, for proxies or pools; it stays yours to close. `callback_url`: the gateway
    demands one even from those who poll. `allow_private_hosts`: songs may lie in a private network, as in tests; the
    host of `base_url` is always allowed. Raises InvalidRequest for a key or address that cannot be one.
    """

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = "https://api.sunoapi.org",
        http: HttpClient | None = None,
        timeout_s: float = 20.0,
        callback_url: str = "https://localhost/conductr/no-callback",
        polling: Polling = Polling(),  # noqa: B008 - frozen
        allow_private_hosts: bool = False,
    ) -> None:
        self._transport = Transport(
            api_key, base_url, http, polling, timeout_s=timeout_s, allow_private_hosts=allow_private_hosts
        )
        self.generations = Generations(self._transport, callback_url, polling)

    def __repr__(self) -> str:
        return f"SunoClient({self._transport.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def credits(self) -> int:
        """The account's balance. Raises Refused, NotSent, Unanswered, Misunderstood."""
        return await self._transport.ask(sunoapi.credit(), sunoapi.read_credits)

    async def download(
        self,
        url: str,
        target: Path,
        *,
        expected_duration_s: float | None = None,
        max_bytes: int = 60_000_000,
        on_progress: OnProgress | None = None,
    ) -> Download:
        """A finished song as a file, checked: length, magic bytes, and a size that fits `expected_duration_s`.

        `target` appears whole or not at all. `on_progress` is told bytes so far and in all, None where unknown.
        Raises BadMedia, NotSent, Unanswered; OSError where `target` cannot be written.
        """
        return await media.fetch(
            self._transport,
            url,
            target,
            audio_type,
            max_bytes=max_bytes,
            expected_duration_s=expected_duration_s,
            on_progress=on_progress,
        )

    async def download_image(self, url: str, target: Path, *, max_bytes: int = 10_000_000) -> Download:
        """A cover as a file: JPEG, PNG or WebP, told by `media_type`. Raises as `download`."""
        return await media.fetch(self._transport, url, target, image_type, max_bytes=max_bytes)

    def stream(self, url: str, *, silence_s: float = 30.0) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The growing song, MP3 as it is made; `silence_s` is the longest time without a byte, also before the first.

        Raises BadMedia where it is empty or no audio, NotSent, Unanswered.
        """
        return media.listen(self._transport, url, silence_s=silence_s)
