"""Sung words for a request that brings none: verses and a chorus round the words of its idea. Pure."""

from __future__ import annotations

import re
from random import Random

from suno_client.sandbox.music.wish import Plan

# Couplets: the two lines of each rhyme. {x} is a word of the idea, {title} the song's name.
_VERSES = {
    True: (
        ("The street is quiet, lights are low,", "I count the places we used to go."),
        ("There's {x} in the air tonight,", "and half the town is out of sight."),
        ("I left your letter on the shelf,", "I only talk now to myself."),
        ("The rain is writing on the pane,", "it spells out {x}, then spells your name."),
        ("I keep the window open wide", "for all the {x} that waits outside."),
        ("The clock is slow, the coffee's cold,", "the same old story, still untold."),
    ),
    False: (
        ("The morning opens up its hands,", "there's {x} shining over the land."),
        ("We took the long way, took our time,", "with {x} running down the line."),
        ("I heard the radio call your name,", "and nothing after was the same."),
        ("The road goes on beyond the bend,", "and {x} is waiting at the end."),
        ("We laughed until the lights came on,", "and sang until the dark was gone."),
        ("You said that {x} would never last,", "but here we are, and time is fast."),
    ),
}
_CHORUSES = {
    True: (
        ("{title}, stay with me,", "just a little while, till I can see."),
        ("Oh, {title}, don't let go,", "there's a thing or two you ought to know."),
    ),
    False: (
        ("{title}, here we are,", "two small sparks and one bright star."),
        ("Oh, {title}, turn it loud,", "lift us up above the crowd."),
    ),
}
_BRIDGES = (
    ("And if the {x} should fade away,", "I'd find it all another day."),
    ("Hold on, hold on, the night is young,", "there's one more verse of {x} unsung."),
)
_SMALL = frozenset(
    ("about", "with", "that", "this", "from", "into", "over", "your", "mine", "song", "music", "make", "some", "where",
     "when", "what", "like", "please")
)  # fmt: skip


def write_lyrics(title: str, prompt: str, plan: Plan) -> str:
    """Two verses, a chorus that returns, and a bridge, with section marks as Suno writes them."""
    dice = Random(plan.seed)
    words = [word for word in re.findall(r"[a-z]{4,12}", prompt.lower()) if word not in _SMALL] or [
        "summer",
        "moonlight",
    ]
    verses = dice.sample(_VERSES[plan.minor], 4)
    chorus = dice.sample(_CHORUSES[plan.minor], 2)
    bridge = dice.choice(_BRIDGES)
    parts = [
        ("Verse 1", verses[:2]), ("Chorus", chorus), ("Verse 2", verses[2:]), ("Chorus", chorus), ("Bridge",
        [bridge]), ("Chorus", chorus),
    ]  # fmt: skip
    sections = list[str]()
    for name, couplets in parts:
        lines = [line.format(x=dice.choice(words), title=title) for couplet in couplets for line in couplet]
        sections.append("\n".join((f"[{name}]", *lines)))
    return "\n\n".join(sections)
