"""What a search finds, told by plain Python that looks at every song, from the documented rules.

It shares no code with conductr_store.finding: words are read letter by letter, songs are held against the question one
by one. Slips are not mended here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from unicodedata import category, normalize

from conductr_store import LibraryQuery, Order, Song
from conductr_store.genres import genre, tags_of

UNFINISHED_LETTERS = 12  # an unfinished word is compared so far
OWNER_LETTERS = 3  # of a name's beginning that are enough

Word = tuple[str, ...]  # with its parts, where it has hyphens


def letters(text: str) -> str:
    """Without case, accents and apostrophes."""
    bare = normalize("NFKD", normalize("NFKD", text).casefold())
    bare = normalize("NFC", "".join(letter for letter in bare if not category(letter).startswith("M")))
    return bare.replace("'", "").replace("\u2019", "").replace("\u2010", "-")


def alone(letter: str) -> bool:
    """Of a script that puts no spaces between words."""
    point = ord(letter)
    spans = ((0xE00, 0xE7F), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
    return any(low <= point <= high for low, high in spans)


def words(text: str) -> list[Word]:
    found: list[list[str]] = []
    joined = False  # a hyphen stands right before
    inside = False  # the letter before was of a word
    for letter in letters(text):
        if not letter.isalnum():
            joined, inside = letter == "-" and inside, False
            continue
        if alone(letter):
            found.append([letter])
            joined = inside = False
            continue
        if inside:
            found[-1][-1] += letter
        elif joined:
            found[-1].append(letter)
        else:
            found.append([letter])
        joined, inside = False, True
    return [tuple(word) for word in found]


def spoken(texts: Iterable[str | None]) -> set[str]:
    """What words a song is found by: each part, and the whole without hyphens."""
    return {one for text in texts for word in words(text or "") for one in (*word, "".join(word))}


def label(text: str) -> str:
    return "_".join(part for word in words(text) for part in word)


def styles(song: Song) -> tuple[str, ...]:
    return song.tags or tags_of(song.style)


def rank(song: Song, owner_name: str, text: str) -> int | None:
    """0: all words stand in the title; 1: in names; 2: anywhere. None: not all are there."""
    asked = list(dict.fromkeys(words(text)))
    title = spoken([song.title])
    named = title | spoken([*song.tags, song.style, *song.genres])
    told = named | spoken([song.prompt])
    owner = spoken([owner_name])

    def stands(word: Word, inside: set[str], begun: set[str], *, with_owner: bool) -> bool:
        whole = "".join(word)
        if whole in inside or (len(word) > 1 and all(part in inside for part in word)):
            return True
        start = whole[:UNFINISHED_LETTERS]
        last = word is asked[-1]
        if last and any(one.startswith(start) for one in begun):
            return True
        if not with_owner:
            return False
        return whole in owner or (last and len(whole) >= OWNER_LETTERS and any(one.startswith(start) for one in owner))

    tiers = ((title, title, False), (named, title, True), (told | spoken([song.lyrics]), told, True))
    for tier, (inside, begun, with_owner) in enumerate(tiers):
        if all(stands(word, inside, begun, with_owner=with_owner) for word in asked):
            return tier
    return None


def passes(song: Song, query: LibraryQuery) -> bool:
    low, high = query.length_s
    seen = query.everything or (
        song.visibility == "public"
        or (query.viewer_id is not None and song.owner_id == query.viewer_id)
        or (query.guild_id is not None and song.visibility == "guild")
    )
    bounded = low is not None or high is not None
    return (
        seen
        and (query.guild_id is None or song.guild_id == query.guild_id)
        and (not query.genres or any((genre(one) or one) in song.genres for one in query.genres))
        and (not query.styles or bool({label(one) for one in query.styles} & {label(one) for one in styles(song)}))
        and (not query.models or label(song.model) in {label(one) for one in query.models})
        and (query.owner_id is None or song.owner_id == query.owner_id)
        and not (bounded and song.duration_s is None)
        and (low is None or (song.duration_s or 0.0) >= low)
        and (high is None or (song.duration_s or 0.0) < high)
        and (query.since is None or song.created_at >= query.since)
        and (query.until is None or song.created_at < query.until)
    )


def found(songs: Iterable[Song], owner_name: str, query: LibraryQuery) -> list[Song]:
    """All of it, in the order that was asked for."""
    if query.text.strip() and not words(query.text):
        return []  # nothing but signs
    ranked = [(rank(song, owner_name, query.text), song) for song in songs if passes(song, query)]
    hits = [(tier, song) for tier, song in ranked if tier is not None]
    hits.sort(key=lambda hit: hit[1].created_at, reverse=query.order not in {Order.OLDEST, Order.SHORTEST})
    if query.order is Order.BEST:
        hits.sort(key=lambda hit: hit[0])
    if query.order in {Order.LONGEST, Order.SHORTEST}:
        hits.sort(key=lambda hit: hit[1].duration_s or 0.0, reverse=query.order is Order.LONGEST)
    return [song for _, song in hits]


def counts(songs: Iterable[Song]) -> dict[str, dict[str, int]]:
    """What facets say of these."""
    kinds: dict[str, Counter[str]] = {name: Counter() for name in ("genres", "styles", "models", "lengths", "months")}
    for song in songs:
        kinds["genres"].update(song.genres)
        kinds["styles"].update({style.casefold() for style in styles(song)})
        kinds["models"][song.model] += 1
        kinds["months"][f"{song.created_at:%Y-%m}"] += 1
        if song.duration_s:
            kinds["lengths"][str(min(int(song.duration_s // 60), 10))] += 1
    return {kind: dict(values) for kind, values in kinds.items()}
