"""`python -m suno_client`: the suno command."""

from __future__ import annotations

import sys

from suno_client.cli import main

if __name__ == "__main__":
    sys.exit(main())
