"""The words of faults that only the self-hosted server's routes have, by kind. Pure data (suno.md 6.3)."""

from __future__ import annotations

from collections.abc import Mapping

GCUI_FAULTS: Mapping[str, frozenset[str]] = {
    "submit": frozenset(["cookie", "captcha", "503"]),
    "task": frozenset(["clip_error", "none_mp3"]),
    "poll": frozenset(["cookie", "503", "empty"]),
    "credit": frozenset(["cookie", "503"]),
}
