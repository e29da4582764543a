"""The wide pictures on covers: ambient, classical, house, folk."""

from __future__ import annotations

import numpy as np

from suno_client.sandbox.music.scenes import Canvas, hue


def veils(canvas: Canvas) -> None:
    """Translucent waves of light, one behind the other."""
    tone = canvas.between(0.45, 0.75)
    top = 0.12 if canvas.dark else 0.5
    canvas.gradient(hue(tone, 0.6, top), hue(tone + 0.06, 0.45, top + 0.22), hue(tone + 0.16, 0.3, top + 0.4))
    canvas.shine(canvas.glow(canvas.between(0.3, 0.7), canvas.between(0.2, 0.4), 0.18), (1.0, 0.95, 0.85), 0.4)
    for number in range(9):
        line = canvas.ridge(0.3 + number * 0.075, canvas.between(0.05, 0.16), canvas.between(0.3, 0.8))
        depth = canvas.y - line[None, :]
        veil = canvas.below(line) * np.exp(-np.clip(depth, 0, None) * 5)
        canvas.shine(veil, hue(tone + number * 0.03, 0.5, 0.9), 0.16)
        canvas.shine(np.exp(-((depth / 0.004) ** 2)), hue(tone + number * 0.03, 0.2, 1.0), 0.14)


def golden_arcs(canvas: Canvas) -> None:
    """Fine golden arcs over deep colour, like the ribs of an instrument."""
    tone = canvas.dice.choice((0.62, 0.99, 0.42, 0.08))
    deep = 0.16 if canvas.dark else 0.3
    canvas.gradient(hue(tone, 0.75, deep * 0.6), hue(tone, 0.65, deep * 1.4))
    x, y = canvas.between(-0.1, 0.2), canvas.between(0.9, 1.15)
    away = np.hypot(canvas.x - x, canvas.y - y)
    turn = np.arctan2(y - canvas.y, canvas.x - x)
    for number in range(24):
        radius = 0.2 + number * 0.045 + canvas.between(-0.01, 0.01)
        wide = canvas.between(0.0012, 0.004)
        fade = np.clip(0.55 + 0.45 * np.cos(turn * canvas.between(1, 3) + canvas.between(0, 6)), 0.05, 1)
        wave = 0.012 * np.sin(turn * 6 + number * 0.4)
        canvas.shine(np.exp(-(((away + wave - radius) / wide) ** 2)) * fade, hue(0.115, 0.5, 1.0), 0.55)
    canvas.shine(canvas.glow(canvas.between(0.55, 0.75), canvas.between(0.25, 0.45), 0.25), hue(0.1, 0.4, 1.0), 0.22)
    moon_x, moon_y = canvas.between(0.6, 0.8), canvas.between(0.2, 0.36)
    canvas.paint(canvas.disc(moon_x, moon_y, 0.085), hue(0.12, 0.25, 0.95), 0.92)


def club_lights(canvas: Canvas) -> None:
    """Beams from above and a floor of round lights that beat."""
    tone = canvas.between(0, 1)
    canvas.gradient(hue(tone, 0.8, 0.08), hue(tone + 0.08, 0.8, 0.2))
    for _ in range(7):
        x, lean, wide = canvas.between(0, 1), canvas.between(-0.6, 0.6), canvas.between(0.02, 0.06)
        beam = np.exp(-(((canvas.x - x - lean * canvas.y) / (wide * (0.3 + canvas.y))) ** 2)) * np.clip(
            1.1 - canvas.y, 0, 1
        )
        canvas.shine(beam, hue(tone + canvas.between(-0.12, 0.25), 0.75, 1.0), 0.4)
    columns = 16
    heights = np.abs(
        np.sin(np.arange(columns) * canvas.between(0.4, 0.9) + canvas.between(0, 6))
    ) * 0.75 + 0.25 * canvas.dice.random(columns)
    column = np.minimum((canvas.x * columns).astype(int), columns - 1)
    row = np.floor((1 - canvas.y) * columns)
    inside = np.hypot((canvas.x * columns) % 1 - 0.5, (canvas.y * columns) % 1 - 0.5)
    lit = (row < heights[column] * columns * 0.62).astype(np.float32)
    canvas.shine(canvas.soft(inside - 0.36, 0.02) * lit, hue(tone + 0.45, 0.65, 1.0), 0.75)
    canvas.shine(canvas.soft(inside - 0.36, 0.02) * (1 - lit), (1, 1, 1), 0.035)
    canvas.shine(np.exp(-((canvas.y - 1.0) ** 2) * 12) + 0 * canvas.x, hue(tone + 0.45, 0.7, 1.0), 0.25)


def hills(canvas: Canvas) -> None:
    """Hills one behind the other, a low sun, a few trees."""
    tone = canvas.dice.choice((0.08, 0.28, 0.12, 0.5))
    if canvas.dark:
        canvas.gradient(hue(0.62, 0.45, 0.3), hue(0.7, 0.3, 0.5), hue(0.06, 0.5, 0.85))
    else:
        canvas.gradient(hue(0.55, 0.3, 0.85), hue(0.13, 0.25, 0.98), hue(0.09, 0.4, 0.98))
    x, y = canvas.between(0.25, 0.75), canvas.between(0.34, 0.44)
    canvas.shine(canvas.glow(x, y, 0.28), hue(0.1, 0.5, 1.0), 0.3)
    canvas.paint(canvas.disc(x, y, 0.075), hue(0.12, 0.25, 1.0), 0.95)
    for number in range(6):
        line = canvas.ridge(0.5 + number * 0.085, 0.1 - number * 0.008, 0.7 + number * 0.25)
        value = (0.62 - number * 0.09) * (0.75 if canvas.dark else 1.0)
        canvas.paint(canvas.below(line), hue(tone + 0.02 * number, 0.25 + 0.07 * number, value))
        if number >= 3:
            for _ in range(5):
                _tree(canvas, line, 0.03 + number * 0.012, hue(tone + 0.05, 0.5, value * 0.55))


def _tree(
    canvas: Canvas,
    line: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    height: float,
    colour: tuple[float, float, float],
) -> None:
    """A fir on the outline of a hill."""
    x = canvas.between(0.02, 0.98)
    foot = float(line[int(x * canvas.side)]) + 0.01
    up = (foot - canvas.y) / height
    wide = np.abs(canvas.x - x) / height
    fir = canvas.soft(np.maximum(wide - 0.3 * (1 - up) * (0.8 + 0.2 * np.sin(up * 26)), -up), 0.02)
    canvas.paint(fir * (up < 1), colour, 0.95)
