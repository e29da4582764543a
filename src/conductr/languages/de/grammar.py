"""How German writes numbers, lists and dates."""

from typing import Final

from conductr.languages.grammar import Grammar

GRAMMAR: Final = Grammar(
    thousands=".",
    grouped_from=1_000,
    both="und",
    before_i="und",
    date="{day}. {month}, {time} Uhr UTC",
    months=(
        *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
        *("August", "September", "Oktober", "November", "Dezember"),
    ),
)
