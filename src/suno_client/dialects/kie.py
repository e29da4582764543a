"""The dialect of kie.ai: sunoapi.org's paths, but codes that mean other things (reference: suno.md 2B). Pure."""

from __future__ import annotations

from dataclasses import replace

from suno_client._answers import int_of, json_of, object_of, words_of
from suno_client._wire import Answer, Call
from suno_client.errors import OutOfCredits, Refused, TooMany
from suno_client.limits import KIE_LIMITS
from suno_client.models import Progress, Stage
from suno_client.requests import Generate, GetProgress

from . import _songs
from ._dialect import Dialect, Endpoint, Endpoints
from ._envelope import COMMON, Codes
from ._gateway import endpoints

_TABLE = {**COMMON, 405: Refused, 429: TooMany, 433: OutOfCredits, 505: Refused}
CODES = Codes({"A": _TABLE, "B": _TABLE, "upload": _TABLE}, fields_as_500=True)
UNKNOWN_TASK = "recordinfo is null"  # in lower case


def _endpoints() -> Endpoints:
    shared = endpoints(CODES, credit_path="/api/v1/chat/credit")
    look: Endpoint[GetProgress, Progress] = shared[GetProgress]

    def read(request: GetProgress, answer: Answer) -> Progress:
        """An unknown task is an error here, and so is one that is too new: both are waited for."""
        envelope = object_of(json_of(answer.body))
        if int_of(envelope.get("code")) == 422 and words_of(envelope.get("msg")).lower() == UNKNOWN_TASK:
            return Progress(request.task_id, Stage.QUEUED)
        return look.read(request, answer)

    return {
        **shared,
        Generate: Endpoint(_generate, shared[Generate].read),
        GetProgress: Endpoint(look.build, read),
    }


def _generate(request: Generate, callback_url: str) -> Call:
    """Its documented defaults are not applied by the server, so the words are sent also where there are none."""
    call = _songs.generate(request, callback_url)
    words = dict.fromkeys(("prompt", "style", "title", "negativeTags"), "")
    return replace(call, body=words | dict(call.body or {}))


KIE = Dialect(
    "kie",
    "https://api.kie.ai",
    ("api.kie.ai",),
    _endpoints(),
    upload_url="https://kieai.redpandaai.co",
    limits=KIE_LIMITS,
)
