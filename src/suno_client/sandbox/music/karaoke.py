"""When each word of a song is sung: words laid under the notes of the tune, section by section. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from suno_client.sandbox.music.score import Note, Score

_TOKEN = re.compile(r"(?:\[[^\]\n]*\]\s*)*(?!\[[^\]\n]*\])\S+\s*|(?:\[[^\]\n]*\]\s*)+")
_MARK = re.compile(r"\[([^\]\n]*)\]\s*")
_KINDS = {"verse": "A", "chorus": "B", "hook": "B", "refrain": "B", "drop": "B", "bridge": "bridge"}


@dataclass(frozen=True)
class SungWord:
    """A word as the lyrics have it, with the marks before it and the space after it. `heard`: a voice sings it."""

    text: str
    start_s: float
    end_s: float
    heard: bool


@dataclass(frozen=True)
class _Verse:
    """Words that are sung together. `kind` is a section's name, None where the lyrics do not say."""

    kind: str | None
    words: tuple[str, ...]


def words_in_time(lyrics: str, score: Score) -> list[SungWord]:
    """Every word with its seconds; the words together are the lyrics. Where nobody sings they are spread evenly."""
    verses = _verses(lyrics)
    if not verses:
        return []
    stretches = _stretches(score)
    if not stretches:
        return _even([word for verse in verses for word in verse.words], score)
    sung = list[SungWord]()
    places = _places([verse.kind for verse in verses], [name for name, _ in stretches])
    for place, (_, notes) in enumerate(stretches):
        here = [word for verse, chosen in zip(verses, places, strict=True) if chosen == place for word in verse.words]
        sung += _laid(here, notes)
    return sung


def _verses(lyrics: str) -> list[_Verse]:
    words = [match.group() for match in _TOKEN.finditer(lyrics.strip())]
    if len(words) > 1 and not _MARK.sub("", words[-1]).strip():  # a mark at the end has no word of its own
        words[-2:] = ["".join(words[-2:])]
    if not words or not _MARK.sub("", words[0]).strip():
        return []
    begins = [0] + [
        place for place in range(1, len(words)) if words[place].startswith("[") or "\n\n" in words[place - 1]
    ]
    return [_Verse(_kind(words[begin]), tuple(words[begin:end])) for begin, end in pairwise([*begins, len(words)])]


def _kind(word: str) -> str | None:
    marks = " ".join(_MARK.findall(word)).lower()
    return next((kind for name, kind in _KINDS.items() if name in marks), None)


def _stretches(score: Score) -> list[tuple[str, list[Note]]]:
    """The sections in which somebody sings, each with the singer's notes."""
    found = list[tuple[str, list[Note]]]()
    for section in score.sections:
        start_s, end_s = section.start_bar * score.bar_s, (section.start_bar + section.bars) * score.bar_s
        early_s = score.bar_s / 16  # a human hand may be before the bar
        notes = [note for note in score.notes if note.voice == "voice" and start_s <= note.at_s + early_s < end_s]
        if notes:
            found.append((section.name, notes))
    return found


def _places(verses: Sequence[str | None], stretches: Sequence[str]) -> list[int]:
    """For each verse the stretch where it is sung, in order: one of its kind where that can be."""
    if len(verses) > len(stretches):
        return [number * len(stretches) // len(verses) for number in range(len(verses))]

    @cache
    def best(verse: int, first: int) -> tuple[int, tuple[int, ...]]:
        if verse == len(verses):
            return 0, ()
        last = len(stretches) - (len(verses) - verse)
        options = list[tuple[int, tuple[int, ...]]]()
        for place in range(first, last + 1):
            fitting, rest = best(verse + 1, place + 1)
            options.append((fitting + (verses[verse] == stretches[place]), (place, *rest)))
        return max(options, key=lambda option: option[0])  # of equals the earliest

    return list(best(0, 0)[1])


def _laid(words: Sequence[str], notes: Sequence[Note]) -> list[SungWord]:
    """A note for each syllable, evenly chosen; where notes are few, several syllables share one."""
    ends = [*(min(one.at_s + one.length_s, after.at_s) for one, after in pairwise(notes))]
    ends.append(notes[-1].at_s + notes[-1].length_s)
    counts = [_syllables(word) for word in words]
    total, before, sung = sum(counts), 0, list[SungWord]()
    for word, count in zip(words, counts, strict=True):
        first, last = before * len(notes) / total, (before + count) * len(notes) / total
        before += count
        if total <= len(notes):
            start_s, end_s = notes[int(first)].at_s, ends[max(int(first), int(last) - 1)]
        else:
            start_s, end_s = _moment(first, notes, ends), _moment(last, notes, ends, closing=True)
        sung.append(SungWord(word, round(start_s, 3), round(end_s, 3), heard=True))
    return sung


def _moment(place: float, notes: Sequence[Note], ends: Sequence[float], *, closing: bool = False) -> float:
    """The second that belongs to a place between notes: 2.5 is the middle of the third."""
    number = int(place) - (closing and place == int(place))
    number = min(number, len(notes) - 1)
    return notes[number].at_s + (place - number) * (ends[number] - notes[number].at_s)


def _syllables(word: str) -> int:
    return max(1, len(re.findall(r"[^\W\d_bcdfghjklmnpqrstvwxz]+", _MARK.sub("", word).lower().rstrip("e\n ,.!?"))))


def _even(words: Sequence[str], score: Score) -> list[SungWord]:
    step_s = score.length_s / len(words)
    return [
        SungWord(word, round(place * step_s, 3), round((place + 1) * step_s, 3), heard=False)
        for place, word in enumerate(words)
    ]
