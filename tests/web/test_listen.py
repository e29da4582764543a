"""The room's sound as an answer: its media type, and the words where too many listen. The rest is the player's."""

from __future__ import annotations

from contextlib import AsyncExitStack, aclosing

import pytest

from conductr_player.outputs.broadcast import Broadcast
from conductr_player.testing import packets
from conductr_web.errors import TooManyOpen, tell
from conductr_web.listen import listen_to

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("asked", "media_type", "begins"),
    [("webm", "audio/webm", b"\x1a\x45\xdf\xa3"), ("ogg", "audio/ogg", b"OggS"), ("mp3", "audio/ogg", b"OggS")],
)
async def test_each_address_sounds_in_its_form_and_any_other_in_ogg(asked: str, media_type: str, begins: bytes) -> None:
    room = Broadcast()
    sound, said = await listen_to(room, asked)
    async with aclosing(sound):
        assert said == media_type
        assert (await anext(sound)).startswith(begins)
        assert room(packets(1)[0]) is True
        assert packets(1)[0] in await anext(sound)


async def test_who_is_one_too_many_is_told_so_before_the_first_byte() -> None:
    room = Broadcast(listener_limit=2)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            sound, _ = await listen_to(room, "ogg")
            await anext(await stack.enter_async_context(aclosing(sound)))
        with pytest.raises(TooManyOpen) as refused:
            await listen_to(room, "ogg")
    told = tell(refused.value)
    assert told is not None
    assert (told.status, told.code, told.text) == (503, "too_many_open", "2 pages are connected already.")
