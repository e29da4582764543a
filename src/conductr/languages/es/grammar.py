"""How Spanish writes numbers, lists and dates."""

from typing import Final

from conductr.languages.grammar import Grammar

GRAMMAR: Final = Grammar(
    thousands=".",
    grouped_from=10_000,
    both="y",
    before_i="e",
    date="{day} de {month}, {time} UTC",
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
        *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
)
