"""Slips of the finger: which words differ by one letter wrong, missing, too many, or two that changed places. Pure."""

from __future__ import annotations


def slips_of(word: str) -> frozenset[str]:
    """The word and what is left of it without one letter: two words that share none of these differ by more."""
    return frozenset({word, *(word[:at] + word[at + 1 :] for at in range(len(word)))})


def within_one_slip(one: str, other: str) -> bool:
    if one == other:
        return True
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    at = next(
        (at for at, (left, right) in enumerate(zip(longer, shorter, strict=False)) if left != right), len(shorter)
    )
    match len(longer) - len(shorter):
        case 0:
            swapped = longer[at : at + 2] == shorter[at : at + 2][::-1] and longer[at + 2 :] == shorter[at + 2 :]
            return swapped or longer[at + 1 :] == shorter[at + 1 :]
        case 1:
            return longer[at + 1 :] == shorter[at:]
        case _:
            return False
