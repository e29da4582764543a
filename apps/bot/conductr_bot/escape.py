"""Plain text into Discord's markdown: nothing that a member typed formats, pings, links or unfurls. Pure."""

from __future__ import annotations

import re

ZERO_WIDTH = "\u200b"

_MARKS = re.compile(r"[\\*_~|`\[\]<]")
_LINE_START = re.compile(r"^(\s*)([#>+-]|\d+(?=[.)]))", re.MULTILINE)
_LINKS = re.compile(r"(?i)(?<=[a-z]:)(?=//)|(?<=\.gg)(?=/)|(?<=\.com)(?=/invite)|(?<=^www)(?=\.)|(?<=\Wwww)(?=\.)")


def escape(text: str) -> str:
    """What a reader sees is `text`, letter for letter; Discord sees no mention, link, list or heading in it."""
    text = defuse(text)
    text = _MARKS.sub(lambda found: "\\" + found.group(), text)
    return _LINE_START.sub(_at_line_start, text)


def defuse(text: str) -> str:
    """Without mentions and links, for places that show markdown as it is (an embed's footer)."""
    text = text.replace("@", "@" + ZERO_WIDTH).replace("<", "<" + ZERO_WIDTH)
    return _LINKS.sub(ZERO_WIDTH, text)


def fit(text: str, limit: int) -> str:
    """`text` escaped, in at most `limit` UTF-16 units (as Discord may count), with an ellipsis where it was cut."""
    whole = escape(text)
    if length(whole) <= limit:
        return whole
    low, high = 0, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(_cut(text, middle)) <= limit else (low, middle - 1)
    return _cut(text, low)


def length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, count: int) -> str:
    return escape(text[:count].rstrip()) + "…"


def _at_line_start(found: re.Match[str]) -> str:
    blanks, mark = found.groups()
    return f"{blanks}{mark}{ZERO_WIDTH}" if mark.isdigit() else f"{blanks}\\{mark}"
