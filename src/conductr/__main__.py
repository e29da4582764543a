"""python -m conductr: the worker role. Follows unfinished generations; hears and shows nothing."""

from __future__ import annotations

import anyio

from .app import open_conductr
from .logs import set_up_logs
from .settings import Settings


async def work(settings: Settings) -> None:
    async with open_conductr(settings):
        await anyio.sleep_forever()


if __name__ == "__main__":
    chosen = Settings()
    set_up_logs(chosen)
    anyio.run(work, chosen)
