"""/generate and /radio, "again, but ...", takes: from a wish in words to songs in the caller's channel."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from conductr import Conductr, GenerationView, NotInVoice, Wish
from conductr.errors import AlreadyAsked, ConductrError
from conductr.outcomes import Composing
from conductr.wishes import tidy
from conductr_bot.answers import Answering
from conductr_bot.asked import Asked, Manner, Said
from conductr_bot.caller import address_of
from conductr_bot.cards.generation import IN_WORDS, KINDS, offer, variations, wish_form, words_form
from conductr_bot.desk import Pressed
from conductr_bot.errors import BotError, OldButton
from conductr_bot.notices import Notices
from conductr_bot.render import Drawn
from suno_client import SunoError

from .voice import VoiceCommands

REMEMBERED = 500  # wishes that were asked twice, for "make a new one"


@frozen(eq=False)
class GenerateCommands:
    conductr: Conductr
    voice: VoiceCommands
    notices: Notices
    _twice: dict[tuple[str, int], Wish] = field(factory=dict[tuple[str, int], Wish])

    @property
    def presses(self) -> Mapping[str, Pressed]:
        inside = Manner(private=True, updates=True)
        return {
            "wish": Pressed(self.open_wish, Manner(private=True, opens=True)),
            "wished": Pressed(self.wished, Manner()),
            "anew": Pressed(self.anew, Manner()),
            "cancel": Pressed(self.cancel),
            "take": Pressed(self.take),
            "both": Pressed(self.both),
            "again": Pressed(self.again),
            "vary": Pressed(self.vary, Manner(private=True, updates=True, opens=True)),
            "varied": Pressed(self.varied, inside),
            "go": Pressed(self.go, Manner()),
        }

    async def generate(self, asked: Asked) -> Said:
        wish = Wish(
            asked.needed("prompt"),
            asked.text("style"),
            asked.text("title"),
            asked.text("lyrics"),
            bool(asked.flag("instrumental")),
            asked.text("model"),
            takes=asked.number("takes") or 1,
        )
        return await self._make(asked, wish, anew=bool(asked.flag("anew")))

    async def radio(self, asked: Asked) -> Said:
        return await self.conductr.radio.turn(asked.caller, asked.flag("on"), asked.text("theme"))

    async def open_wish(self, asked: Asked) -> Said:
        return wish_form(asked.tongue)

    async def wished(self, asked: Asked) -> Said:
        """The form came back."""
        wish = Wish(asked.needed("prompt"), asked.text("style"), asked.text("title"), asked.text("lyrics"))
        return await self._make(asked, wish)

    async def anew(self, asked: Asked) -> Said:
        """The same is being made already, and this member wants another. Raises OldButton after a restart."""
        key = (asked.press.argument(0) or "", asked.caller.user_id)
        wish = self._twice.pop(key, None)
        if wish is None:
            raise OldButton
        try:
            return await self._make(asked, wish, anew=True)
        except (ConductrError, BotError):  # nothing was asked for: the button still does
            self._keep(key, wish)
            raise

    async def cancel(self, asked: Asked) -> Said:
        view = await self.conductr.generations.cancel(asked.caller, asked.press.argument(0) or "")
        self.notices.poke(view.id)
        return Composing(view)

    async def take(self, asked: Asked) -> Said:
        generation_id, take = asked.press.argument(0) or "", asked.press.number(1)
        shown = await self.conductr.takes.vote(asked.caller, generation_id, take or 0)
        self.notices.poke(generation_id)
        return shown

    async def both(self, asked: Asked) -> Said:
        return await self.conductr.takes.keep_both(asked.caller, asked.press.argument(0) or "")

    async def again(self, asked: Asked) -> Drawn:
        song = await self.conductr.library.song(asked.caller, asked.press.argument(0) or "")
        return variations(song, asked.tongue)

    async def vary(self, asked: Asked) -> Said:
        """A kind was chosen: what it costs is said before anything is asked, or its words are asked for."""
        song_id, kind = asked.press.argument(0) or "", _kind(asked.chosen)
        if kind in IN_WORDS:
            return words_form(song_id, kind, asked.tongue)
        return await self.conductr.variations.offer(asked.caller, song_id, kind)

    async def varied(self, asked: Asked) -> Drawn:
        """The words came. They ride in the message's own button where they fit, else they are remembered."""
        song_id, kind = asked.press.argument(0) or "", _kind(asked.press.argument(1))
        words = asked.needed("words")
        offered = await self.conductr.variations.offer(asked.caller, song_id, kind, words)
        self._keep((f"{song_id} {kind}", asked.caller.user_id), Wish(words))
        return offer(offered, asked.reader)

    async def go(self, asked: Asked) -> Said:
        song_id, kind = asked.press.argument(0) or "", _kind(asked.press.argument(1))
        key = (f"{song_id} {kind}", asked.caller.user_id)
        kept = self._twice.pop(key, None)  # whoever presses twice finds nothing the second time
        if kind in IN_WORDS and kept is None:
            raise OldButton
        try:
            return await self._go(asked, song_id, kind, kept.prompt if kept else None)
        except (ConductrError, BotError):  # nothing was asked for: the button still does
            if kept is not None:
                self._keep(key, kept)
            raise

    async def _go(self, asked: Asked, song_id: str, kind: str, words: str | None) -> Said:
        await self._come(asked)
        await Answering(asked.interaction, Manner()).defer()
        reply_to = (await address_of(asked.interaction, asked.reader.locale)).to_plain()
        view = await self.conductr.variations.go(asked.caller, song_id, kind, words, asked.request_key, reply_to)
        return await self._told(asked, view)

    async def _make(self, asked: Asked, wish: Wish, *, anew: bool = False) -> Said:
        """The answer is one message, which notices keep up to date: its address goes along with the wish."""
        tidy(wish)
        await self._come(asked)
        await Answering(asked.interaction, Manner()).defer()
        reply_to = (await address_of(asked.interaction, asked.reader.locale)).to_plain()
        try:
            view = await self.conductr.generations.start(asked.caller, wish, asked.request_key, reply_to, anew=anew)
        except SunoError:
            return None  # the wish is kept with its reason, and told like any other change
        except AlreadyAsked as error:
            self._keep((error.generation_id, asked.caller.user_id), wish)
            raise
        return await self._told(asked, view)

    async def _told(self, asked: Asked, view: GenerationView) -> Said:
        if view.repeated:
            ready = next((song.id for song in view.songs if song.state == "ready"), None)
            if ready is not None:
                await self.conductr.playback.play(asked.caller, ready)
            return Composing(view)
        if view.doubled:
            return Composing(view)
        self.notices.poke(view.id)
        return None

    async def _come(self, asked: Asked) -> None:
        """Raises NotInVoice: a song that nobody would hear is not paid for."""
        if asked.caller.voice_channel_id is None:
            raise NotInVoice
        await self.voice.come(asked)

    def _keep(self, key: tuple[str, int], wish: Wish) -> None:
        if len(self._twice) >= REMEMBERED:
            self._twice.pop(next(iter(self._twice)))
        self._twice[key] = wish


def _kind(said: str | None) -> str:
    if said not in KINDS:
        raise OldButton
    return said
