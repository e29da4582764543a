"""What a fake gateway may say or leave unsaid: replies, losses, and bodies that pass for the real thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import httpx

BASE_URL = "https://suno.test"
PIXEL = bytes.fromhex(  # a PNG of one black pixel
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763606060000000040001274834f60000000049454e44ae426082"
)


@dataclass(frozen=True)
class Reply:
    """An answer instead of the usual one. A mapping as body goes out as JSON."""

    body: bytes | str | Mapping[str, object] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Loss:
    """The network fails: before anything was sent, or after; `accepted`: Suno had taken the song all the same."""

    how: Literal["refused", "reset", "timeout"] = "reset"
    accepted: bool = False


Fault = Reply | Loss


def envelope(code: int, msg: str, data: object = None, *, status: int = 200) -> Reply:
    """A gateway's answer; its errors mostly come with HTTP 200 (reference: suno.md 2A.2)."""
    return Reply({"code": code, "msg": msg, "data": data}, status)


def silent_mp3(seconds: float) -> bytes:
    """Silence as real MP3 frames: MPEG 1, layer III, 128 kbit/s, 44.1 kHz, stereo."""
    frame = b"\xff\xfb\x90\x64".ljust(417, b"\0")  # 144 x 128,000 / 44,100 bytes for 1,152 samples
    return frame * max(1, round(seconds * 44_100 / 1_152))


def response_of(reply: Reply, request: httpx.Request) -> httpx.Response:
    if isinstance(reply.body, Mapping):
        return httpx.Response(reply.status, json=dict(reply.body), headers=dict(reply.headers), request=request)
    return httpx.Response(reply.status, content=reply.body, headers=dict(reply.headers), request=request)


def error_of(loss: Loss, request: httpx.Request) -> httpx.TransportError:
    kinds = {"refused": httpx.ConnectError, "reset": httpx.ReadError, "timeout": httpx.ReadTimeout}
    return kinds[loss.how]("the fake network failed", request=request)
