"""From the fields of a request that makes music out of music to an order for the composer. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from suno_client.sandbox.music.order import Order, Piece, text_in
from suno_client.sandbox.music.wish import KEYS, kept_of, understand
from suno_client.sandbox.rules import Body

_SOUND_S = 8.0
_SLOWEST_BPM, _FASTEST_BPM = 60.0, 200.0
_BAND = ("genre", "key", "minor", "tempo_bpm", "waltz", "variant", "lead", "texture", "no_drums")
_SHARPS = {"D#": "Eb", "G#": "Ab", "A#": "Bb"}


@dataclass(frozen=True)
class Source:
    """Music that is there already. `duration_s` None: its length is not known, as of a file from elsewhere."""

    order: Order
    duration_s: float | None = None

    @classmethod
    def from_url(cls, url: str, seed: int) -> Source:
        """Music that nobody here has heard: what its address says must do."""
        return cls(Order(prompt=" ".join(re.findall(r"[^\W_]+", url)), seed=seed))


def extension(body: Body, source: Source, order: Order) -> Order:
    """The source to a moment, and its band going on from there, with its themes."""
    kept = kept_of(understand(source.order), *_BAND, "seed")
    if not body.get("defaultParamFlag"):
        order = replace(source.order, duration_s=order.duration_s, take=1, after=None, loop=False)
    end_s = continue_at(body) or source.duration_s
    before = Piece(source.order, 0.0, end_s) if source.duration_s is not None else None
    return replace(order, keeps=kept, before=before)


def continue_at(body: Body) -> float | None:
    """The moment of the source from which a request goes on; None: its end."""
    at_s = body.get("continueAt") if body.get("defaultParamFlag") else None
    return float(at_s) if isinstance(at_s, int | float) else None


def interval(body: Body) -> tuple[float, float]:
    """Start and end in seconds of the section to be replaced, which the rules have looked at."""
    return float(str(body["infillStartS"])), float(str(body["infillEndS"]))


def cover(source: Source, order: Order) -> Order:
    """Key, mode, pace and length of the source, in another style where one is named."""
    kept = kept_of(understand(source.order), "key", "minor", "tempo_bpm", *(() if order.style else ("genre",)))
    return replace(order, keeps=kept, duration_s=source.duration_s or order.duration_s)


def accompaniment(source: Source, order: Order) -> Order:
    """Instruments for a voice: the source's key and pace, no voice of their own."""
    return cover(source, replace(order, instrumental=True, lyrics=""))


def singing(source: Source, order: Order) -> Order:
    """The source's band and themes, with somebody who sings."""
    kept = {**kept_of(understand(source.order), *_BAND, "seed"), "lead": "voice", "sung": True}
    lyrics = order.lyrics or order.prompt
    return replace(
        order, keeps=kept, lyrics=lyrics, instrumental=False, duration_s=source.duration_s or order.duration_s
    )  # fmt: skip


def mixture(one: Source, two: Source, order: Order) -> Order:
    """The first one's band, key and pace; the second one's tune and who plays it."""
    first, second = understand(one.order), understand(two.order)
    kept = {**kept_of(first, *_BAND), "lead": second.lead, "seed": second.seed}
    return replace(order, keeps=kept)


def infill(body: Body, source: Source, start_s: float, end_s: float) -> Order:
    """The source with new music in one place, by the same band."""
    song = source.order
    lyrics = "" if song.instrumental else text_in(body, "fullLyrics") or text_in(body, "prompt")
    known = source.duration_s is not None
    return Order(
        prompt=text_in(body, "prompt"),
        style=text_in(body, "tags"),
        title=text_in(body, "title"),
        lyrics=lyrics,
        negative=text_in(body, "negativeTags"),
        instrumental=song.instrumental,
        duration_s=end_s - start_s,
        seed=song.seed,
        keeps=kept_of(understand(song), *_BAND),
        before=Piece(song, 0.0, start_s) if known and start_s > 0 else None,
        after=Piece(song, end_s) if known else None,
    )


def sound(body: Body, seed: int) -> Order:
    """Something short, in the tempo and key that are asked for."""
    kept: dict[str, object] = {}
    tempo = body.get("soundTempo")
    if isinstance(tempo, int | float):
        kept["tempo_bpm"] = _playable(float(tempo))
    key = text_in(body, "soundKey")
    if key not in {"", "Any"}:
        note = key.removesuffix("m")
        kept |= {"key": KEYS.index(_SHARPS.get(note, note)), "minor": key.endswith("m")}
    return Order(
        prompt=text_in(body, "prompt"),
        duration_s=_SOUND_S,
        seed=seed,
        keeps=kept,
        loop=bool(body.get("soundLoop")),
    )


def _playable(tempo_bpm: float) -> float:
    """The same beat, counted twice or half as fast where nobody could play it."""
    while tempo_bpm < _SLOWEST_BPM:
        tempo_bpm *= 2
    return tempo_bpm / 2 if tempo_bpm > _FASTEST_BPM else tempo_bpm
