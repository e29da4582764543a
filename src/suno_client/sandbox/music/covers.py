"""Cover art: an abstract picture for each genre, painted from the song's seed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from suno_client.sandbox.music import landscapes, scenes
from suno_client.sandbox.music.scenes import Canvas
from suno_client.sandbox.music.wish import Plan

SIDE = 1_024  # pixels
_PAINTED = 640  # pixels; the finish is put on at full size, so that it looks sharp
_SCENES: Mapping[str, Callable[[Canvas], None]] = {
    "lofi": scenes.window_in_the_rain,
    "synthwave": scenes.sun_over_a_grid,
    "jazz": scenes.cut_paper,
    "rock": scenes.broken_rays,
    "ambient": landscapes.veils,
    "classical": landscapes.golden_arcs,
    "house": landscapes.club_lights,
    "folk": landscapes.hills,
}


def draw(plan: Plan) -> Image.Image:
    """A square picture. Dark songs are dark; the two takes of a request look alike but are not the same."""
    canvas = Canvas(_PAINTED, np.random.default_rng(plan.seed), dark=plan.minor or plan.brightness < 0)
    _SCENES[plan.genre](canvas)
    small = Image.fromarray((np.clip(canvas.pixels, 0, 1) * 255).astype(np.uint8))
    large = np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32) / np.float32(255)
    return Image.fromarray(_finished(large, canvas.dice))


def jpeg(picture: Image.Image, side: int) -> bytes:
    out = io.BytesIO()
    scaled = picture if picture.width == side else picture.resize((side, side), Image.Resampling.LANCZOS)
    scaled.save(out, "JPEG", quality=86)
    return out.getvalue()


def _finished(pixels: NDArray[np.float32], dice: np.random.Generator) -> NDArray[np.uint8]:
    """Edges a little darker, and the grain of print."""
    side = pixels.shape[0]
    across = np.linspace(-1, 1, side, dtype=np.float32)
    vignette = 1.0 - 0.26 * np.clip(across[:, None] ** 2 + across[None, :] ** 2 - 0.35, 0, None)
    grain = dice.standard_normal((side, side), dtype=np.float32) * np.float32(0.016)
    return (np.clip(pixels * vignette[..., None] + grain[..., None], 0, 1) * 255).astype(np.uint8)
