"""Takes that were composed before: equal orders give equal sound, so a second one need not be composed again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Self
from uuid import uuid4

from suno_client.sandbox.music.order import Order

VARIABLE = "SUNO_SANDBOX_KEPT"


class KeptTakes:
    """A folder of takes, each under its order and this version. Several sandboxes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def named_in(cls, environment: Mapping[str, str]) -> Self | None:
        """None where SUNO_SANDBOX_KEPT names no folder: then nothing is kept."""
        folder = environment.get(VARIABLE)
        return cls(Path(folder)) if folder else None

    def fetch(self, order: Order, audio: Path, cover: Path) -> float | None:
        """Puts the take's files there and returns its seconds; None where it was not composed before."""
        kept = self._path(order)
        try:
            duration_s = float(json.loads(kept.with_suffix(".json").read_text())["duration_s"])
            _place(kept.with_suffix(".mp3"), audio)
            _place(kept.with_suffix(".jpeg"), cover)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return duration_s

    def keep(self, order: Order, audio: Path, cover: Path, duration_s: float) -> None:
        """The note of its length comes last: a take that has it is whole. A full disk only means a later composing."""
        kept = self._path(order)
        note = self._folder / f"{uuid4().hex}.new"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _place(audio, kept.with_suffix(".mp3"))
            _place(cover, kept.with_suffix(".jpeg"))
            note.write_text(json.dumps({"duration_s": duration_s}))
            note.replace(kept.with_suffix(".json"))
        except OSError:
            with suppress(OSError):
                note.unlink()

    def _path(self, order: Order) -> Path:
        told = json.dumps([version("suno-client"), asdict(order)], sort_keys=True)
        return self._folder / sha256(told.encode()).hexdigest()


def _place(source: Path, target: Path) -> None:
    """A second name for the same bytes, or a copy where the folders are on two disks."""
    new = target.with_name(f"{uuid4().hex}.new")
    try:
        os.link(source, new)
    except OSError:
        shutil.copyfile(source, new)
    new.replace(target)
