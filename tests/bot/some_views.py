"""Views to draw: a queue, songs, playlists and wishes, by the titles that a test wants."""

from __future__ import annotations

from datetime import UTC, datetime

from attrs import evolve

from conductr.views import EntryView, GenerationView, PlaylistView, QueueView, SongView

NOW_S = 1_800_000_000.0
MADE_AT = datetime(2027, 1, 15, tzinfo=UTC)
HOSTILE = {
    "emoji": "\N{GRINNING FACE}" * 6_000,
    "zalgo": ("Z" + "\u0335\u0321\u0300\u0489" * 60) * 40,
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd \u0633\u0644\u0627\u0645 " * 200,
    "markdown": "**b** ||s|| `c` [a](https://evil.example) # h\n> q\n- l <@1> @everyone " * 40,
    "nothing to see": "\u200b\u2060\u00ad",
    "one long word": "x" * 6_000,
}


def entry(title: str = "Blue Rain", number: int = 1, **more: object) -> EntryView:
    plain = EntryView(
        entry_id=f"{number:032x}",
        song_id=f"{number + 1_000:032x}",
        title=title,
        style="lofi, warm piano",
        duration_s=184.0,
        requested_by=7,
        requested_by_name="Ada",
        has_cover=False,
    )
    return evolve(plain, **more)


def song(title: str = "Blue Rain", number: int = 1, **more: object) -> SongView:
    plain = SongView(
        id=f"{number + 1_000:032x}",
        title=title,
        style="lofi, warm piano",
        duration_s=184.0,
        take=0,
        state="ready",
        has_cover=False,
        owner_id=7,
        owner_name="Ada",
        prompt="a rainy beat",
        created_at=MADE_AT,
    )
    return evolve(plain, **more)


def queue(titles: tuple[str, ...] = ("Blue Rain", "Second Wind"), **more: object) -> QueueView:
    """The first plays, the others wait."""
    entries = [entry(title, number) for number, title in enumerate(titles, 1)]
    plain = QueueView(
        guild_id=1,
        state="playing" if entries else "idle",
        current=entries[0] if entries else None,
        position_s=72.0,
        upcoming=tuple(entries[1:11]),
        upcoming_count=max(0, len(entries) - 1),
        total_s=184.0 * len(entries),
        seq=1,
        play_id=5,
        channel_id=9,
        listeners=2,
    )
    return evolve(plain, **more)


def playlist(name: str = "Evening", number: int = 1, **more: object) -> PlaylistView:
    plain = PlaylistView(
        id=f"{number:032x}", name=name, owner_id=7, owner_name="Ada", guild_id=None, songs=3, version=1
    )
    return evolve(plain, **more)


def wish(state: str, songs: tuple[SongView, ...] = (), **more: object) -> GenerationView:
    plain = GenerationView(
        id="ab" * 16,
        guild_id=1,
        user_id=7,
        prompt="a rainy beat",
        state=state,
        reason=None,
        songs=songs,
        reply_to=None,
        told=None,
        created_at=MADE_AT,
    )
    return evolve(plain, **more)
