"""No text of a member's becomes a mention, a link or markup; and a reader sees it letter for letter."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from conductr_bot.escape import ZERO_WIDTH, defuse, escape, fit, length

NASTY = ("@everyone", "@here", "<@1>", "<@!1>", "<@&2>", "<#3>", "</play:4>", "<t:5:R>", "<:x:6>", "<a:x:6>", "<id:x>")
MARKS = ("**b**", "__u__", "~~s~~", "||x||", "`c`", "```c```", "[a](http://b)", "# h", "-# s", "> q", "- l", "1. n")
LINKS = ("https://example.org/a?b=c", "HTTP://X.ORG", "discord.gg/abc", "discord.com/invite/abc", "www.example.org")
BITS = ("\\", "\n", " ", "a", "<", "@", "https:", "//")
pieces = st.lists(st.sampled_from((*NASTY, *MARKS, *LINKS, *BITS)), max_size=12)
anything = st.text(max_size=200) | pieces.map("".join)

MENTION = re.compile(r"@everyone|@here|<(?:@[!&]?|#|/|t:|a?:|id:)\S")
LINK = re.compile(r"(?i)[a-z]://|\.gg/|\.com/invite|\bwww\.")
UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*[*_~|`\[\]<]")
BLOCK = re.compile(r"^\s*(?:[#>+-]|\d+[.)])", re.MULTILINE)


def as_read(markdown: str) -> str:
    """What Discord shows of escaped text: a backslash goes, what follows it stays; zero-width is not seen."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markdown).replace(ZERO_WIDTH, "")


@given(anything)
@example("@everyone <@123> <@&4> <#5>")
@example("\\@everyone \\<@123>")
@example("@\u200beveryone")
def test_no_text_becomes_a_mention(text: str) -> None:
    for shown in (escape(text), defuse(text), fit(text, 2_000)):
        assert not MENTION.search(shown)


@given(anything)
@example("see https://example.org and discord.gg/abc or www.example.org")
def test_no_text_becomes_a_link(text: str) -> None:
    for shown in (escape(text), defuse(text)):
        assert not LINK.search(shown)


@given(anything)
@example("1. a\n# b\n> c\n- d")
@example("a\n\n   2) b")
def test_no_text_becomes_markup(text: str) -> None:
    shown = escape(text)
    assert not UNESCAPED.search(shown)
    assert not BLOCK.search(shown)


@given(anything)
@example("a\\b \\* ||x||")
def test_a_reader_sees_the_text_itself(text: str) -> None:
    assert as_read(escape(text)) == text.replace(ZERO_WIDTH, "")


@given(anything, st.integers(min_value=2, max_value=300))
@example("\N{GRINNING FACE}" * 200, 100)
@example("*" * 3_000, 2_000)
def test_what_does_not_fit_is_cut_and_says_so(text: str, limit: int) -> None:
    shown = fit(text, limit)
    assert length(shown) <= limit
    if length(escape(text)) > limit:
        assert shown.endswith("…")
        assert not UNESCAPED.search(shown)
        assert not MENTION.search(shown)
