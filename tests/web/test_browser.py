"""The page in a real browser: ask, watch it being made, hear it, steer it."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect
from web.pages import LOUDNESS, SOON_S, WAIT_MS, heard, holds, position

from conductr import Conductr, browser_caller

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]


async def test_ask_for_a_song_watch_it_grow_and_hear_it(page: Page, conductr: Conductr) -> None:
    await page.get_by_role("button", name="synthwave").click()
    await page.get_by_role("button", name="Create").click()
    card = page.locator(".wish").first
    await expect(card.locator("[aria-current=step]")).to_have_text("First notes", timeout=WAIT_MS)
    await heard(page)
    assert await page.evaluate(LOUDNESS) > 0.01
    await expect(page.locator("#now")).to_have_attribute("data-state", "playing")
    await expect(page.locator("#now-title")).not_to_have_text("The room is quiet")
    await expect(card).to_have_attribute("data-state", "finished", timeout=WAIT_MS)
    await expect(card.get_by_role("button", name="take 1")).to_be_visible()
    await expect(page.locator("#songs .row")).to_have_count(2)
    await expect(page.locator(".now-art img")).to_be_visible()
    await expect(page.locator("#time-now")).not_to_have_text("0:00")


async def test_pause_holds_the_sound_and_play_goes_on_at_once(page: Page, conductr: Conductr) -> None:
    await page.locator("#songs .row-play").first.click()
    await heard(page)
    await page.get_by_role("button", name="Pause", exact=True).click()
    await expect(page.locator("#now")).to_have_attribute("data-state", "paused")
    await page.wait_for_timeout(700)  # what was under way is heard to its end
    held = await position(page)
    await page.wait_for_timeout(500)
    assert await position(page) == held
    at = (await conductr.playback.queue(0)).position_s

    await page.locator("#play").click()
    assert await holds(page, f"document.getElementById('room').currentTime > {held + 0.05}") < SOON_S
    assert (await conductr.playback.queue(0)).position_s >= at
    await heard(page)

    await page.get_by_role("button", name="Skip").click()
    await page.locator("#songs .row-play").first.click()
    await heard(page)
    await page.get_by_role("button", name="Stop").click()
    await expect(page.locator("#now")).to_have_attribute("data-state", "idle")
    await expect(page.locator("#play")).to_be_disabled()


async def test_a_page_opened_later_listens_to_what_plays(page: Page, conductr: Conductr) -> None:
    songs = (await conductr.library.search(0)).songs
    await conductr.playback.play(browser_caller(), songs[0].id)
    listen = page.get_by_role("button", name="Listen", exact=True).first
    await expect(listen).to_be_visible()
    assert (await conductr.playback.queue(0)).position_s < 0.5  # the music waits
    await listen.click()
    assert await holds(page, "document.getElementById('room').currentTime > 0") < SOON_S


async def test_a_second_page_joins_in_the_middle_and_both_hear_it(page: Page, chromium: Browser, url: str) -> None:
    """All get the same clusters, whose times began with the first page."""
    await page.locator("#songs .row-play").first.click()
    await heard(page)
    context = await chromium.new_context()
    second = await context.new_page()
    await second.goto(url)
    await second.get_by_role("button", name="Listen", exact=True).first.click()
    assert await holds(second, "document.getElementById('room').currentTime > 0") < SOON_S
    await heard(second)
    assert await second.evaluate(LOUDNESS) > 0.01
    assert await position(second) < await position(page)  # it began at its own beginning
    await heard(page)
    await context.close()


async def test_a_wish_that_was_made_before_says_so_and_is_made_anew_on_request(page: Page, conductr: Conductr) -> None:
    prompt, card = page.get_by_label("Describe the song"), page.locator(".wish").first
    for _ in range(2):
        await prompt.fill("rain on a tin roof")
        await page.get_by_role("button", name="Create").click()
        await expect(prompt).to_have_value("")
        await expect(card.locator("h3")).to_have_text("rain on a tin roof")
        await expect(card).to_have_attribute("data-state", "finished", timeout=WAIT_MS)
    await expect(card).to_contain_text("That was made here already")
    before = (await conductr.generations.recent(0))[0]
    await prompt.fill("quite another idea")
    async with page.expect_response("**/generate") as answered:
        await page.get_by_role("button", name="Make a new one").click()
    made = await (await answered.value).json()
    assert (made["prompt"], made["repeated"]) == (before.prompt, False)
    assert made["id"] != before.id
    await expect(page.locator(".wish")).to_have_count(2)
    await expect(page.get_by_role("button", name="Make a new one")).to_have_count(1)
    await expect(page.locator("#wish [type=submit]")).not_to_have_attribute("aria-busy", "true")
    await expect(prompt).to_have_value("quite another idea")
