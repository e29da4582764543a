"""Options of the whole command may stand anywhere: `suno credits --json` is `suno --json credits`. Pure."""

from __future__ import annotations

from collections.abc import Sequence

FLAGS = frozenset(["--json", "--quiet", "-q", "--verbose", "-v"])
VALUED = frozenset(["--key", "--base-url", "--dialect", "--timeout"])


def hoisted(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """The whole command's options, and the other words. What stands after "--" is none."""
    front: list[str] = []
    rest: list[str] = []
    left = list(argv)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += [word, *left]
            break
        if word in VALUED and left:
            front += [word, left.pop(0)]
        elif word in FLAGS or ("=" in word and word.partition("=")[0] in VALUED):
            front.append(word)
        else:
            rest.append(word)
    return front, rest
