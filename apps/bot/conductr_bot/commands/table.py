"""Every command of product.md section 2, with the limits that Discord checks for us. Pure."""

from __future__ import annotations

from .options import Command, Kind, Option

PROMPT = 3_000  # characters; the longest idea that any model takes
STYLE = 1_000
LYRICS = 5_000
TITLE = 80
NAME = 50  # of a playlist
QUERY = 100
SEARCH = 50  # characters; goes into the buttons that turn the pages
SKIPS = 100
PAGES = 10_000
LOUDEST = 200  # per cent
MODELS = ("V5_5", "V5", "V4_5PLUS", "V4_5", "V4")

SONG = Option("song", offers="songs", longest=QUERY)
PLAYLIST = Option("playlist", offers="playlists", longest=QUERY)
NAMED = Option("name", required=True, longest=NAME)


def _required(option: Option) -> Option:
    return Option(option.name, required=True, offers=option.offers, longest=option.longest)


MAKING = (
    Command(
        "generate",
        (
            Option("prompt", required=True, longest=PROMPT),
            Option("style", offers="styles", longest=STYLE),
            Option("instrumental", Kind.YES_NO),
            Option("lyrics", longest=LYRICS),
            Option("title", longest=TITLE),
            Option("model", choices=MODELS, worded=False),
            Option("takes", Kind.WHOLE, choices=(1, 2), worded=False),
            Option("anew", Kind.YES_NO),
        ),
    ),
    Command("radio", (Option("on", Kind.YES_NO), Option("theme", longest=QUERY))),
)
PLAYING = (
    Command("join"),
    Command("leave"),
    Command("play", (SONG, Option("place", choices=("end", "next", "now")))),
    Command("pause"),
    Command("skip", (Option("count", Kind.WHOLE, lowest=1, highest=SKIPS),)),
    Command("previous"),
    Command("loop", (Option("mode", choices=("off", "track", "queue")),)),
    Command("playlast"),
    Command("stop"),
    Command("seek", (Option("time", required=True, longest=20),)),
    Command("nowplaying"),
    Command("volume", (Option("level", Kind.WHOLE, lowest=0, highest=LOUDEST),)),
)
QUEUE = (
    Command("queue", (Option("page", Kind.WHOLE, lowest=1, highest=PAGES),), private=True),
    Command(
        "queue-remove",
        (
            Option("song", offers="entries", longest=QUERY),
            Option("to", offers="entries", longest=QUERY),
            Option("member", Kind.MEMBER),
        ),
    ),
    Command(
        "queue-move",
        (
            Option("song", required=True, offers="entries", longest=QUERY),
            Option("before", offers="entries", longest=QUERY),
        ),
    ),
    Command("shuffle"),
    Command("clear"),
)
COLLECTION = (
    Command("library", (Option("search", longest=SEARCH), Option("owner", Kind.MEMBER)), private=True),
    Command("create-playlist", (NAMED,), private=True),
    Command("delete-playlist", (_required(PLAYLIST),), private=True),
    Command("rename-playlist", (_required(PLAYLIST), NAMED), private=True),
    Command("playlists", private=True),
    Command("add-to-playlist", (SONG, PLAYLIST), private=True),
    Command(
        "remove-from-playlist", (Option("song", required=True, offers="listed", longest=QUERY), PLAYLIST), private=True
    ),
    Command("switch-playlist", (_required(PLAYLIST),), private=True),
    Command("play-playlist", (_required(PLAYLIST), Option("shuffle", Kind.YES_NO))),
    Command("filter", (Option("tag", required=True, offers="tags", longest=QUERY),), private=True),
    Command("lyrics", (SONG,), private=True),
    Command("favorite", (SONG,), private=True),
    Command("export", (_required(SONG),), private=True),
)
SERVER = (
    Command("settings", private=True),
    Command("help", (Option("command", offers="commands", longest=QUERY),), private=True),
)
GROUPS = {"make": MAKING, "play": PLAYING, "queue": QUEUE, "collection": COLLECTION, "server": SERVER}
COMMANDS = tuple(command for group in GROUPS.values() for command in group)
QUEUE_THIS = "queue_this"  # the command in a message's own menu
