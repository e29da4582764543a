"""The page in a real browser: by keyboard alone, with words that will not do, at any width, and without its server."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect
from web.pages import heard
from web.studio import serving, until

from conductr import Conductr

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]


async def test_the_keyboard_alone_is_enough(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip-link")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#prompt")).to_be_focused()
    await page.keyboard.type("jazz by keyboard")
    await page.keyboard.press("Enter")
    await expect(page.locator(".wish h3").first).to_have_text("jazz by keyboard")
    await heard(page)
    await expect(page.locator("#prompt")).to_have_value("")
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == "play":
            break
    await expect(page.locator("#play")).to_be_focused()
    assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    await page.keyboard.press("Space")
    await expect(page.locator("#now")).to_have_attribute("data-state", "paused")
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("Space")
    await expect(page.locator("#now")).to_have_attribute("data-state", "playing")


async def test_a_wish_that_will_not_do_is_told_beside_the_prompt(page: Page, conductr: Conductr) -> None:
    before = len(await conductr.generations.recent(0))
    await page.get_by_label("Describe the song").fill("x" * 10_000)
    async with page.expect_response("**/generate") as answered:
        await page.get_by_role("button", name="Create").click()
    assert (await answered.value).status == 422
    problem = page.locator("#wish-problem")
    await expect(problem).to_contain_text("10,000 characters")
    await expect(page.locator("#prompt")).to_be_focused()
    await expect(page.locator("#prompt")).to_have_value("x" * 10_000)
    await page.get_by_label("Describe the song").fill("shorter")
    await expect(problem).to_be_hidden()
    assert len(await conductr.generations.recent(0)) == before


HOSTILE = [
    '<img src=x onerror="globalThis.pwned=1"> "\'><svg onload=globalThis.pwned=1>',
    "<script>globalThis.pwned=1</script> {{7*7}} @everyone **bold** [x](javascript:globalThis.pwned=1)",
]


async def test_hostile_prompts_are_only_text(page: Page, conductr: Conductr) -> None:
    for prompt in HOSTILE:
        await page.get_by_label("Describe the song").fill(prompt)
        await page.get_by_role("button", name="Create").click()
        await expect(page.locator(".wish h3").first).to_have_text(prompt)
        await expect(page.locator("#prompt")).to_have_value("")

    async def all_done() -> bool:
        return all(made.state == "finished" for made in await conductr.generations.recent(0, len(HOSTILE)))

    await until(conductr, all_done)
    await page.reload()
    await expect(page.locator("#songs .row").first).to_be_visible()
    assert await page.evaluate("globalThis.pwned") is None
    assert (
        await page.evaluate("document.querySelectorAll('main script, main img[src=x], main svg[onload]').length") == 0
    )


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
async def test_nothing_sticks_out_at_any_width(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 844})
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_the_page_connects_again_after_the_server_was_gone(chromium: Browser, conductr: Conductr) -> None:
    page = await (await chromium.new_context()).new_page()
    async with serving(conductr) as url:
        await page.goto(url)
        await expect(page.locator("#link-state")).to_have_attribute("data-state", "live")
    await expect(page.locator("#link-state")).to_have_attribute("data-state", "lost")
    await page.get_by_label("Describe the song").fill("into the void")
    await page.get_by_role("button", name="Create").click()
    await expect(page.locator("#wish-problem")).to_contain_text("does not answer")
    await expect(page.locator("#prompt")).to_have_value("into the void")
    await page.context.close()
