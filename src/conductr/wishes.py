"""A wish, and how it is put to Suno. Pure."""

from __future__ import annotations

from attrs import asdict, frozen

from suno_client import InvalidRequest
from suno_client.requests import Generate

from .errors import BadWish
from .languages import tongue_for

PROMPT_LIMIT = (
    3_000  # characters; the longest idea that any model takes (suno.md 2A.4); models have limits of their own
)
TITLE_LIMIT = 80  # characters; the shortest of the models' limits
TITLE_WORDS = 6
TAKES = 2  # of each wish


@frozen
class Wish:
    """A song as a member asks for it. `style` is tags such as "lofi, warm piano"; `lyrics` are sung word for word.

    `takes`: how many of the two that Suno makes are queued; both are kept.
    """

    prompt: str
    style: str | None = None
    title: str | None = None
    lyrics: str | None = None
    instrumental: bool = False
    model: str | None = None
    takes: int = 1


@frozen
class SunoRequest:
    """Keyword arguments of SunoClient.generations.create."""

    prompt: str
    style: str | None
    title: str | None
    lyrics: str | None
    instrumental: bool
    model: str


def tidy(wish: Wish) -> Wish:
    """The wish with blanks trimmed and empty fields dropped. Raises BadWish where nothing is asked or too much is."""
    prompt = _clean(wish.prompt) or ""
    if not prompt and not _clean(wish.style) and not _clean(wish.lyrics):
        raise BadWish("prompt", tongue_for("en")("reason.empty_wish"))
    if len(prompt) > PROMPT_LIMIT:
        raise BadWish("prompt", f"it has {len(prompt):,} characters and {PROMPT_LIMIT:,} fit", limit=PROMPT_LIMIT)
    title = _clean(wish.title)
    if title and len(title) > TITLE_LIMIT:
        raise BadWish("title", f"it has {len(title)} characters and {TITLE_LIMIT} fit", limit=TITLE_LIMIT)
    if wish.takes not in (1, TAKES):
        raise BadWish("takes", f"{wish.takes} cannot be queued; Suno makes {TAKES}")
    return Wish(prompt, _clean(wish.style), title, _clean(wish.lyrics), wish.instrumental, wish.model, wish.takes)


def request_for(wish: Wish, model: str) -> SunoRequest:
    """How a tidy wish is sent.

    With lyrics, or with a style for an instrumental, Suno's custom mode takes style and title as given. Otherwise the
    idea is told in one sentence, since custom mode would sing the prompt word for word (suno.md 2A.3).
    """
    model = wish.model or model
    if wish.lyrics or (wish.instrumental and (wish.style or wish.title)):
        style = ", ".join(part for part in (wish.style, wish.prompt) if part) or "song"
        title = wish.title or title_from(wish.prompt or wish.style or "Untitled")
        return SunoRequest("", style, title, wish.lyrics, wish.instrumental, model)
    idea = ", ".join(part for part in (wish.prompt, wish.style) if part)
    return SunoRequest(idea, None, None, None, wish.instrumental, model)


def check_request(request: SunoRequest) -> None:
    """What the model would not take is refused before a row is written. Raises BadWish."""
    try:
        Generate(**asdict(request)).check()
    except InvalidRequest as error:
        raise BadWish(error.field, error.why, limit=None if error.limit is None else int(error.limit)) from error


def title_from(prompt: str) -> str:
    """A title made of the first words of what was asked, for the time before Suno has found one."""
    words = prompt.split()[:TITLE_WORDS]
    title = " ".join(words).strip(" ,.;:!?-")[:TITLE_LIMIT]
    return (title[:1].upper() + title[1:]) or "Untitled"


def _clean(text: str | None) -> str | None:
    """Without control characters and outer blanks; None where nothing is left. Line breaks stay: lyrics have them."""
    if text is None:
        return None
    kept = "".join(char for char in text if char in "\n\t" or char.isprintable())
    return kept.strip() or None
