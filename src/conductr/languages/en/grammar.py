"""How English writes numbers, lists and dates."""

from typing import Final

from conductr.languages.grammar import Grammar

GRAMMAR: Final = Grammar(
    thousands=",",
    grouped_from=1_000,
    both="and",
    before_i="and",
    date="{day} {month}, {time} UTC",
    months=(
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
)
