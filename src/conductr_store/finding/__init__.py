"""What a search is made of, the same for every engine: words, the tokens of the index, and what must hold of them."""

from .counting import count_facets
from .cursors import Mark, cursor_of, read_cursor
from .slips import slips_of, within_one_slip
from .tokens import labels_of, owner_tokens, stretch_tokens, stretches_of, tokens_of, told_by_tokens, vocabulary
from .wanted import All, AnyOf, But, Expr, Token, Wanted, fts5, holds, in_guild, one_of, tsquery, wanted
from .windows import Sample, Window, bounded, longer_tokens, newest_window, oldest_window
from .words import asked_words, words_of

__all__ = [
    "All",
    "AnyOf",
    "But",
    "Expr",
    "Mark",
    "Sample",
    "Token",
    "Wanted",
    "Window",
    "asked_words",
    "bounded",
    "count_facets",
    "cursor_of",
    "fts5",
    "holds",
    "in_guild",
    "labels_of",
    "longer_tokens",
    "newest_window",
    "oldest_window",
    "one_of",
    "owner_tokens",
    "read_cursor",
    "slips_of",
    "stretch_tokens",
    "stretches_of",
    "tokens_of",
    "told_by_tokens",
    "tsquery",
    "vocabulary",
    "wanted",
    "within_one_slip",
    "words_of",
]
