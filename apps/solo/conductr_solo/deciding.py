"""conductr unsettled, resolve and again: what became of a wish whose answer was lost is for a person to say."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import shorten

from conductr import GenerationView, Settings
from conductr.app import open_generations

PROMPT_SHOWN = 60  # characters: enough to know it by
Say = Callable[[str], object]


async def list_unsettled(settings: Settings, say: Say) -> None:
    """Raises SetupError, StoreError."""
    async with open_generations(settings) as generations:
        wishes = await generations.unsettled()
    for wish in wishes:
        words = shorten(wish.prompt, PROMPT_SHOWN, placeholder=" ...")
        asked = f"{wish.asked_at:%Y-%m-%d %H:%M} UTC"
        say(f"{wish.generation_id}  {asked}  {wish.user_name} at {wish.provider or 'Suno'}: {words}")
        if wish.reason:
            say(f"    {wish.reason}")
    if wishes:
        say("Look into the account at Suno, then: conductr resolve ID --accepted --task TASK, or --not-accepted.")
    else:
        say("Nothing is unsettled.")


async def resolve(settings: Settings, generation_id: str, say: Say, *, accepted: bool, task_id: str | None) -> None:
    """Raises ConductrError (UnknownGeneration, NothingToDecide, SetupError), StoreError."""
    async with open_generations(settings) as generations:
        view = await generations.resolve(generation_id, accepted=accepted, task_id=task_id)
    say(_told(view))
    if view.state == "refused":
        say(f"To send it anew: conductr again {view.id}")


async def ask_again(settings: Settings, generation_id: str, say: Say) -> None:
    """Raises ConductrError (UnknownGeneration, StillOpen, QuotaReached, SetupError), StoreError."""
    async with open_generations(settings) as generations:
        view = await generations.again(generation_id)
    say(_told(view))
    say("A Conductr that runs sends it when its turn comes.")


def _told(view: GenerationView) -> str:
    return f"{view.id}: {view.state}. {view.reason or ''}".rstrip()
