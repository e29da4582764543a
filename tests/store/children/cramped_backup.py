"""Backs up where no file may grow beyond 64 kB, as on a full disk. Arguments: the database's address, the target."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import anyio

from conductr_store import BackupRefused, back_up


async def main(url: str, target: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))
    try:
        await back_up(url, Path(target))
    except BackupRefused as error:
        sys.stdout.write(f"refused: {error}\n")


anyio.run(main, sys.argv[1], sys.argv[2])
