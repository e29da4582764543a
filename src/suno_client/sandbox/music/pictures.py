"""Pictures beside the song: other covers for it, and the frame of its video."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from suno_client.sandbox.music.covers import SIDE, draw
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.wish import understand

FRAME_SIDE = 320  # pixels
_MARGIN = 12


def other_cover(order: Order, number: int) -> bytes:
    """A PNG of the song's kind that is none of its takes' covers."""
    plan = understand(order)
    out = io.BytesIO()
    draw(replace(plan, seed=plan.seed ^ (number * 0x9E3779B9))).resize((SIDE // 2, SIDE // 2)).save(out, "PNG")
    return out.getvalue()


def frame(cover: Path, target: Path, *, author: str, domain: str) -> None:
    """Writes the cover as a video's frame, the author at its foot on the left, the domain on the right."""
    with Image.open(cover) as picture:
        small = picture.convert("RGB").resize((FRAME_SIDE, FRAME_SIDE), Image.Resampling.LANCZOS)
    pen, font = ImageDraw.Draw(small), ImageFont.load_default(13)
    foot = FRAME_SIDE - _MARGIN
    for text, x, anchor in ((author, _MARGIN, "ls"), (domain, foot, "rs")):
        pen.text((x, foot), text, "white", font, anchor=anchor, stroke_width=1, stroke_fill="black")
    small.save(target, "PNG")
