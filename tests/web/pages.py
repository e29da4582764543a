"""The page in a real browser, and what is asked of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect
from web.studio import WAIT_S, serving

from conductr import Conductr, browser_caller

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
