"""The code blocks of README and guides, and what a test changes in them so that they run against its sandbox.

    ```python                   a program, or (with `def test_`) a file for pytest; each runs by itself
    ```python title="name.py"   a file that is written beside the page's others
    ```console                  `$ suno ...` and `$ python name.py` are run, the lines between them are what they print
    ```sh                       for the reader's own machine: installing, starting a sandbox; checked, not run

All of it that is not as the reader sees it:

- `http://127.0.0.1:8770` (8771: dialect kie, 8772: gcui) becomes the address of the test's sandbox of that dialect,
  whose clock runs 20 times as fast and whose songs last 6 seconds.
- A client of these addresses that says nothing about polling looks more often.
- Port 8780, where a program of the page listens, becomes a free one.
- `humming.mp3`, `drums.mp3` and `phrase.mp3`, which a reader has of his own, are there.
- Programs of one page run in one process, one after the other, in an empty folder; those about the player find
  the two songs of `music/` there, and `rain.mp3`.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from pathlib import Path

import suno_client

ROOT = Path(__file__).parents[2]
README = Path(suno_client.__file__).parent / "README.md"
GUIDES = ROOT / "docs/guides/suno-client"
PLAYER_README = ROOT / "src/conductr_player/README.md"
PLAYER_GUIDES = ROOT / "docs/guides/conductr-player"
PAGES = {
    "README": README,
    **{path.stem: path for path in sorted(GUIDES.glob("*.md"))},
    "player/README": PLAYER_README,
    **{f"player/{path.stem}": path for path in sorted(PLAYER_GUIDES.glob("*.md"))},
}
DIALECTS = {"http://127.0.0.1:8770": "sunoapi", "http://127.0.0.1:8771": "kie", "http://127.0.0.1:8772": "gcui"}
SOON = ", polling=__import__('suno_client').Polling(first_s=0.1, max_s=0.5)"
PORT = "8780"
OWN_FILES = ("humming.mp3", "drums.mp3", "phrase.mp3")

_FENCE = re.compile(r"^```(\w+)(?: title=\"([\w.]+)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is the page's, of its first line of code."""

    page: str
    language: str
    title: str | None
    line: int
    code: str

    @property
    def is_test(self) -> bool:
        return self.language == "python" and bool(re.search(r"^(async )?def test_", self.code, re.MULTILINE))

    def at(self, urls: dict[str, str]) -> str:
        """The code with the addresses of the sandboxes that there are, by dialect."""
        code = self.code
        for written, dialect in DIALECTS.items():
            if "polling=" not in code:
                code = code.replace(f'base_url="{written}"', f'base_url="{urls[dialect]}"{SOON}')
            code = code.replace(written, urls[dialect])
        return code.replace(PORT, str(_free_port())) if PORT in code else code


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def blocks_of(page: str) -> list[Block]:
    text = PAGES[page].read_text("utf-8")
    return [
        Block(page, match[1], match[2], text.count("\n", 0, match.start(3)) + 1, match[3])
        for match in _FENCE.finditer(text)
    ]
