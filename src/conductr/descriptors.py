"""Open files: each voice takes some, and a thousand voices more than a login usually allows."""

from __future__ import annotations

import resource
from contextlib import suppress

ENOUGH = 65_536


def allow_many_files() -> None:
    """Raise this process's own limit as far as it may, but not beyond ENOUGH; where that is refused, it stays."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
