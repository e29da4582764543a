"""The pictures on covers, one for each genre; shapes are smooth masks on a canvas of floats."""

from __future__ import annotations

import colorsys
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.floating[Any]]
Colour = tuple[float, float, float]


def hue(angle: float, saturation: float, value: float) -> Colour:
    return colorsys.hsv_to_rgb(angle % 1.0, saturation, value)


class Canvas:
    """A square of colour. `x` and `y` run from 0 to 1, from the upper left."""

    def __init__(self, side: int, dice: np.random.Generator, *, dark: bool) -> None:
        self.side, self.dice, self.dark = side, dice, dark
        line = (np.arange(side, dtype=np.float32) + np.float32(0.5)) / np.float32(side)
        self.x, self.y = line[None, :], line[:, None]
        self.pixels: NDArray[np.float32] = np.zeros((side, side, 3), np.float32)

    def between(self, low: float, high: float) -> float:
        return float(self.dice.uniform(low, high))

    def gradient(self, *colours: Colour) -> None:
        """Fills the canvas from top to bottom."""
        stops = np.linspace(0, 1, len(colours))
        for channel in range(3):
            column = np.interp(self.y[:, 0], stops, [colour[channel] for colour in colours])
            self.pixels[..., channel] = column[:, None]

    def paint(self, mask: Mask, colour: Colour, strength: float = 1.0) -> None:
        cover = np.asarray(mask * strength, np.float32)[..., None]
        self.pixels += (np.asarray(colour, np.float32) - self.pixels) * cover

    def shine(self, mask: Mask, colour: Colour, strength: float = 1.0) -> None:
        """Adds light."""
        self.pixels += np.asarray(mask * strength, np.float32)[..., None] * np.asarray(colour, np.float32)

    def soft(self, distance: Mask, width: float = 0.0015) -> Mask:
        """A mask that is 1 where `distance` is below 0, with a smooth edge."""
        return 1.0 / (1.0 + np.exp(np.clip(distance / width, -40, 40)))

    def disc(self, x: float, y: float, radius: float, edge: float = 0.0015) -> Mask:
        return self.soft(np.hypot(self.x - x, self.y - y) - radius, edge)

    def glow(self, x: float, y: float, radius: float) -> Mask:
        return np.exp(-((self.x - x) ** 2 + (self.y - y) ** 2) / np.float32(radius * radius))

    def ridge(self, base: float, height: float, rough: float) -> NDArray[np.float64]:
        """The outline of hills: a y for each x."""
        x = self.x[0].astype(np.float64)
        line = np.zeros_like(x)
        for octave in range(5):
            line += np.sin(2 * np.pi * (x * rough * 1.9**octave + self.between(0, 1))) * 0.55**octave
        return base - height * line / 2

    def drop(
        self,
        x: float,
        y: float,
        radius: float,
        colour: Colour,
        strength: float,
        *,
        edge: float = 0.0015,
        light: bool = True,
    ) -> None:
        """A disc that is painted, or shone, only where it is: there can be many."""
        reach = radius + edge * 6
        left, right = (
            int(np.clip(place * self.side, 0, self.side)) for place in (x - reach, x + reach + 1 / self.side)
        )
        top, bottom = (
            int(np.clip(place * self.side, 0, self.side)) for place in (y - reach, y + reach + 1 / self.side)
        )
        away = np.hypot(self.x[:, left:right] - x, self.y[top:bottom] - y)
        cover = (self.soft(away - radius, edge) * strength)[..., None].astype(np.float32)
        part = self.pixels[top:bottom, left:right]
        part += cover * (np.asarray(colour, np.float32) - (0 if light else part))

    def below(self, line: NDArray[np.float64]) -> Mask:
        return self.soft(line[None, :] - self.y)


def window_in_the_rain(canvas: Canvas) -> None:
    """Lights of a town at night, out of focus, behind drops on a pane."""
    base = canvas.between(0.6, 0.75)
    canvas.gradient(hue(base, 0.55, 0.13), hue(base + 0.03, 0.5, 0.26), hue(base + 0.3, 0.4, 0.3))
    for _ in range(34):
        x, y, size = canvas.between(0, 1), canvas.between(0.3, 0.95), canvas.between(0.02, 0.075)
        colour = hue(canvas.dice.choice((0.08, 0.1, 0.95, base + 0.1, 0.12)), canvas.between(0.35, 0.7), 1.0)
        strength = canvas.between(0.06, 0.3)
        canvas.drop(x, y, size, colour, strength + 0.1, edge=0.004)
        canvas.drop(x, y, size * 0.93, colour, -0.1, edge=0.003)
    canvas.shine(canvas.glow(canvas.between(0.3, 0.7), 0.8, 0.4), hue(0.08, 0.6, 1.0), 0.2)
    for _ in range(90):
        x, y, size = canvas.between(0, 1), canvas.between(0, 1), canvas.between(0.002, 0.008)
        canvas.drop(x, y, size, (0.75, 0.85, 1.0), 0.22)
        canvas.drop(x, y + size * 0.5, size * 0.7, hue(base, 0.5, 0.15), 0.35, light=False)
    for bar in (canvas.between(0.3, 0.4), canvas.between(0.66, 0.76)):
        canvas.paint(canvas.soft(np.abs(canvas.x - bar) - 0.006 + 0 * canvas.y), hue(base, 0.4, 0.05), 0.9)


def sun_over_a_grid(canvas: Canvas) -> None:
    """A striped sun going down behind a plain of lines."""
    tone = canvas.between(0.72, 0.86)
    canvas.gradient(
        hue(tone - 0.1, 0.9, 0.1), hue(tone - 0.03, 0.8, 0.32), hue(tone + 0.1, 0.7, 0.75), hue(tone + 0.2, 0.6, 0.9)
    )
    stars = canvas.dice.random((canvas.side, canvas.side), dtype=np.float32)
    canvas.shine(np.where((stars > 0.9992) & (canvas.y < 0.45), 0.7, 0.0), (1, 1, 1))
    horizon, x, radius = 0.62, canvas.between(0.4, 0.6), canvas.between(0.22, 0.28)
    y = horizon - radius * 0.55
    canvas.shine(canvas.glow(x, y, radius * 2), hue(tone + 0.15, 0.7, 1.0), 0.35)
    depth = (canvas.y - (y - radius)) / (2 * radius)
    stripes = canvas.soft(np.sin(canvas.y * 160) - 1.0 + 1.6 * np.clip(depth - 0.35, 0, 1), 0.05)
    sun = canvas.disc(x, y, radius) * np.where(depth < 0.4, 1.0, stripes) * (canvas.y < horizon)
    canvas.paint(sun * np.clip(1 - depth, 0, 1), hue(0.14, 0.55, 1.0))
    canvas.paint(sun * np.clip(depth, 0, 1), hue(0.93, 0.75, 1.0), 0.9)
    canvas.paint(
        canvas.below(canvas.ridge(horizon, 0.08, canvas.between(1.2, 2.0))) * (canvas.y < horizon),
        hue(tone - 0.06, 0.9, 0.12),
    )
    ground = (canvas.y >= horizon).astype(np.float32)
    canvas.paint(ground + 0 * canvas.x, hue(tone - 0.05, 0.95, 0.1))
    far = 1.0 / np.maximum(canvas.y - horizon, 0.004)
    lines = np.abs(((canvas.x - x) * far * 1.6 + 0.5) % 1.0 - 0.5) < 0.011 * np.sqrt(far) * 0.7
    rows = np.abs((far * 0.55 + 0.5) % 1.0 - 0.5) < 0.012 * far * 0.55
    light = ground * np.clip(1.3 - (canvas.y - horizon) * 1.2, 0, 1)
    canvas.shine((lines | rows) * light, hue(tone + 0.08, 0.7, 1.0), 0.75)
    canvas.shine(np.exp(-(((canvas.y - horizon) / 0.012) ** 2)) + 0 * canvas.x, hue(tone + 0.1, 0.5, 1.0), 0.6)


def cut_paper(canvas: Canvas) -> None:
    """Cut paper on warm ground: discs, bars and a record, as on sleeves of long ago."""
    tone = canvas.dice.choice((0.07, 0.1, 0.57, 0.98))
    paper = hue(0.11, 0.16, 0.93) if not canvas.dark else hue(tone + 0.5, 0.55, 0.22)
    canvas.gradient(paper, paper)
    inks = [hue(tone, 0.75, 0.85), hue(tone + 0.07, 0.65, 0.95), hue(tone + 0.5, 0.55, 0.4), hue(tone + 0.47, 0.7, 0.2)]
    angle = canvas.between(-0.5, 0.5)
    across = canvas.x * np.cos(angle) + canvas.y * np.sin(angle)
    along = canvas.y * np.cos(angle) - canvas.x * np.sin(angle)
    start = canvas.between(0.0, 0.15)
    for number in range(7):
        width, height = canvas.between(0.04, 0.13), canvas.between(0.25, 0.8)
        top = canvas.between(-0.1, 0.35)
        bar = canvas.soft(np.abs(across - start - width / 2) - width / 2) * canvas.soft(
            np.abs(along - top - height / 2) - height / 2
        )
        canvas.paint(bar, inks[number % 4], 0.94)
        start += width + canvas.between(0.01, 0.08)
    x, y, radius = canvas.between(0.5, 0.72), canvas.between(0.5, 0.7), canvas.between(0.22, 0.3)
    away = np.hypot(canvas.x - x, canvas.y - y)
    canvas.paint(canvas.soft(away - radius), hue(tone + 0.5, 0.4, 0.08), 0.97)
    canvas.shine(canvas.soft(away - radius) * (0.5 + 0.5 * np.sin(away * 900)), (1, 1, 1), 0.05)
    canvas.shine(
        canvas.soft(away - radius) * np.clip(np.cos(np.arctan2(canvas.y - y, canvas.x - x) * 2 + 1), 0, 1) ** 8,
        (1, 1, 1),
        0.12,
    )
    canvas.paint(canvas.soft(away - radius * 0.36), inks[0])
    canvas.paint(canvas.soft(away - radius * 0.05), paper)


def broken_rays(canvas: Canvas) -> None:
    """Rays from one point, torn edges, one hot colour on black."""
    tone = canvas.dice.choice((0.0, 0.03, 0.1, 0.55, 0.9))
    canvas.gradient(hue(tone, 0.9, 0.06), hue(tone, 0.8, 0.16))
    x, y = canvas.between(0.3, 0.7), canvas.between(0.55, 0.8)
    turn = np.arctan2(canvas.y - y, canvas.x - x)
    away = np.hypot(canvas.x - x, canvas.y - y)
    torn = turn + 0.05 * np.sin(away * canvas.between(30, 60)) + 0.03 * np.sin(away * 131 + turn * 9)
    for _ in range(11):
        centre, width = canvas.between(-np.pi, np.pi), canvas.between(0.03, 0.16)
        gap = np.abs((torn - centre + np.pi) % (2 * np.pi) - np.pi) - width
        bright = canvas.between(0.4, 1.0)
        canvas.paint(canvas.soft(gap, 0.006), hue(tone + canvas.between(-0.02, 0.05), 0.85, bright), 0.85)
    canvas.shine(np.exp(-away * 5), hue(tone + 0.08, 0.5, 1.0), 0.9)
    canvas.paint(canvas.below(canvas.ridge(canvas.between(0.8, 0.88), 0.13, 3.1)), (0.02, 0.02, 0.025))
    for _ in range(260):
        colour = (0.95, 0.93, 0.9) if canvas.dice.random() < 0.5 else (0.02, 0.02, 0.02)
        canvas.drop(
            canvas.between(0, 1), canvas.between(0, 1), canvas.between(0.0005, 0.0025), colour, 0.8, light=False
        )
