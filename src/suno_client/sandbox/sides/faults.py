"""What can go wrong with the side routes alone, by kind. Data only."""

from __future__ import annotations

from collections.abc import Mapping

# Endings of a side task: the words of its own endpoint for "it was taken up, and nothing came of it".
SIDE_FAILURES = frozenset(
    [
        "GENERATE_LYRICS_FAILED", "GENERATE_WAV_FAILED", "GENERATE_MP4_FAILED", "GENERATE_MIDI_FAILED",
        "GENERATE_COVER_FAILED", "GENERATE_STYLE_FAILED", "processing_validate_fail", "fail",
    ]
)  # fmt: skip
# Results that are other than usual: no notes, a lost variant of the lyrics, the spelling of early 2025 (suno.md 2A.8c).
_SHAPES = frozenset(["midi_empty", "one_variant_failed", "old_edition"])
_UPLOADS = frozenset(["400", "401", "405", "500", "502", "504_html", "429_html", "reset", "hang", "data_null"])

SIDE_FAULTS: Mapping[str, frozenset[str]] = {"task": SIDE_FAILURES | _SHAPES, "upload": _UPLOADS}
