"""Plain text into Discord's markdown: nothing that a member typed formats, pings, links or unfurls. Pure."""

from __future__ import annotations

import re

from .graphemes import calm, cut_at

ZERO_WIDTH = "\u200b"

_MARKS = re.compile(r"[\\*_~|`\[\]<]")
_LINE_START = re.compile(r"^(\s*)([#>+-]|\d+(?=[.)]))", re.MULTILINE)
_LINKS = re.compile(r"(?i)(?<=[a-z]:)(?=//)|(?<=\.gg)(?=/)|(?<=\.com)(?=/invite)|(?<=^www)(?=\.)|(?<=\Wwww)(?=\.)")
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_ISOLATE, _END = "\u2068", "\u2069"


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
    """`text` escaped and calmed, in at most `limit` UTF-16 units (as Discord may count), with an ellipsis where cut."""
    text = calm(text)
    whole = escape(text)
    if length(whole) <= limit:
        return whole
    low, high = 0, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(_cut(text, middle)) <= limit else (low, middle - 1)
    return _cut(text, cut_at(text, low))


def name(text: str, limit: int) -> str:
    """A title or a name in one line of others: escaped, cut, and what runs from the right keeps to itself."""
    shown = fit(" ".join(text.split()), limit)
    return f"{_ISOLATE}{shown}{_END}" if _FROM_RIGHT.search(shown) else shown


def plain(text: str, limit: int) -> str:
    """For labels and lists, which show no markdown: one calm line of at most `limit` UTF-16 units."""
    line = " ".join(calm(text).split())
    if length(line) <= limit:
        return line
    at = min(len(line), limit - 1)
    while length(line[:at]) > limit - 1:
        at -= 1
    return line[: cut_at(line, at)].rstrip() + "…"


def length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, count: int) -> str:
    return escape(text[:count].rstrip()) + "…"


def _at_line_start(found: re.Match[str]) -> str:
    blanks, mark = found.groups()
    return f"{blanks}{mark}{ZERO_WIDTH}" if mark.isdigit() else f"{blanks}\\{mark}"
