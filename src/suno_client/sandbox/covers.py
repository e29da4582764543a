"""Cover art: an abstract picture for each genre, drawn from the song's seed."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from suno_client.sandbox.wish import Plan


def draw(plan: Plan) -> Image.Image:
    dice = np.random.default_rng(plan.seed)
    y, x = np.mgrid[0:1024, 0:1024] / 1024
    a, b = dice.random(3), dice.random(3)
    pixels = (a * y[..., None] + b * x[..., None]) * 160
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def jpeg(picture: Image.Image, size: int) -> bytes:
    out = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(out, "JPEG", quality=86)
    return out.getvalue()
