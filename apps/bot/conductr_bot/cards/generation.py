"""The one message of a wish, and what comes after it: takes to choose from, and "again, but ...". Pure."""

from __future__ import annotations

from conductr.languages import Tongue
from conductr.outcomes import Composing, TakesCompared, VariationOffered
from conductr.views import GenerationView, SongView
from conductr_bot.escape import name
from conductr_bot.presses import press
from conductr_bot.reader import Reader
from conductr_bot.render import Drawn, card, draw

from .layout import GREEN, GREY, PRIMARY, Choosable, Component, Field, Form, Row, button, row, rows, select
from .songs import TITLE

PROMPT, STYLE, LYRICS, SONG_TITLE, WORDS = 3_000, 200, 4_000, 80, 300  # characters of a form's boxes
CANCELLABLE = frozenset({"requested", "submitting", "submitted", "composing"})
KINDS = {
    "slower": "🐢",
    "faster": "🐇",
    "happier": "☀️",
    "darker": "🌑",
    "language": "🌍",
    "singer": "🎤",
    "own": "✍️",
}
IN_WORDS = frozenset({"language", "singer", "own"})  # these need words of the member's


def progress(view: GenerationView, reader: Reader) -> Drawn:
    """How far a wish is, with what can be done about it now."""
    return draw(reader.word(Composing(view))).with_lines(*progress_lines(view, reader.tongue))


def progress_lines(view: GenerationView, tongue: Tongue) -> tuple[Row, ...]:
    if view.state in CANCELLABLE and not view.cancelled:
        return rows(row(button(tongue("button.cancel"), press("cancel", view.id), "✖️")))
    heard = [song for song in view.songs if song.state != "failed"]
    if view.state not in ("playable", "finished") or not heard:
        return ()
    return rows(_takes_row(view.id, heard, tongue, ()), _after(heard[0], tongue))


def takes_card(shown: TakesCompared, reader: Reader) -> Drawn:
    """Votes of who listens; the winner stays in the queue, and both stay in the library."""
    votes = (
        None if shown.winner is not None else _takes_row(shown.generation_id, shown.takes, reader.tongue, shown.votes)
    )
    return draw(reader.word(shown)).with_lines(*rows(votes))


def variations(song: SongView, tongue: Tongue) -> Drawn:
    """What may be otherwise. It is only a question: nothing is asked of Suno by choosing."""
    options = [
        Choosable(f"{emoji} {tongue(f'again.{kind}')}", kind, tongue(f"again.{kind}.description"))
        for kind, emoji in KINDS.items()
    ]
    choose = select(press("vary", song.id), tongue("select.again"), options)
    return card(tongue("card.again", title=name(song.title, TITLE)), tongue("card.again_text"), lines=rows(choose))


def words_form(song_id: str, kind: str, tongue: Tongue) -> Form:
    """What the member has to say to it."""
    box = Field("words", tongue("field.words"), WORDS, tongue("field.words.placeholder"), required=True, long=True)
    return Form(press("varied", song_id, kind), tongue("modal.again.title"), (box,))


def offer(offered: VariationOffered, reader: Reader) -> Drawn:
    """What it costs comes first."""
    tongue = reader.tongue
    go = button(tongue("button.ask"), press("go", offered.parent.id, offered.kind), "✨", style=GREEN)
    close = button(tongue("button.close"), press("close"))
    return draw(reader.word(offered)).with_lines(row(go, close))


def wish_form(tongue: Tongue, prompt: str | None = None) -> Form:
    """A wish in a form: where long words fit, and where a channel of requests begins."""
    return Form(
        press("wished"),
        tongue("modal.wish.title"),
        (
            Field(
                "prompt",
                tongue("field.prompt"),
                PROMPT,
                tongue("field.prompt.placeholder"),
                prompt,
                required=True,
                long=True,
            ),
            Field("style", tongue("field.style"), STYLE, tongue("field.style.placeholder")),
            Field("title", tongue("field.title"), SONG_TITLE, tongue("field.title.placeholder")),
            Field("lyrics", tongue("field.lyrics"), LYRICS, tongue("field.lyrics.placeholder"), long=True),
        ),
    )


def request_card(tongue: Tongue) -> Drawn:
    """What stands in the channel of requests: its button opens the form (no message of anybody's is ever read)."""
    make = button(tongue("button.make_wish"), press("wish"), "✨", style=GREEN)
    return card(tongue("request.card.title"), tongue("request.card.text"), lines=rows(row(make)))


def _takes_row(
    generation_id: str, takes: tuple[SongView, ...] | list[SongView], tongue: Tongue, votes: tuple[int, ...]
) -> Row | None:
    if len(takes) < 2:
        return None
    counted = [f" ({vote})" if vote else "" for vote in (*votes, 0, 0)]
    parts: list[Component] = [
        button(tongue("button.take_a") + counted[0], press("take", generation_id, takes[0].take), "🅰️", style=PRIMARY),
        button(tongue("button.take_b") + counted[1], press("take", generation_id, takes[1].take), "🅱️", style=PRIMARY),
        button(tongue("button.keep_both"), press("both", generation_id), "🤝", style=GREY),
    ]
    return row(*parts)


def _after(song: SongView, tongue: Tongue) -> Row:
    return row(
        button(tongue("button.again"), press("again", song.id), "✨"),
        button(tongue("button.favorite"), press("favorite", song.id), "❤️"),
        button(tongue("button.lyrics"), press("lyrics", song.id), "📝"),
    )
