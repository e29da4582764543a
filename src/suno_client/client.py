"""SunoClient: a gateway's address, a key, and all that can be asked there. For asyncio and trio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict, TypeVar, Unpack

from . import download as media
from ._addresses import AddressGuard
from ._files.hosts import MediaHosts
from ._logs import switch_on
from ._options import NO_CALLBACK, Observe, Options
from ._poller import Poller
from ._polling import Polling
from ._retrying import Retrying
from ._sending import Answered, Sender
from ._transport import HttpClient, Sealed, Transport
from .dialects import choose
from .download import Download, OnProgress, Source, Target
from .generations import Generations
from .jobs import CoverImageJobs, LyricsJobs, MidiJobs, StemJobs, VideoJobs, WavJobs
from .journal import Journal
from .limiter import Limiter, shared_limiter
from .requests import GetCredits, Request
from .uploads import Uploads
from .voices import Personas, Styles, Voices

R = TypeVar("R")


class ClientOptions(TypedDict, total=False):
    """What `with_options` takes; the constructor says what each is."""

    timeout_s: float
    callback_url: str
    polling: Polling
    retrying: Retrying
    headers: Mapping[str, str]
    journal: Journal | None
    submission_id: str | None
    observe: Observe | None


class SunoClient:
    """Use it with `async with`, or close it with `aclose`. Nothing is sent until something is asked.

    `dialect`: "sunoapi", "kie" or "gcui"; told by `base_url` where it is not given. `http`: an httpx.AsyncClient of
    your own, for pools and certificates, which stays yours to close; or `proxy`, an address. `upload_url`: where files
    go, told by the dialect. `callback_url`: gateways demand one even from those who poll. `limiter`: instead of the
    one that all clients of a key share. `journal`, `submission_id`: notes that make a submission durable. `observe`:
    told of each exchange. `headers`: further ones, to the gateway alone. `allow_private_hosts`: songs may lie in a
    private network, as in tests; the host of `base_url` is always allowed. Raises InvalidRequest.
    """

    def __init__(
        self,
        api_key: str = "",
        *,
        base_url: str | None = None,
        dialect: str | None = None,
        http: HttpClient | None = None,
        proxy: str | None = None,
        upload_url: str | None = None,
        timeout_s: float = 20.0,
        callback_url: str = NO_CALLBACK,
        polling: Polling = Polling(),  # noqa: B008 - frozen
        retrying: Retrying = Retrying(),  # noqa: B008 - frozen
        headers: Mapping[str, str] | None = None,
        limiter: Limiter | None = None,
        journal: Journal | None = None,
        observe: Observe | None = None,
        allow_private_hosts: bool = False,
    ) -> None:
        switch_on()
        key, route = Sealed(api_key), Sealed(proxy) if proxy is not None else None
        del api_key, proxy
        options = Options(
            timeout_s=timeout_s,
            callback_url=callback_url,
            polling=polling,
            retrying=retrying,
            headers=dict(headers or {}),
            journal=journal,
            observe=observe,
        )
        chosen = choose(dialect, base_url)
        transport = Transport(key, chosen, base_url=base_url, upload_url=upload_url, http=http, proxy=route)
        account = f"{transport.home[0]}:{transport.home[1]}"
        poller = Poller(polling.lanes, polling.floor_s, polling.keep_s)
        limiter = limiter or shared_limiter(account, key.open())
        guard = AddressGuard(transport.home, allow_private=allow_private_hosts)
        self._set_up(Sender(transport, chosen, limiter, poller, options), guard)

    def _set_up(self, sender: Sender, guard: AddressGuard) -> None:
        self._sender = sender
        self._guard = guard
        self.generations = Generations(sender)
        self.lyrics = LyricsJobs(sender)
        self.wav = WavJobs(sender)
        self.videos = VideoJobs(sender)
        self.stems = StemJobs(sender)
        self.midi = MidiJobs(sender)
        self.cover_images = CoverImageJobs(sender)
        self.personas = Personas(sender)
        self.styles = Styles(sender)
        self.voices = Voices(sender)
        self.uploads = Uploads(sender)

    def __repr__(self) -> str:
        if not hasattr(self, "_sender"):
            return "<SunoClient that could not be made>"
        return f"SunoClient({self._sender.transport.base_url!r}, dialect={self.dialect!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections, for copies with other options too; an `http` that was brought along stays open."""
        await self._sender.transport.aclose()

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """A copy for some calls: the same connections, limiter and poller. Close one, and both are closed.

        Of `polling` a copy takes the delays; lanes, floor and memory are those of the poller that all share.
        """
        copy = object.__new__(type(self))
        copy._set_up(self._sender.with_options(**options), self._guard)
        return copy

    @property
    def dialect(self) -> str:
        """The kind of gateway that it speaks to: "sunoapi", "kie" or "gcui"."""
        return self._sender.dialect.name

    @property
    def features(self) -> frozenset[str]:
        """All that this kind of gateway can do; what is not among it raises Unsupported before anything is sent."""
        return self._sender.dialect.features

    def supports(self, feature: str) -> bool:
        """Whether the gateway can do it: "stems", "midi", ...; `features` holds the names."""
        return feature in self.features

    async def credits(self) -> int:
        """The account's balance. Raises Refused, NotSent, Unanswered, Misunderstood."""
        return await self._sender.ask(GetCredits())

    async def send(self, request: Request[R]) -> Answered[R]:
        """Any request of `suno_client.requests`, with the raw answer: status, headers, body, request id, and `parse()`.

        A refusal is in the answer; NotSent, Unanswered and Misunderstood without any answer are raised.
        """
        return await self._sender.send(request)

    async def download(
        self,
        source: Source,
        target: Target,
        *,
        expected_duration_s: float | None = None,
        max_bytes: int | None = None,
        on_progress: OnProgress | None = None,
        resume: bool = False,
        derived: bool = False,
        kind: media.KindName = "audio",
    ) -> Download:
        """A finished song as a file, checked: length, magic bytes, and a size that fits its duration.

        `source`: an address, or a Clip, all of whose addresses are tried; `derived` adds a guess to them. A path as
        `target` appears whole or not at all; with `resume` a later call goes on where this one broke off. A file of
        yours is written to as the bytes come, and stays open. `on_progress` is told bytes so far and in all, None
        where unknown. `kind`: "audio", "wav" or "video". Raises BadMedia, NotSent, Unanswered; OSError where it cannot
        be written.
        """
        return await media.download(
            self._hosts,
            source,
            target,
            kind=kind,
            expected_duration_s=expected_duration_s,
            max_bytes=max_bytes,
            on_progress=on_progress,
            resume=resume,
            derived=derived,
        )

    def download_chunks(
        self,
        source: Source,
        *,
        expected_duration_s: float | None = None,
        max_bytes: int | None = None,
        derived: bool = False,
        kind: media.KindName = "audio",
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """As `download`, into an iterator: only when it ends by itself the bytes were right."""
        return media.download_chunks(
            self._hosts,
            source,
            kind=kind,
            expected_duration_s=expected_duration_s,
            max_bytes=max_bytes,
            derived=derived,
        )

    async def download_image(self, url: str, target: Path, *, max_bytes: int = 10_000_000) -> Download:
        """A cover as a file: JPEG, PNG or WebP, told by `media_type`. Raises as `download`."""
        return await media.download(self._hosts, url, target, kind="image", max_bytes=max_bytes)

    def stream(self, url: str, *, silence_s: float = 30.0) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The growing song, MP3 as it is made; `silence_s` is the longest time without a byte, also before the first.

        Raises BadMedia where it is empty or no audio, NotSent, Unanswered.
        """
        return media.listen(self._hosts, url, silence_s=silence_s)

    @property
    def _hosts(self) -> MediaHosts:
        transport, options = self._sender.transport, self._sender.options
        return MediaHosts(
            transport.http, self._guard, options.retrying, agent=transport.agent, timeout_s=options.timeout_s
        )
