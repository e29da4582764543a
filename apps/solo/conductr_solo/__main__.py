"""The conductr command: `demo` to hear it, `up` to run it, `doctor` to see what is missing."""

from __future__ import annotations

import sys
from typing import Annotated, cast

import anyio
import typer
from pydantic import ValidationError

from conductr import ConductrError, Settings, set_up_logs, word
from conductr_bot import BotError
from conductr_player import PlayerError
from conductr_store import StoreError
from suno_client import SunoError

from .doctor import examine
from .roles import serve

app = typer.Typer(help="Conductr: a Discord server's own music studio.", no_args_is_help=True, add_completion=False)

NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open the page in a browser.")]
Port = Annotated[int | None, typer.Option(help="The page's port; 0 for a free one. Else CONDUCTR_WEB_PORT.")]


@app.command()
def demo(port: Port = None, *, no_open: NoOpen = False) -> None:
    """Hear it now: no account and no key. Songs are composed on this machine and play in your browser."""
    settings = _settings(port, discord_token=None, suno_api_key=None, suno_base_url=None)
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
    try:
        anyio.run(serve, settings, open_page)
    except* (ConductrError, StoreError, PlayerError, SunoError, BotError) as errors:
        for error in _leaves(errors):
            said = error.reply if isinstance(error, BotError) else word(error)
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
