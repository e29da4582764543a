"""The plain questions: what is left, what can be done, and a file from an address."""

from __future__ import annotations

from pathlib import Path

from suno_client.dialects import DIALECTS

from .desk import Desk
from .files import check_free, kind_of, save
from .shapes import Outcome, files_outcome


async def credits_left(desk: Desk) -> Outcome:
    left = await desk.suno.credits()
    return Outcome({"credits": left}, (f"{left} credits",))


async def download(desk: Desk, url: str, output: Path, *, force: bool, resume: bool) -> Outcome:
    check_free([output], force=force)
    saved = await save(desk, "file", url, output, kind=kind_of(output), force=force, resume=resume)
    return files_outcome(None, [saved])


async def features(desk: Desk) -> Outcome:
    """What this kind of gateway can do, beside what others can. Nothing is sent."""
    known = sorted(frozenset[str]().union(*(each.features for each in DIALECTS.values())))
    can = {feature: desk.suno.supports(feature) for feature in known}
    lines = [f"{'yes' if able else 'no':4} {feature}" for feature, able in can.items()]
    return Outcome(
        {"dialect": desk.suno.dialect, "features": can}, (f"A gateway of the kind {desk.suno.dialect}:", *lines)
    )
