"""What the gateway refuses, in what order and words (reference: suno.md 2A.2-2A.4, 6.2)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sandbox.asking import WISH, Gateway

from suno_client.sandbox import SandboxServer
from suno_client.sandbox.rules import check

CUSTOM = {**WISH, "customMode": True, "style": "jazz", "title": "T"}


def _said(**changes: Any) -> tuple[int, str] | None:
    refusal = check({**WISH, **changes})
    return (refusal.code, refusal.msg) if refusal else None


@pytest.mark.parametrize("field", ["customMode", "instrumental", "model"])
def test_a_missing_field_is_named(field: str) -> None:
    assert _said(**{field: None}) == (400, f"{field} cannot be null")


def test_the_callback_is_asked_for_in_the_gateways_words() -> None:
    assert _said(callBackUrl=None) == (400, "Please enter callBackUrl.")
    assert _said(callBackUrl="nowhere") == (400, "callBackUrl is invalid")


def test_the_first_fault_is_told_first() -> None:
    assert _said(customMode=None, model=None, callBackUrl=None, prompt="x" * 9_000) == (
        400,
        "customMode cannot be null",
    )


@pytest.mark.parametrize(
    ("model", "field", "limit"),
    [
        ("V5", "prompt", 5_000), ("V5", "style", 1_000), ("V5", "title", 100),
        ("V4", "prompt", 3_000), ("V4", "style", 200), ("V4", "title", 80),
        ("V4_5ALL", "title", 80), ("V6", "title", 80), ("V6", "lyrics", 5_000), ("V5_5", "negativeTags", 1_000),
    ],
)  # fmt: skip
def test_a_length_is_allowed_up_to_its_limit(model: str, field: str, limit: int) -> None:
    assert check({**CUSTOM, "model": model, field: "x" * limit}) is None
    refusal = check({**CUSTOM, "model": model, field: "x" * (limit + 1)})
    assert refusal is not None
    assert refusal.code == 413
    assert field in refusal.msg


def test_an_idea_is_shorter_than_lyrics() -> None:
    assert _said(prompt="x" * 500) is None
    assert _said(prompt="x" * 501) == (413, "prompt is too long: at most 500 characters.")
    assert _said(model="V6", style="jazz", prompt="x" * 3_000) is None
    assert _said(model="V6", style="jazz", prompt="x" * 3_001) == (413, "prompt is too long: at most 3000 characters.")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prompt": ""}, "Please enter prompt."),
        ({"customMode": True}, "Please enter style."),
        ({"customMode": True, "style": "jazz"}, "Please enter title."),
        (
            {"customMode": True, "instrumental": False, "style": "jazz", "title": "T", "prompt": ""},
            "Please enter prompt.",
        ),
        ({"customMode": True, "model": "V6", "prompt": ""}, "Please enter style, lyrics or negativeTags."),
        ({"model": "V9"}, "model is invalid"),
        ({"customMode": "yes"}, "customMode must be a boolean"),
        ({"prompt": 7}, "prompt must be a string"),
        ({"styleWeight": 1.5}, "styleWeight must be between 0 and 1"),
        ({"duration": 5}, "duration must be between 10 and 360"),
        ({"vocalGender": "x"}, "vocalGender must be m or f"),
        ({"model": "V6"}, "Please enter style, lyrics, imageUrls, videoUrls or audioUrls."),
        ({"variety": 1.5}, "variety must be a whole number"),
        ({"variety": True}, "variety must be between 0 and 4"),
        ({"personaModel": "robot"}, "personaModel must be style_persona or voice_persona"),
        ({"personaModel": "voice_persona", "model": "V4_5"}, "voice_persona needs model V5, V5_5 or V6"),
        ({"imageUrls": "https://a/b.png"}, "imageUrls must be a list of URLs"),
        ({"imageUrls": ["b.png"]}, "imageUrls must be a list of URLs"),
        ({"imageUrls": ["https://[bad"]}, "imageUrls must be a list of URLs"),
        ({"imageUrls": ["https://a/b.png"] * 6}, "imageUrls holds at most 5"),
        ({"videoUrls": ["https://a/b.mp4"] * 2}, "videoUrls holds at most 1"),
        (
            {"imageUrls": ["https://a/b.png"] * 5, "audioUrls": ["https://a/b.mp3"] * 6},
            "at most 10 attachments in all",
        ),
        (
            {**CUSTOM, "imageUrls": ["https://a/b.png"]},
            "imageUrls, videoUrls and audioUrls need customMode false",
        ),
    ],
)
def test_each_mode_asks_for_what_it_needs(changes: dict[str, Any], said: str) -> None:
    assert _said(**changes) == (400, said)


def test_the_sixth_generation_asks_for_less() -> None:
    assert _said(customMode=True, model="V6", prompt="", lyrics="la la") is None
    assert _said(model="V6", prompt="", style="jazz") is None
    assert _said(model="V6", prompt="", imageUrls=["https://a/b.png"]) is None
    assert _said(personaModel="voice_persona", model="V6", style="jazz") is None
    assert _said(personaModel="voice_persona", variety=4) is None


@pytest.mark.anyio
@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc"])
async def test_no_key_is_refused_before_anything_is_read(gateway: Gateway, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    async with httpx.AsyncClient(base_url=gateway.server.url, headers=headers, trust_env=False) as stranger:
        answer = await stranger.post("/api/v1/generate", content=b"not json")
    assert answer.status_code == 200  # errors come with HTTP 200, suno.md 2A.2
    assert answer.json() == {"code": 401, "msg": "You do not have access permissions", "data": None}


@pytest.mark.anyio
async def test_a_body_that_is_no_json_is_refused(gateway: Gateway) -> None:
    assert (await gateway.http.post("/api/v1/generate", content=b"[1]")).json()["code"] == 400
    assert (await gateway.http.post("/api/v1/generate", content=b"{")).json()["code"] == 400
    assert (await gateway.http.post("/api/v1/generate", content=b"x" * 1_100_000)).json()["code"] == 413


@pytest.mark.anyio
async def test_without_credits_nothing_is_accepted(gateway: Gateway) -> None:
    await gateway.http.post("/_sandbox/credits", json={"credits": 23})
    await gateway.fault("task", "stuck")
    await gateway.task()
    answer = (await gateway.submit()).json()
    assert answer == {"code": 429, "msg": "The current credits are insufficient. Please top up.", "data": None}
    assert len((await gateway.ledger())["submissions"]) == 1


@pytest.mark.anyio
async def test_the_twenty_first_call_in_ten_seconds_is_one_too_many(gateway: Gateway) -> None:
    await gateway.fault("task", "stuck", times=20)
    for _ in range(20):
        await gateway.task()
    answer = (await gateway.submit()).json()
    assert answer == {"code": 430, "msg": "Your call frequency is too high. Please try again later.", "data": None}
    assert len((await gateway.ledger())["submissions"]) == 20


@pytest.mark.anyio
async def test_the_window_moves_on_with_the_clock() -> None:
    seconds = [0.0]
    async with SandboxServer(now=lambda: seconds[0], key="only", errors_as_200=False) as server:
        server.faults.clear()
        async with httpx.AsyncClient(
            base_url=server.url, headers={"Authorization": "Bearer only"}, trust_env=False
        ) as http:
            await http.post("/_sandbox/faults", json={"on": "task", "fault": "stuck", "times": 99})
            codes = [(await http.post("/api/v1/generate", json=WISH)).json()["code"] for _ in range(21)]
            assert codes == [200] * 20 + [430]
            seconds[0] = 10.1
            assert (await http.post("/api/v1/generate", json=WISH)).json()["code"] == 200
            wrong = await http.get("/api/v1/generate/credit", headers={"Authorization": "Bearer other"})
            assert (wrong.status_code, wrong.json()["code"]) == (401, 401)
