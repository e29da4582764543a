"""Where the FFmpeg program is."""

from __future__ import annotations

import os
import shutil
from importlib import import_module


class FFmpegMissing(RuntimeError):
    """No FFmpeg was found; the message says what to do."""


def find_ffmpeg() -> str:
    """$CONDUCTR_FFMPEG, then PATH, then the wheel imageio-ffmpeg. Raises FFmpegMissing."""
    if named := os.environ.get("CONDUCTR_FFMPEG"):
        return named
    if found := shutil.which("ffmpeg"):
        return found
    try:
        return str(import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise FFmpegMissing(
            "FFmpeg is missing: pip install imageio-ffmpeg, or set CONDUCTR_FFMPEG to its path"
        ) from error
