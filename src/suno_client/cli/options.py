"""The options of the commands, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .sides import Kind
from .songs import Gender, Take, Until

KEEPING, DURABLE = "Where it goes", "Running it again safely"

Key = Annotated[
    str, typer.Option(envvar="SUNO_API_KEY", show_default=False, help="The gateway's key. Rather set the variable.")
]
BaseUrl = Annotated[
    str | None, typer.Option(envvar="SUNO_BASE_URL", help="The gateway's address. Without it sunoapi.org's.")
]
Dialect = Annotated[
    str | None,
    typer.Option(envvar="SUNO_DIALECT", help="sunoapi, kie or gcui. Without it told by the address."),
]
Timeout = Annotated[float, typer.Option(min=0.1, help="Seconds of patience for a task; no call takes longer either.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, errors too.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress: results and errors alone.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="The client's log, and tracebacks, on standard error.")]
Version = Annotated[bool, typer.Option("--version", help="The version, and nothing else.")]

Prompt = Annotated[str, typer.Argument(help="What the song is about. Or say it all with --style, --title, --lyrics.")]
Style = Annotated[str | None, typer.Option(help="Genre, instruments, mood. Together with --title.")]
Title = Annotated[str | None, typer.Option(help="The song's title.")]
Words = Annotated[str | None, typer.Option(help="Sung word for word: the text, @FILE, or - for standard input.")]
Instrumental = Annotated[bool, typer.Option("--instrumental", help="Nothing is sung.")]
Model = Annotated[str, typer.Option(help="The gateway's name of the model.")]
Negative = Annotated[str | None, typer.Option(help="What shall not be heard.")]
Singer = Annotated[Gender | None, typer.Option(help="Who sings; together with --style and --title.")]
Duration = Annotated[float | None, typer.Option(help="Seconds; together with --style and --title.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Ask, print the task's id, and end.")]
PlayUrl = Annotated[bool, typer.Option("--play-url", help="Tell where it can be heard while it is being made.")]

SongFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", rich_help_panel=KEEPING, help="The MP3. Without it addresses are printed."),
]
OneOf = Annotated[
    Take, typer.Option(rich_help_panel=KEEPING, help="Which take is saved; with both the second is FILE-2.")
]
CoverFile = Annotated[Path | None, typer.Option("--cover", rich_help_panel=KEEPING, help="The picture, as a file too.")]
Force = Annotated[bool, typer.Option("--force", rich_help_panel=KEEPING, help="Replace files that are there.")]
TextFile = Annotated[
    Path | None, typer.Option("--output", "-o", rich_help_panel=KEEPING, help="A file for the first variant.")
]
File = Annotated[Path, typer.Option("--output", "-o", rich_help_panel=KEEPING, help="The file.")]
Folder = Annotated[Path, typer.Option("--output", "-o", rich_help_panel=KEEPING, help="A folder, new or empty.")]
AnyPlace = Annotated[
    Path | None, typer.Option("--output", "-o", rich_help_panel=KEEPING, help="The file; for stems a folder.")
]

JournalFile = Annotated[
    Path | None, typer.Option("--journal", rich_help_panel=DURABLE, help="Where the submission is written down.")
]
SubmissionId = Annotated[
    str | None, typer.Option("--id", rich_help_panel=DURABLE, help="This wish's own id: with it, it is paid for once.")
]

TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="A task's id.")]
ClipArgument = Annotated[str, typer.Argument(metavar="CLIP", help="The id of one of its clips.")]
UrlArgument = Annotated[str, typer.Argument(metavar="URL")]
UntilOption = Annotated[Until, typer.Option(help="When to stop: as soon as it can be heard, or when it is whole.")]
KindOption = Annotated[Kind, typer.Option(help="What the task makes.")]
Instruments = Annotated[bool, typer.Option("--instruments", help="Every instrument alone, at five times the price.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where an earlier call with --resume broke off.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one.")]
Speed = Annotated[float, typer.Option(min=0.1, help="How much faster than usual the stages pass.")]
MusicSeconds = Annotated[float | None, typer.Option(min=6, help="The length of songs.")]
