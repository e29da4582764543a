"""What is answered at once about words: when each is sung, and a style said at length (suno.md 2A.8)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from anyio import to_thread
from starlette.routing import Route

from suno_client.sandbox.desk import Asked, Desk, Fields
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job, JobState
from suno_client.sandbox.music.arrange import score_for
from suno_client.sandbox.music.conversions import peaks
from suno_client.sandbox.music.karaoke import SungWord, words_in_time
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.stylist import STYLE_LIMIT, boosted
from suno_client.sandbox.refusals import Refusal
from suno_client.sandbox.rules import need, strings, within
from suno_client.sandbox.sides import shapes
from suno_client.sandbox.sides.faults import SIDE_FAILURES
from suno_client.sandbox.sides.tasks import refuse_take, the_take
from suno_client.sandbox.wire import compact

_OLD = {"startS": "start_s", "endS": "end_s", "palign": "p_align"}  # suno.md 2A.8c


class WordEndpoints:
    """Timed lyrics, and style."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        desk = Desk(self._house)
        return [
            desk.at_once(
                "/api/v1/generate/get-timestamped-lyrics",
                check=partial(refuse_take, self._house),
                accept=self._time,
                price=0.5,
            ),
            desk.at_once("/api/v1/style/generate", check=_check_style, accept=self._boost, price=0.4),
        ]

    async def _time(self, asked: Asked) -> object:
        take = the_take(self._house, asked.fields)
        words = await to_thread.run_sync(_sung, take.order) if take.order.lyrics else []
        fault = self._house.faults.take("task", asked.endpoint)
        names = _OLD if fault is not None and fault.fault == "old_edition" else {}
        return {
            "alignedWords": [_aligned(word, names) for word in words],
            "waveformData": await to_thread.run_sync(peaks, take.audio),
            "hootCer": _error_rate(words),
            "isStreamed": False,
        }

    async def _boost(self, asked: Asked) -> object:
        content = str(asked.fields["content"])
        fault = self._house.faults.take("task", asked.endpoint)
        job = Job(asked.endpoint, asked.fields, asked.price, 0.0, 0.0, outcome=fault.fault if fault else None)
        state = JobState.FAILED if job.will_fail or job.outcome in SIDE_FAILURES else JobState.SUCCESS
        state = JobState.PENDING if job.outcome == "stuck" else state
        code, message = job.error(state)
        return {
            "taskId": job.id,
            "param": compact(asked.fields),
            "result": boosted(content, self._house.seed) if state is JobState.SUCCESS else "",
            "creditsConsumed": asked.price,
            "creditsRemaining": self._house.till.balance,
            "successFlag": str(_STYLE_FLAGS[state]),
            "errorCode": code or 0,
            "errorMessage": message or "",
            "createTime": shapes.timestamp(job.created, job),
        }


_STYLE_FLAGS = shapes.numbers(create_failed=2, failed=2)  # here a digit in a string


def _sung(order: Order) -> list[SungWord]:
    return words_in_time(order.lyrics, score_for(order))


def _aligned(word: SungWord, names: Mapping[str, str]) -> dict[str, object]:
    told = {"word": word.text, "success": word.heard, "startS": word.start_s, "endS": word.end_s, "palign": 0}
    return {names.get(name, name): value for name, value in told.items()}


def _error_rate(words: list[SungWord]) -> float:
    """The share of the words that no voice sings."""
    return sum(not word.heard for word in words) / max(1, len(words))


def _check_style(fields: Fields) -> Refusal | None:
    return need(fields, "content") or strings(fields, "content") or within(fields, {"content": STYLE_LIMIT})
