"""conductr doctor: looks at everything a song needs on its way, and says what to do about what is missing."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.metadata import PackageNotFoundError, version

import anyio.to_thread
from attrs import frozen

from conductr import Settings, word
from conductr.app import check_data_dir
from conductr.dialling import own_gateways, ring_of
from conductr_bot.doctor import check_token
from conductr_player import find_ffmpeg
from conductr_store import Media, check_up
from suno_client import SunoError

from .sealing import lying_under

OLDEST_PYTHON = (3, 11)
VOICE_PARTS = ("py-cord", "PyNaCl", "davey")


@frozen
class Finding:
    """`ok` is None where a part is simply not set up; `advice` says what to do."""

    part: str
    ok: bool | None
    text: str
    advice: str | None = None


async def examine(settings: Settings, say: Callable[[str], object]) -> bool:
    """Tell each finding as it comes. True where nothing stands in the way of music."""
    healthy = True
    async for finding in _findings(settings):
        mark = {True: "ok  ", False: "FAIL", None: "-   "}[finding.ok]
        say(f"{mark} {finding.part}: {finding.text}")
        if finding.advice:
            say(f"       {finding.advice}")
        healthy = healthy and finding.ok is not False
    say("Everything is ready: run `conductr up`." if healthy else "Mend what says FAIL, then run this again.")
    return healthy


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield _python()
    yield await anyio.to_thread.run_sync(_ffmpeg)
    yield _voice()
    checks: tuple[tuple[str, Callable[[Settings], Awaitable[Finding]]], ...] = (
        ("Data folder", _folder),
        ("Database", _database),
        ("Media", _media),
        ("Suno", _suno),
        ("Discord", _discord),
    )
    for part, check in checks:
        try:
            yield await check(settings)
        except Exception as error:  # noqa: BLE001 - a doctor names every ailment and goes on
            said = word(error)
            yield Finding(part, False, said.text, said.hint)


def _python() -> Finding:
    ok = sys.version_info >= OLDEST_PYTHON
    return Finding("Python", ok, platform.python_version(), None if ok else "Conductr needs Python 3.11 or newer.")


def _ffmpeg() -> Finding:
    try:
        program = find_ffmpeg()
        told = subprocess.run(
            [program, "-hide_banner", "-encoders"], capture_output=True, text=True, timeout=20, check=True
        )
    except Exception as error:  # noqa: BLE001 - whatever keeps it from running is the finding
        return Finding(
            "FFmpeg",
            False,
            f"not usable ({type(error).__name__})",
            "pip install imageio-ffmpeg, or set CONDUCTR_FFMPEG to an ffmpeg program.",
        )
    if "libopus" not in told.stdout:
        return Finding(
            "FFmpeg", False, f"{program} has no Opus encoder", "pip install imageio-ffmpeg brings one that has."
        )
    return Finding("FFmpeg", True, str(program))


def _voice() -> Finding:
    versions: list[str] = []
    for part in VOICE_PARTS:
        try:
            versions.append(f"{part} {version(part)}")
        except PackageNotFoundError:
            return Finding("Voice", False, f"{part} is not installed", 'pip install "py-cord[voice]" brings it.')
    return Finding("Voice", True, ", ".join(versions))


async def _folder(settings: Settings) -> Finding:
    check_data_dir(settings)
    return Finding("Data folder", True, str(settings.data_dir.absolute()))


async def _database(settings: Settings) -> Finding:
    found = await check_up(settings.database)
    what = f"{found.place} ({found.engine}), schema {found.revision or 'not made yet'}"
    if not found.healthy:
        advice = "Stop Conductr, keep a copy of it, and put the newest backup in its place."
        return Finding("Database", False, f"{what}: {'; '.join(found.troubles)}", advice)
    if not found.up_to_date:
        return Finding(
            "Database", True, f"{what}; {found.newest} is the newest", "conductr migrate, or up, brings it there."
        )
    told, advice, opens = await lying_under(settings)
    return Finding("Database", opens, f"{what}, whole; members' keys: {told}", advice)


async def _media(settings: Settings) -> Finding:
    await Media(settings.media, cache=settings.data_dir / "cache").put_bytes(b"conductr doctor", ".txt")
    return Finding("Media", True, "can be written")


async def _suno(settings: Settings) -> Finding:
    if settings.embedded_suno:
        return Finding(
            "Suno", None, "no key set: songs are composed on this machine", "Set CONDUCTR_SUNO_API_KEY for Suno's own."
        )
    ring_of(settings)  # refuses sealing keys that cannot be read
    told, advice = list[str](), list[str]()
    for gateway in own_gateways(settings):
        name = f"{gateway.name}: " if settings.providers else ""
        async with gateway.suno as suno:
            try:
                told.append(f"{name}the key works, {await suno.credits()} credits left")
            except SunoError as error:
                said = word(error)
                told.append(name + said.text)
                advice.append(name + (said.hint or "Look at its key and address."))
    return Finding("Suno", not advice, "; ".join(told), "; ".join(advice) or None)


async def _discord(settings: Settings) -> Finding:
    if settings.discord_token is None:
        return Finding(
            "Discord", None, "no token set: music plays in the browser only", "Set CONDUCTR_DISCORD_TOKEN for a bot."
        )
    name, invite = await check_token(settings.discord_api_base, settings.discord_token.get_secret_value())
    return Finding("Discord", True, f"the token is {name}'s; invite it with {invite}")
