"""How soon each command of the bot is answered, on the Discord of the tests: python benchmarks/commands.py [--rounds N]

A real bot process, a library of three songs, one member who asks one thing at a time. Milliseconds from Discord's
dispatch to the bot's first answer, in one process more than in production: the emulator shares the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from bot.bot_process import NO_SUNO, bot_process  # noqa: E402
from bot.seeded_library import seed_library  # noqa: E402
from emulators.discord import DiscordEmulator, default_guild  # noqa: E402

from conductr_bot.commands.table import COMMANDS  # noqa: E402

TARGET_MS = 250.0  # p95 of the acknowledgement
TITLES = {"Blue Rain": 120.0, "Second Wind": 90.0, "Coda": 60.0}
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "generate": {"prompt": "rain"},
    "skip": {"count": 1},
    "loop": {"mode": "off"},
    "seek": {"time": "5"},
    "volume": {"level": 90},
    "queue-remove": {"song": "1"},
    "queue-move": {"song": "1"},
    "library": {"search": "rain"},
    "create-playlist": {"name": "Evening"},
    "delete-playlist": {"playlist": "Evening"},
    "rename-playlist": {"playlist": "Evening", "name": "Night"},
    "add-to-playlist": {"song": "Blue Rain", "playlist": "Evening"},
    "remove-from-playlist": {"song": "Blue Rain", "playlist": "Evening"},
    "switch-playlist": {"playlist": "Evening"},
    "play-playlist": {"playlist": "Evening"},
    "filter": {"tag": "off"},
    "play": {"song": "Blue Rain"},
    "export": {"song": "Coda"},
}


async def measure(rounds: int) -> dict[str, list[float]]:
    """Acknowledgements in milliseconds, by command."""
    taken: dict[str, list[float]] = {command.name: [] for command in COMMANDS}
    guild = default_guild("Bench")
    with tempfile.TemporaryDirectory() as folder:
        await seed_library(Path(folder), [guild], TITLES)
        async with DiscordEmulator([guild]) as discord, bot_process(discord, Path(folder), NO_SUNO):
            await discord.human_joins()
            await (await discord.slash("play", {"song": "Blue Rain"})).reply()
            for _ in range(rounds):
                for command in COMMANDS:
                    if command.name == "leave":
                        continue  # the next join would be measured with it
                    asked = await discord.slash(command.name, OPTIONS.get(command.name, {}))
                    await asked.acknowledged(10)
                    await asked.reply(20)
                    taken[command.name].append(asked.ack_ms)
    return {name: times for name, times in taken.items() if times}


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    taken = asyncio.run(measure(parser.parse_args().rounds))
    every = sorted(time for times in taken.values() for time in times)
    print(f"{'command':<22}{'p50':>8}{'p95':>8}{'max':>8}  ms")
    for name, times in sorted(taken.items(), key=lambda pair: -max(pair[1])):
        print(
            f"{name:<22}{median(times):>8.1f}{quantiles(times, n=20, method='inclusive')[-1]:>8.1f}{max(times):>8.1f}"
        )
    p95 = quantiles(every, n=20, method="inclusive")[-1]
    print(f"{'all':<22}{median(every):>8.1f}{p95:>8.1f}{every[-1]:>8.1f}   target p95 <= {TARGET_MS:.0f}")
    return 0 if p95 <= TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
