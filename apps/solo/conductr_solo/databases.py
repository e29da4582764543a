"""conductr migrate and conductr backup: what an operator does with the database, told in a sentence or two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from conductr import Settings
from conductr_store import Store, back_up, check_up

Say = Callable[[str], object]


async def migrate(settings: Settings, say: Say) -> None:
    """Bring the schema to the newest. Raises StoreError, SchemaTooNew among them."""
    before = await check_up(settings.database)
    if before.up_to_date and before.healthy:
        say(f"{before.place}: the schema is the newest already ({before.newest}).")
        return
    async with Store.open(settings.database):
        pass
    after = await check_up(settings.database)
    say(f"{after.place}: the schema went from {before.revision or 'nothing'} to {after.revision}.")


async def backup(settings: Settings, target: Path, say: Say) -> None:
    """Raises StoreError, BackupRefused among them."""
    kept = await back_up(settings.database, target)
    say(f"{kept.path}: {kept.size_bytes / 1e6:.1f} MB, checked and whole.")
    say("To bring it back: stop Conductr, put this file in the database's place, start Conductr.")
    say(f"It holds no songs' files; those are in {settings.media_url or settings.data_dir / 'media'}.")
