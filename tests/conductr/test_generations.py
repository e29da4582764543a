"""A wish becomes two kept songs, is paid for once, and every way it can fail is told and loses nothing."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from support.quick_suno import Prepared, quick_suno
from support.suno import Suno, settings_for
from support.watching import ended, state_reached

from conductr import BadWish, Caller, Conductr, NotInVoice, Settings, TooManyWaiting, Wish, open_conductr
from conductr.making.asking import UNFINISHED_LIMIT
from suno_client import BadKey, NotSent, OutOfCredits, SunoError

pytestmark = pytest.mark.anyio

WISH = Wish("a rainy lo-fi beat with a warm piano")


@pytest.fixture
def database(url: str) -> str:
    return url


async def test_a_wish_becomes_two_songs_in_the_library(conductr: Conductr, caller: Caller) -> None:
    made = await conductr.generations.start(caller, WISH, "one")
    assert made.state == "submitted"
    made = await ended(conductr, made.id)
    assert (made.state, made.reason) == ("finished", None)
    page = await conductr.library.search(caller.guild_id, "lo-fi")
    assert page.total == 2
    for song in page.songs:
        assert song.state == "ready"
        assert song.has_cover
        assert song.owner_name == "Ada"
        assert (await conductr.library.audio(caller, song.id)).stat().st_size > 50_000
        assert (await conductr.library.cover(caller, song.id)).read_bytes()[:3] == b"\xff\xd8\xff"


async def test_the_first_take_waits_in_the_queue_before_suno_is_done(
    tmp_path: Path, database: str, prepared: Prepared, caller: Caller
) -> None:
    passed_s = 0.0
    async with (
        quick_suno(prepared, speed=1, now=lambda: passed_s) as (suno, _),
        open_conductr(settings_for(tmp_path, suno, database_url=database)) as conductr,
    ):
        made = await conductr.generations.start(caller, WISH, "one")
        passed_s += 25  # after which Suno has the first take
        made = await state_reached(conductr, made.id, "playable")
        queue = await conductr.playback.queue(caller.guild_id)
        assert [entry.song_id for entry in queue.upcoming] == [made.songs[0].id]
        assert not await suno.succeeded(1)
        passed_s += 25
        await ended(conductr, made.id)
        queue = await conductr.playback.queue(caller.guild_id)
        assert queue.upcoming[0].duration_s is not None


async def test_the_same_request_again_sends_nothing(conductr: Conductr, caller: Caller, suno: Suno) -> None:
    first = await conductr.generations.start(caller, WISH, "one")
    again = await conductr.generations.start(caller, WISH, "one")
    assert first.id == again.id
    assert await suno.accepted(1)


async def test_who_is_in_no_channel_gets_a_refusal_and_nothing_is_sent(conductr: Conductr, suno: Suno) -> None:
    with pytest.raises(NotInVoice):
        await conductr.generations.start(Caller(7, "Ada", 42), WISH, "one")
    assert await suno.accepted(0)


@pytest.mark.parametrize("prompt", ["", "x" * 10_000])
async def test_a_wish_that_cannot_be_sent_is_refused_before_anything_is_written(
    conductr: Conductr, caller: Caller, suno: Suno, prompt: str
) -> None:
    with pytest.raises(BadWish):
        await conductr.generations.start(caller, Wish(prompt), "one")
    assert not await conductr.generations.recent(caller.guild_id)
    assert await suno.accepted(0)


async def test_a_prompt_beyond_the_models_limit_names_the_limit(conductr: Conductr, caller: Caller, suno: Suno) -> None:
    with pytest.raises(BadWish) as refused:
        await conductr.generations.start(caller, Wish("x" * 501), "one")
    assert refused.value.limit == 500
    assert not await conductr.generations.recent(caller.guild_id)
    assert await suno.accepted(0)


async def test_markdown_and_mentions_go_through_as_data(conductr: Conductr, caller: Caller) -> None:
    prompt = "@everyone **loud** `rm -rf` <@1> [x](javascript:1) ||spoiler||"
    made = await ended(conductr, (await conductr.generations.start(caller, Wish(prompt), "one")).id)
    assert made.state == "finished"
    assert made.prompt == prompt


@pytest.mark.parametrize(("fault", "error"), [("401", BadKey), ("429", OutOfCredits)])
async def test_a_refusal_ends_the_wish_with_its_reason(
    conductr: Conductr, caller: Caller, suno: Suno, fault: str, error: type[SunoError]
) -> None:
    await suno.fault("submit", fault)
    with pytest.raises(error):
        await conductr.generations.start(caller, WISH, "one")
    (made,) = await conductr.generations.recent(caller.guild_id)
    assert made.state == "refused"
    assert made.reason
    assert await suno.accepted(0)


async def test_a_gateway_that_is_down_costs_nothing_and_says_so(
    tmp_path: Path, database: str, suno: Suno, caller: Caller
) -> None:
    settings = settings_for(tmp_path, suno, suno_base_url="http://127.0.0.1:9", database_url=database)
    async with open_conductr(settings) as conductr:
        with pytest.raises(NotSent):
            await conductr.generations.start(caller, WISH, "one")
        (made,) = await conductr.generations.recent(caller.guild_id)
    assert made.state == "refused"
    assert "nothing was sent or charged" in (made.reason or "")


@pytest.mark.parametrize("fault", ["reset_after", "hang_after", "502", "data_null"])
async def test_a_lost_answer_is_told_and_never_sent_again(
    conductr: Conductr, caller: Caller, suno: Suno, fault: str
) -> None:
    await suno.fault("submit", fault)
    with pytest.raises(SunoError):
        await conductr.generations.start(caller, WISH, "one")
    (made,) = await conductr.generations.recent(caller.guild_id)
    assert made.state == "unknown"
    assert "Nothing was sent again" in (made.reason or "")
    ledger = await suno.ledger()
    assert len(ledger.submissions) + ledger.refused <= 1


async def test_a_moderated_wish_fails_with_advice(conductr: Conductr, caller: Caller, suno: Suno) -> None:
    await suno.fault("task", "SENSITIVE_WORD_ERROR")
    made = await ended(conductr, (await conductr.generations.start(caller, WISH, "one")).id)
    assert made.state == "failed"
    assert "turned that prompt down" in (made.reason or "")


@pytest.mark.parametrize("fault", ["html", "empty", "truncated"])
async def test_a_bad_file_once_is_fetched_again(conductr: Conductr, caller: Caller, suno: Suno, fault: str) -> None:
    await suno.fault("media", fault)
    made = await ended(conductr, (await conductr.generations.start(caller, WISH, "one")).id)
    assert made.state == "finished"
    assert [song.state for song in made.songs] == ["ready", "ready"]


async def test_files_that_stay_bad_fail_the_wish_and_keep_nothing(
    conductr: Conductr, caller: Caller, suno: Suno, settings: Settings
) -> None:
    await suno.fault("media", "html", times=100)
    made = await ended(conductr, (await conductr.generations.start(caller, WISH, "one")).id)
    assert made.state == "failed"
    assert not [path for path in (settings.data_dir / "media").rglob("*") if path.is_file()]


async def test_a_server_has_so_many_songs_in_the_making_and_no_more(
    conductr: Conductr, caller: Caller, suno: Suno
) -> None:
    await suno.fault("task", "stuck", times=UNFINISHED_LIMIT)
    for number in range(UNFINISHED_LIMIT):
        await conductr.generations.start(caller, Wish(f"song {number}"), f"wish {number}")
    with pytest.raises(TooManyWaiting):
        await conductr.generations.start(caller, WISH, "one more")
    assert await suno.accepted(UNFINISHED_LIMIT)


async def test_what_was_told_is_not_told_again(conductr: Conductr, caller: Caller) -> None:
    made = await ended(conductr, (await conductr.generations.start(caller, WISH, "one")).id)
    assert [view.id for view in await conductr.generations.untold()] == [made.id]
    await conductr.generations.told(made.id, made.state)
    assert not await conductr.generations.untold()


async def test_many_wishes_at_once_are_all_made(conductr: Conductr, caller: Caller, suno: Suno) -> None:
    async with anyio.create_task_group() as wishes:
        for number in range(4):
            wishes.start_soon(conductr.generations.start, caller, Wish(f"song {number}"), f"wish {number}")
    for view in await conductr.generations.recent(caller.guild_id):
        assert (await ended(conductr, view.id)).state == "finished"
    assert await suno.accepted(4)
