"""Replies as Discord messages: within its limits, and never pinging anybody."""

from __future__ import annotations

from pathlib import Path

import discord
from hypothesis import example, given
from hypothesis import strategies as st

from conductr import Reply
from conductr_bot.escape import length
from conductr_bot.render import CONTENT, DESCRIPTION, FOOTER, TITLE, draw

texts = st.text(max_size=6_000)
replies = st.builds(Reply, texts, st.none() | texts, st.none() | st.text(min_size=1, max_size=400), error=st.booleans())


@given(replies)
@example(Reply("*" * 5_000, "@everyone " * 500, "title"))
@example(Reply("\N{GRINNING FACE}" * 4_000, "\N{GRINNING FACE}" * 3_000))
def test_every_reply_fits_into_a_message(reply: Reply) -> None:
    drawn = draw(reply)
    assert length(drawn.content or "") <= CONTENT
    if (embed := drawn.embed) is not None:
        assert length(embed.title or "") <= TITLE
        assert length(embed.description or "") <= DESCRIPTION
        footer = embed.footer.text if embed.footer else None
        assert length(footer or "") <= FOOTER
        assert length((embed.title or "") + (embed.description or "") + (footer or "")) <= 6_000


@given(replies)
def test_no_reply_pings_anybody(reply: Reply) -> None:
    drawn = draw(reply)
    allowed = drawn.new().get("allowed_mentions")
    assert isinstance(allowed, discord.AllowedMentions)
    assert allowed.to_dict() == {"parse": []}
    assert drawn.changed()["allowed_mentions"].to_dict() == {"parse": []}


def test_a_reply_without_a_title_is_a_line_and_its_hint() -> None:
    drawn = draw(Reply("Paused Blue_Rain.", "/play goes on."))
    assert (drawn.content, drawn.embed) == ("Paused Blue\\_Rain.\n/play goes on.", None)


def test_a_reply_with_a_title_is_a_card() -> None:
    embed = draw(Reply("Blue Rain", "Nothing follows.", "Now playing")).embed
    assert embed is not None
    assert (embed.title, embed.description) == ("Now playing", "Blue Rain")
    assert embed.footer is not None
    assert embed.footer.text == "Nothing follows."


def test_a_line_that_became_a_card_loses_its_text_when_edited() -> None:
    assert draw(Reply("Blue Rain", title="Now playing")).changed()["content"] is None
    assert draw(Reply("Stopped.")).changed()["embed"] is None


def test_a_card_shows_the_cover_that_it_uploads(tmp_path: Path) -> None:
    cover = tmp_path / "abc.png"
    cover.write_bytes(b"\x89PNG")
    drawn = draw(Reply("Blue Rain", title="Now playing"), cover)
    (upload,) = drawn.files()
    assert drawn.embed is not None
    assert drawn.embed.thumbnail is not None
    assert drawn.embed.thumbnail.url == f"attachment://{upload.filename}"
    upload.close()
