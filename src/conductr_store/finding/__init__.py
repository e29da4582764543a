"""What a search is made of, the same for every engine: words, the tokens of the index, and what must hold of them."""

from .counting import count_facets
from .cursors import Mark, cursor_of, read_cursor
from .slips import slips_of, within_one_slip
from .tokens import labels_of, owner_tokens, tokens_of, vocabulary
from .wanted import All, AnyOf, But, Expr, Token, Wanted, fts5, holds, in_guild, tsquery, wanted
from .words import asked_words, words_of

__all__ = [
    "All",
    "AnyOf",
    "But",
    "Expr",
    "Mark",
    "Token",
    "Wanted",
    "asked_words",
    "count_facets",
    "cursor_of",
    "fts5",
    "holds",
    "in_guild",
    "labels_of",
    "owner_tokens",
    "read_cursor",
    "slips_of",
    "tokens_of",
    "tsquery",
    "vocabulary",
    "wanted",
    "within_one_slip",
    "words_of",
]
