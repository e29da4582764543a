"""Genres: what a song's tags and style say, in one vocabulary where `lo-fi`, `lofi` and `Lo Fi` are one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from unicodedata import combining, normalize

# A genre, the broader ones it belongs to, and other words for it. Spaces, hyphens, case and accents need no entry.
_BOOK = """
acoustic: unplugged
afrobeat: afrobeats, afro beats
ambient: ambience, atmospheric
ballad: ballads, balada
baroque < classical
bedroom pop < indie, pop
big band < jazz: swing band
black metal < metal
bluegrass < country
blues: bluesy, blues rock
bolero < latin
boom bap < hip-hop
bossa nova < latin, jazz: bossa
breakbeat < electronic: breaks, breakbeats
celtic < folk: irish folk
chanson
children: kids, nursery rhyme, lullaby
chillout < electronic: chill out, downtempo
chillwave < electronic
chiptune < electronic: 8bit, 8 bit, chip tune
choral < classical: choir
christmas: xmas, holiday music
cinematic: film score, soundtrack, epic score, trailer music
city pop < pop
classical: orchestral, symphonic, symphony, orchestra
country: country music
country rock < country, rock
cumbia < latin
dance pop < pop, dance
dance: dance music, eurodance
dancehall < reggae
dark ambient < ambient
death metal < metal
deep house < house, electronic
disco: nu disco
doom metal < metal
doo-wop
dream pop < pop, indie
drill < hip-hop: uk drill
drum and bass < electronic: dnb, d and b, drum n bass, drumnbass, jungle
dub < reggae
dubstep < electronic: brostep
edm < electronic: electronic dance music
electro < electronic
electro swing < electronic, swing
electronic: electronica, electronic music
electropop < electronic, pop: electro pop
emo < rock
fado < folk
flamenco < latin
folk: folk music, folksy
folk rock < folk, rock
funk: funky
future bass < electronic
fusion < jazz: jazz fusion
garage < electronic: uk garage, 2 step
garage rock < rock
glam rock < rock
glitch hop < electronic, hip-hop
gospel: worship, christian
grime < hip-hop
grunge < rock
hard rock < rock
hardcore < punk: hardcore punk
hardstyle < electronic
heavy metal < metal
hip-hop: rap, hiphop music, rapper
house < electronic: house music
hyperpop < pop, electronic
idm < electronic: intelligent dance music
indie: indie music
indie folk < indie, folk
indie pop < indie, pop
indie rock < indie, rock
industrial < electronic
j-pop < pop: japanese pop
j-rock < rock: japanese rock
jazz: jazzy, smooth jazz
k-pop < pop: korean pop
klezmer < folk
latin: latino, latin pop
lo-fi: lofi beats, chillhop, chill hop, low fidelity
mariachi < latin
math rock < rock
medieval
melodic techno < techno, electronic
metal
metalcore < metal
musical: musical theatre, musical theater, show tune, broadway
neoclassical < classical: neo classical, modern classical
neo soul < soul, r&b
new age: meditation, meditative
new wave < pop
nu metal < metal
opera < classical: operatic
phonk < hip-hop: drift phonk
polka < folk
pop: pop music
pop punk < pop, punk
pop rock < pop, rock
post-punk < punk
post-rock < rock
power metal < metal
power ballad < ballad, rock
progressive house < house, electronic
progressive metal < metal: prog metal
progressive rock < rock: prog rock, prog
psychedelic: psych
psychedelic rock < psychedelic, rock: psych rock
psytrance < trance, electronic: psychedelic trance, goa
punk
punk rock < punk, rock
r&b: rnb, r n b, rhythm and blues, rhythm n blues
ragtime < jazz
reggae: roots reggae
reggaeton < latin: dembow
rock: rock music
rock and roll < rock: rock n roll, rocknroll
rockabilly < rock
salsa < latin
samba < latin
schlager < pop
sea shanty < folk: shanty
shoegaze < rock, indie
singer-songwriter: singer songwriters
ska
soft rock < rock
soul: motown
southern rock < rock
spoken word: spoken, poetry
surf rock < rock: surf
swing < jazz
symphonic metal < metal, classical
synthpop < pop, electronic: synth pop
synthwave < electronic: synth wave, retrowave, outrun
tango < latin
tech house < house, electronic
techno < electronic
thrash metal < metal: thrash
trance < electronic
trap < hip-hop: trap music
trip hop < electronic
tropical house < house, electronic
vaporwave < electronic: vapor wave, vapourwave
waltz
world: world music, ethnic
yacht rock < rock
"""
DENIALS = frozenset({"no", "non", "not", "without", "minus"})  # "no drums, no rock" asks for the opposite
LONGEST = 5  # words in a name: "electronic dance music", "r and b"
TAGS_AT_MOST = 64
CLOSE = 0.6  # difflib's ratio from which a name counts as near

_APART = re.compile(r"[,;/|\n\r\t\u00b7\u2022\u3001\uff0c]+")
_WORD = re.compile(r"[^\W_]+|&")


def key(name: str) -> str:
    """`name` without case, accents, spaces and hyphens: equal for two ways to write one genre."""
    return "".join(_words(name))


def _words(text: str) -> list[str]:
    bare = "".join(letter for letter in normalize("NFKD", text) if not combining(letter))
    return ["and" if word == "&" else word for word in _WORD.findall(normalize("NFKC", bare.casefold()))]


def _entries() -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    for line in _BOOK.strip().splitlines():
        head, _, others = line.partition(":")
        name, _, broader = head.partition("<")
        yield name.strip(), _names(broader), _names(others)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


_NEXT = {name: broader for name, broader, _ in _entries()}


def _above(name: str) -> tuple[str, ...]:
    """The broader genres, and those that are broader still."""
    return tuple(dict.fromkeys(more for broader in _NEXT[name] for more in (broader, *_above(broader))))


_BROADER = {name: _above(name) for name in _NEXT}
_KNOWN = {key(word): name for name, _, others in _entries() for word in (name, *others)}
GENRES = tuple(sorted(_BROADER))


def genre(name: str) -> str | None:
    """The one name of a genre that people write in many ways; None where it is not known."""
    return _KNOWN.get(key(name))


def nearest(name: str, limit: int = 3) -> tuple[str, ...]:
    """Known genres that `name` may have meant, the likeliest first; the genre itself where it is known."""
    if (known := genre(name)) is not None:
        return (known,)
    wanted = key(name)
    begun = sorted(word for word in _KNOWN if wanted and word.startswith(wanted))
    near = [*begun, *get_close_matches(wanted, sorted(_KNOWN), n=4 * max(1, limit), cutoff=CLOSE)]
    return tuple(dict.fromkeys(_KNOWN[word] for word in near))[: max(0, limit)]


def tags_of(text: str | None) -> tuple[str, ...]:
    """A provider's or member's list, "lo-fi, calm piano", as tags: each once in any case, in their order."""
    found: dict[str, str] = {}
    for part in _APART.split(text or ""):
        if tag := " ".join(part.split()):
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:TAGS_AT_MOST]


def genres_of(*texts: str | None) -> tuple[str, ...]:
    """The genres that tags or a style name, with the broader ones they belong to: each once, in order of mention."""
    found: dict[str, None] = {}
    for text in texts:
        for phrase in _APART.split(text or ""):
            found.update(dict.fromkeys(_named(_words(phrase))))
    broader = {more: None for name in found for more in _BROADER[name]}
    return tuple(found | broader)


def _named(words: list[str]) -> Iterator[str]:
    """The longest names first: "tech house" is not "house", nor "post rock" only "rock"."""
    at = 0
    while at < len(words):
        if words[at] in DENIALS:
            return
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            if (name := _KNOWN.get("".join(words[at : at + length]))) is not None:
                yield name
                at += length
                break
        else:
            at += 1
