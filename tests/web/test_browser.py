"""The page in a real browser: ask, watch it being made, hear it, steer it; by mouse and by keyboard alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect
from web.studio import WAIT_S, serving, until

from conductr import Conductr, browser_caller

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]

WAIT_MS = WAIT_S * 1_000
SOON_S = 1.5  # from a click to sound
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Loudness (RMS) of what the audio element really plays, over a second.
LOUDNESS = """async () => {
  const context = new AudioContext();
  const meter = context.createAnalyser();
  meter.fftSize = 4096;
  context.createMediaStreamSource(document.getElementById("room").captureStream()).connect(meter);
  const samples = new Float32Array(meter.fftSize);
  let loudest = 0;
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    meter.getFloatTimeDomainData(samples);
    loudest = Math.max(loudest, Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length));
  }
  await context.close();
  return loudest;
}"""


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CONDUCTR_CI"):
            pytest.fail("Debian's chromium is missing: apt install chromium")
        pytest.skip("Debian's chromium is missing: apt install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def url(conductr: Conductr) -> AsyncIterator[str]:
    async with serving(conductr) as url:
        yield url
        if (await conductr.playback.queue(0)).current is not None:
            await conductr.playback.stop(browser_caller())


@pytest.fixture
async def page(chromium: Browser, url: str) -> AsyncIterator[Page]:
    """The page, opened. At the end nothing was complained of: no error, no warning, no breach of the policy."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        refused = "the server responded with a status of 4" in message.text  # the page tells that in words
        if message.type in ("error", "warning") and not refused:
            complaints.append(f"{message.type}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(f"thrown: {error}"))
    await page.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective, e.blockedURI))"
    )
    await page.goto(url)
    await expect(page.locator("#link-state")).to_have_attribute("data-state", "live")
    yield page
    await context.close()
    assert complaints == []


async def holds(page: Page, condition: str) -> float:
    """Waits until JavaScript's `condition` is true; the seconds it took. The policy forbids Playwright's own way."""
    took: float = await page.evaluate(
        f"""async () => {{
          const began = performance.now();
          while (!({condition})) {{
            if (performance.now() - began > {WAIT_MS}) throw new Error("waited too long");
            await new Promise((resolve) => setTimeout(resolve, 20));
          }}
          return (performance.now() - began) / 1000;
        }}"""
    )
    return took


async def position(page: Page) -> float:
    return float(await page.evaluate("document.getElementById('room').currentTime"))


async def heard(page: Page, more_than_s: float = 0.5) -> None:
    """Waits until the audio element has really played on."""
    start = await position(page)
    await holds(page, f"document.getElementById('room').currentTime > {start + more_than_s}")


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
