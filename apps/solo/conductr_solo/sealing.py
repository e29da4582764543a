"""conductr rotate-keys: members' keys under the newest of CONDUCTR_SEALING_KEYS; and for doctor, which lie where."""

from __future__ import annotations

from collections.abc import Callable

from conductr import Settings
from conductr.app import check_data_dir
from conductr.dialling import ring_of
from conductr.errors import SetupError
from conductr_store import Store
from conductr_store.rotation import rotate


async def rotate_keys(settings: Settings, say: Callable[[str], object]) -> bool:
    """False where some would not open. Raises SetupError, StoreError."""
    ring = ring_of(settings)
    if ring is None:
        raise SetupError("CONDUCTR_SEALING_KEYS", "it is not set", "Write the new key first: new:key,old:key.")
    check_data_dir(settings)
    async with Store.open(settings.database) as store:
        done = await rotate(store, ring)
        async with store.begin() as tx:
            lying = await tx.provider_keys.under()
    say(f"{done.count} sealed anew under {ring.newest.name}.")
    for key_id in done.broken:
        say(f"The key {key_id} opens with none of them; its member has to enter it again.")
    older = sorted(lying.keys() - {ring.newest.name})
    say(f"Still needed besides: {', '.join(older)}." if older else "Older sealing keys may go from the setting.")
    return not done.broken


async def lying_under(settings: Settings) -> tuple[str, str | None, bool]:
    """How many members' keys lie under which sealing key, advice, and whether all can be opened. Raises as `begin`.

    For a database whose schema is the newest.
    """
    store = Store(settings.database)
    try:
        async with store.begin() as tx:
            lying = await tx.provider_keys.under()
    finally:
        await store.close()
    ring = ring_of(settings)
    names = () if ring is None else tuple(key.name for key in ring.keys)
    told = ", ".join(f"{count} under {name}" for name, count in sorted(lying.items())) or "none"
    if missing := sorted(lying.keys() - set(names)):
        return told, f"CONDUCTR_SEALING_KEYS lacks {', '.join(missing)}: put it back, behind the newest.", False
    if lying.keys() - set(names[:1]):
        return told, "conductr rotate-keys seals all under the newest.", True
    return told, None, True
