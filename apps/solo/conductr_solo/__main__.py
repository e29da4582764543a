"""The conductr command: `demo` to hear it, `up` to run it, `doctor` to see what is missing."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar, cast

import anyio
import typer
from pydantic import ValidationError

from conductr import ConductrError, Settings, set_up_logs, word
from conductr.descriptors import allow_many_files
from conductr_bot import BotError
from conductr_player import PlayerError
from conductr_store import StoreError
from suno_client import SunoError

from . import databases, deciding, sealing
from .archiving import fetch_older_songs
from .doctor import examine
from .roles import serve

app = typer.Typer(help="Conductr: a Discord server's own music studio.", no_args_is_help=True, add_completion=False)

NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open the page in a browser.")]
WishId = Annotated[str, typer.Argument(metavar="ID", help="As `conductr unsettled` lists it.")]
T = TypeVar("T")
Port = Annotated[int | None, typer.Option(help="The page's port; 0 for a free one. Else CONDUCTR_WEB_PORT.")]


@app.command()
def demo(port: Port = None, *, no_open: NoOpen = False) -> None:
    """Hear it now: no account and no key. Songs are composed on this machine and play in your browser."""
    settings = _settings(port, discord_token=None, suno_api_key=None, suno_base_url=None, providers=())
    _run(settings, open_page=not no_open)


@app.command()
def up(port: Port = None) -> None:
    """Run what the settings name: the page always, the bot where CONDUCTR_DISCORD_TOKEN is set."""
    _run(_settings(port), open_page=False)


@app.command()
def doctor() -> None:
    """Check Python, FFmpeg, folders, database, Suno key, Discord token and voice, and say what to do."""
    healthy = anyio.run(examine, _settings(None), print)
    raise typer.Exit(0 if healthy else 1)


@app.command()
def migrate() -> None:
    """Bring the database's schema to the newest. `up` does that by itself; this is for doing it before."""
    _operate(databases.migrate, _settings(None), print)


@app.command()
def backup(path: Annotated[Path, typer.Argument(help="A file that is not there yet, or a folder.")]) -> None:
    """Copy the SQLite database to PATH while Conductr runs, and check the copy."""
    _operate(databases.backup, _settings(None), path, print)


@app.command()
def archive() -> None:
    """Fetch songs whose files are missing here and still lie at the provider. Providers forget them after two weeks."""
    settings = _settings(None)
    set_up_logs(settings)
    raise typer.Exit(0 if _done(fetch_older_songs, settings, print) else 1)


@app.command()
def unsettled() -> None:
    """List wishes of which nobody knows whether Suno took them, with what speaks for it."""
    _done(deciding.list_unsettled, _settings(None), print)


@app.command()
def resolve(
    generation_id: WishId,
    *,
    accepted: Annotated[bool, typer.Option("--accepted/--not-accepted", help="What the account at Suno shows.")],
    task: Annotated[str | None, typer.Option(help="Its task at Suno, if you know it: then the song comes.")] = None,
) -> None:
    """Say what became of a wish whose answer was lost. What was not accepted gives its quota back."""
    if task is not None and not accepted:
        raise typer.BadParameter("a wish that was not accepted has no task", param_hint="--task")
    _done(partial(deciding.resolve, accepted=accepted, task_id=task), _settings(None), generation_id, print)


@app.command()
def again(generation_id: WishId) -> None:
    """Send a wish anew that was surely not accepted. It may be paid for, as a new one."""
    _done(deciding.ask_again, _settings(None), generation_id, print)


@app.command()
def rotate_keys() -> None:
    """Seal every member's key under the newest of CONDUCTR_SEALING_KEYS, so that older ones can go."""
    raise typer.Exit(0 if _done(sealing.rotate_keys, _settings(None), print) else 1)


def _done(work: Callable[..., Awaitable[T]], *given: object) -> T:
    """What it gives; its errors in plain words."""
    try:
        return anyio.run(work, *given)
    except (ConductrError, StoreError, SunoError) as error:
        said = word(error)
        print(said.text, said.hint or "", file=sys.stderr)
        raise typer.Exit(1) from None


def _operate(work: Callable[..., Awaitable[None]], *given: object) -> None:
    """For the operator, errors of the store in its own words: they say where, why and what to do, and no secret."""
    try:
        anyio.run(work, *given)
    except StoreError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


def _settings(port: int | None, **chosen: object) -> Settings:
    if port is not None:
        chosen["web_port"] = port
    try:
        return Settings(**chosen)  # pyright: ignore[reportArgumentType] - pydantic checks the values
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = "CONDUCTR_" + "_".join(str(part) for part in problem["loc"]).upper()
            print(f"{name}: {problem['msg']}. See .env.example.", file=sys.stderr)
        raise typer.Exit(2) from None


def _run(settings: Settings, *, open_page: bool) -> None:
    set_up_logs(settings)
    allow_many_files()
    try:
        anyio.run(serve, settings, open_page)
    except* (ConductrError, StoreError, PlayerError, SunoError, BotError) as errors:
        for error in _leaves(errors):
            said = word(error)
            print(said.text, said.hint or "", file=sys.stderr)
        raise typer.Exit(1) from None


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            found += _leaves(cast("BaseExceptionGroup[BaseException]", error))
        else:
            found.append(error)
    return found


def main() -> None:
    app()


if __name__ == "__main__":
    main()
