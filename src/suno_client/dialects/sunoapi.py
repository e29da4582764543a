"""The dialect of sunoapi.org (reference: suno.md 2A). Pure: no clock, no I/O."""

from __future__ import annotations

from suno_client.errors import OutOfCredits, Refused, TooMany

from ._dialect import Dialect
from ._envelope import COMMON, Codes
from ._gateway import endpoints

CODES = Codes(
    {
        "A": {**COMMON, 405: TooMany, 429: OutOfCredits},  # yes, 429 is money and 405 haste
        "B": {**COMMON, 405: TooMany, 429: TooMany, 451: Refused},
        "upload": {**COMMON, 405: Refused, 429: TooMany},
    }
)

SUNOAPI = Dialect(
    "sunoapi",
    "https://api.sunoapi.org",
    ("api.sunoapi.org", "apibox.erweima.ai"),
    endpoints(CODES, credit_path="/api/v1/generate/credit"),
    upload_url="https://sunoapiorg.redpandaai.co",
)
