"""One answer to one interaction: deferred in time, given where only the right people see it, never lost."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from logging import getLogger

import anyio
import discord
from attrs import define

from conductr import ConductrError
from conductr_player import PlayerError
from conductr_store import StoreError
from suno_client import SunoError

from .asked import Manner
from .cards.layout import Form
from .errors import BotError, TooLateForForm
from .render import Drawn

log = getLogger(__name__)

SLOW_S = 1.0  # then an interaction is deferred; Discord wants a first answer within 3 s
FORM_S = 2.0  # the same where a form may come, for which it is too late after that
GONE = (401, 404)  # of an interaction, a token or a message that Discord knows no more
FORESEEN = (ConductrError, SunoError, PlayerError, StoreError, BotError)


@define(eq=False)
class Answering:
    """`private` may still be set while it is not deferred: a server may want quiet answers."""

    interaction: discord.Interaction
    manner: Manner
    private: bool = False
    _beside: discord.WebhookMessage | None = None  # the answer, where it is not the interaction's own

    @property
    def is_press(self) -> bool:
        return self.interaction.type is not discord.InteractionType.application_command

    @property
    def in_place(self) -> bool:
        """Whether the message that was pressed is what the answer is about."""
        return self.is_press and (self.manner.updates or self.manner.shown) and self.interaction.message is not None

    @asynccontextmanager
    async def in_time(self) -> AsyncGenerator[None]:
        """Defers the answer where the body takes longer than SLOW_S. Lets the body's error through as it is."""
        failed: Exception | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._defer_when_slow)
            try:
                yield
            except Exception as error:  # noqa: BLE001 - raised below, outside the group that would wrap it
                failed = error
            tasks.cancel_scope.cancel()
        if failed is not None:
            raise failed

    async def defer(self) -> None:
        """Take the time that Discord gives: 15 minutes."""
        if self.interaction.response.is_done():
            return
        await self.interaction.response.defer(ephemeral=self.private, invisible=self.in_place)

    async def open(self, form: Form) -> None:
        """Raises TooLateForForm where it was deferred already."""
        if self.interaction.response.is_done():
            raise TooLateForForm
        await self.interaction.response.send_modal(_Modal(form))

    async def nothing(self) -> None:
        """The card shows it: Discord only wants to hear that the press has come."""
        await self._try(self._nothing())

    async def say(self, drawn: Drawn, *, private: bool, anew: bool = False) -> bool:
        """Give the answer; `anew`: beside the message that was pressed. False where nobody can be told."""
        private = private or self.private
        if await self._try(self._say(drawn, private=private, anew=anew)):
            return True
        if self.manner.private:
            return False
        return await self._say_in_channel(drawn)

    async def take_buttons(self) -> None:
        """What could be pressed below the answer is over: they go, rather than do nothing."""
        try:
            if self._beside is not None:
                await self._beside.edit(view=None)
            else:
                await self.interaction.edit_original_response(view=None)
        except discord.HTTPException as error:
            log.info("buttons of interaction %s stay: %s", self.interaction.id, error)

    async def _say(self, drawn: Drawn, *, private: bool, anew: bool) -> None:
        response = self.interaction.response
        if self.in_place and self.manner.updates and not anew:
            await self._redraw(drawn)
        elif not response.is_done():
            await response.send_message(**drawn.new(), files=drawn.files(), ephemeral=private, silent=not private)
        elif self.in_place or (private and not self.private):
            if not self.in_place:  # what waits there is for all to see, and this is not
                await self.interaction.delete_original_response()
            sent = self.interaction.followup.send(**drawn.new(), files=drawn.files(), ephemeral=private, wait=True)
            self._beside = await sent
        else:
            await self.interaction.edit_original_response(**drawn.changed(), files=drawn.files())

    async def _redraw(self, drawn: Drawn) -> None:
        if self.interaction.response.is_done():
            await self.interaction.edit_original_response(**drawn.changed(), files=drawn.files(), attachments=[])
        else:
            await self.interaction.response.edit_message(**drawn.changed(), files=drawn.files(), attachments=[])

    async def _nothing(self) -> None:
        if not self.interaction.response.is_done():
            await self.interaction.response.defer(invisible=True)

    async def _try(self, saying: Awaitable[None]) -> bool:
        try:
            await saying
        except discord.HTTPException as error:
            if error.status not in GONE:
                raise
            log.warning("interaction %s was answered too late", self.interaction.id)
            return False
        return True

    async def _say_in_channel(self, drawn: Drawn) -> bool:
        channel = self.interaction.client.get_partial_messageable(self.interaction.channel_id or 0)
        try:
            await channel.send(**drawn.new(), files=drawn.files())
        except discord.HTTPException as error:
            log.warning("nor can it be said in the channel: %s", error)
            return False
        return True

    async def _defer_when_slow(self) -> None:
        await anyio.sleep(FORM_S if self.manner.opens else SLOW_S)
        with anyio.CancelScope(shield=True):  # half a deferral cannot be taken back
            try:
                await self.defer()
            except discord.HTTPException as error:
                log.warning("interaction %s could not be deferred: %s", self.interaction.id, error)


class _Modal(discord.ui.Modal):
    """A form as it is to be sent. py-cord keeps none of them: what is filled in is read from the interaction."""

    def __init__(self, form: Form) -> None:
        super().__init__(title=form.title[:45], custom_id=form.custom_id, store=False)
        self._form = form

    def to_dict(self) -> dict[str, object]:
        return self._form.to_dict()
