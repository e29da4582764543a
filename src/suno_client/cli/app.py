"""The suno command: Suno's music from a terminal, for people and for scripts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version as version_of
from typing import NoReturn, cast

import typer

from suno_client.models import TaskId

from . import local, questions, sides, songs
from . import options as o
from .codes import MEANINGS, Code, Usage
from .course import Common, Course
from .desk import Noted, run, tell
from .screen import Screen
from .shapes import Outcome

CODES = "\n".join(f"{code:>4}  {meaning}" for code, meaning in MEANINGS.items())
EPILOG = f"Options of the whole command may stand anywhere. It ends with one of these codes:\n\n{CODES}"
# typer brings a copy of click along, older ones depend on it: this is the class in both.
WRONG_WORDS = cast("type[Exception]", typer.BadParameter.__mro__[1])

app = typer.Typer(
    help="Songs from Suno's gateways, and a sandbox that composes real music.",
    epilog=EPILOG,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def call(front: Sequence[str], rest: Sequence[str]) -> int:
    """One command; `front` are options of the whole. Words that make no sense are told as all errors are."""
    try:
        return cast("int", app([*front, *rest], prog_name="suno", standalone_mode=False) or Code.DONE)
    except WRONG_WORDS as error:
        common = Common(os.environ.get("SUNO_API_KEY", ""), as_json="--json" in front)
        where = getattr(getattr(error, "ctx", None), "command_path", "suno")
        usage = Usage(getattr(error, "format_message", error.__str__)(), f"`{where} --help` says how.")
        tell(common, Screen(common), usage, Course())
        return Code.USAGE


@app.callback(invoke_without_command=True)
def whole(
    ctx: typer.Context,
    *,
    key: o.Key = "",
    base_url: o.BaseUrl = None,
    dialect: o.Dialect = None,
    timeout: o.Timeout = 600.0,
    json: o.Json = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    version: o.Version = False,
) -> None:
    ctx.obj = common = Common(key, base_url or None, dialect or None, timeout, json, quiet, verbose)
    if version:
        number = version_of("suno-client")
        Screen(common).show(Outcome({"version": number}, (f"suno-client {number}",)))
        raise typer.Exit(Code.DONE)
    if ctx.invoked_subcommand is None:
        if json:
            ctx.fail("No command is given.")
        typer.echo(ctx.get_help())
        raise typer.Exit(Code.USAGE)


@app.command()
def generate(
    ctx: typer.Context,
    prompt: o.Prompt = "",
    *,
    output: o.SongFile = None,
    style: o.Style = None,
    title: o.Title = None,
    lyrics: o.Words = None,
    instrumental: o.Instrumental = False,
    model: o.Model = "V5_5",
    negative: o.Negative = None,
    gender: o.Singer = None,
    duration: o.Duration = None,
    take: o.OneOf = songs.Take.FIRST,
    cover: o.CoverFile = None,
    force: o.Force = False,
    no_wait: o.NoWait = False,
    play_url: o.PlayUrl = False,
    journal: o.JournalFile = None,
    id: o.SubmissionId = None,  # noqa: A002 - the option's name
) -> None:
    """Ask for a song, which costs credits; wait for it, and save it."""
    singer = gender.value if gender else None
    wish = songs.Wish(prompt, style, title, lyrics, instrumental, duration, model, negative, singer)
    keeping = songs.Keeping(output, take, cover, force)
    _end(
        run(
            ctx.obj,
            lambda desk: songs.generate(desk, wish, keeping, wait=not no_wait, play_url=play_url),
            noted=Noted(journal, id),
        )
    )


@app.command()
def wait(
    ctx: typer.Context,
    task: o.TaskArgument,
    *,
    output: o.AnyPlace = None,
    until: o.UntilOption = songs.Until.COMPLETE,
    kind: o.KindOption = sides.Kind.SONG,
    take: o.OneOf = songs.Take.FIRST,
    cover: o.CoverFile = None,
    force: o.Force = False,
) -> None:
    """Go on with a task that was asked for earlier. Costs nothing."""
    if kind is sides.Kind.SONG:
        keeping = songs.Keeping(output, take, cover, force)
        _end(run(ctx.obj, lambda desk: songs.wait_for(desk, TaskId(task), keeping, until)))
    order = sides.Order(kind, output, force)
    _end(run(ctx.obj, lambda desk: sides.wait_for(desk, TaskId(task), order)))


@app.command()
def credits(ctx: typer.Context) -> None:  # noqa: A001 - the command's name
    """How many credits are left."""
    _end(run(ctx.obj, questions.credits_left))


@app.command()
def lyrics(
    ctx: typer.Context,
    prompt: o.Prompt,
    *,
    output: o.TextFile = None,
    force: o.Force = False,
    journal: o.JournalFile = None,
    id: o.SubmissionId = None,  # noqa: A002 - the option's name
) -> None:
    """Words for a song, in several variants. Costs credits."""
    order = sides.Order(sides.Kind.LYRICS, output, force)
    _end(run(ctx.obj, lambda desk: sides.write_lyrics(desk, prompt, order), noted=Noted(journal, id)))


@app.command()
def stems(
    ctx: typer.Context,
    task: o.TaskArgument,
    clip: o.ClipArgument,
    *,
    output: o.Folder,
    instruments: o.Instruments = False,
    force: o.Force = False,
    journal: o.JournalFile = None,
    id: o.SubmissionId = None,  # noqa: A002 - the option's name
) -> None:
    """A clip in its parts, the voice and the rest, as files in a folder. Costs credits."""
    order = sides.Order(sides.Kind.STEMS, output, force)
    _end(
        run(
            ctx.obj,
            lambda desk: sides.split_stems(desk, TaskId(task), clip, order, instruments=instruments),
            noted=Noted(journal, id),
        )
    )


@app.command()
def wav(
    ctx: typer.Context,
    task: o.TaskArgument,
    clip: o.ClipArgument,
    *,
    output: o.File,
    force: o.Force = False,
    journal: o.JournalFile = None,
    id: o.SubmissionId = None,  # noqa: A002 - the option's name
) -> None:
    """A clip as WAV. Costs credits."""
    order = sides.Order(sides.Kind.WAV, output, force)
    _end(run(ctx.obj, lambda desk: sides.make_wav(desk, TaskId(task), clip, order), noted=Noted(journal, id)))


@app.command()
def download(
    ctx: typer.Context, url: o.UrlArgument, *, output: o.File, force: o.Force = False, resume: o.Resume = False
) -> None:
    """A file from an address, checked. Its name tells what it should be: .mp3, .wav, .mp4, .jpg, .png, .webp."""
    _end(run(ctx.obj, lambda desk: questions.download(desk, url, output, force=force, resume=resume), keyless=True))


@app.command()
def features(ctx: typer.Context) -> None:
    """What this kind of gateway can do. Nothing is sent, and no key is needed."""
    _end(run(ctx.obj, questions.features, keyless=True))


@app.command()
def sandbox(
    ctx: typer.Context, *, port: o.Port = 8770, speed: o.Speed = 1.0, music_seconds: o.MusicSeconds = None
) -> None:
    """A gateway on this machine that composes real music: no account, no key, no network."""
    _end(local.serve(ctx.obj, port, speed, music_seconds))


def _end(code: Code) -> NoReturn:
    raise typer.Exit(code)
