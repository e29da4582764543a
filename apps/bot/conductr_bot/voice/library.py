"""Whether the libraries are there without which Discord's voice cannot be spoken to."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from conductr import SetupError

NEEDED: Final = {
    "davey": "Discord lets nobody into a voice channel without end-to-end encryption (DAVE)",
    "nacl": "Discord's voice packets are encrypted",
}


def check_libraries(needed: dict[str, str] = NEEDED) -> None:
    """Raises SetupError with the command that installs what is missing."""
    for module, why in needed.items():
        if find_spec(module) is None:
            raise SetupError(module, f"it is not installed, and {why}", "Install it: pip install 'py-cord[voice]'.")
