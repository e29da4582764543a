"""One code, three meanings: by gateway, by family of endpoints, and by what the message says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.suno_requests import SAMPLES, TASK

from suno_client import (
    AlreadyMade,
    BadKey,
    Maintenance,
    Misunderstood,
    OutOfCredits,
    Progress,
    PromptRejected,
    Refused,
    Stage,
    SunoError,
    Task,
    TaskId,
    TooMany,
    Unanswered,
)
from suno_client._wire import Answer
from suno_client.dialects import DIALECTS
from suno_client.requests import (
    BoostStyle,
    Generate,
    GetProgress,
    MakeCoverImages,
    MakePersona,
    MakeWav,
    Request,
    UploadUrl,
)

Kind = type[Request[Any]]
CREDITS = "The current credits are insufficient. Please top up."
HASTE = "Your call frequency is too high."


def read(dialect: str, kind: Kind, code: object, msg: object = "", data: object = None) -> object:
    body = json.dumps({"code": code, "msg": msg, "data": data}).encode()
    return DIALECTS[dialect].read(SAMPLES[kind], Answer(200, {}, body))


@pytest.mark.parametrize(
    ("dialect", "kind", "code", "msg", "error"),
    [
        ("sunoapi", Generate, 429, "", OutOfCredits),  # set A: money
        ("sunoapi", Generate, 429, HASTE, TooMany),
        ("sunoapi", MakeCoverImages, 429, "", TooMany),  # set B: haste
        ("sunoapi", MakePersona, 429, CREDITS, OutOfCredits),
        ("kie", Generate, 429, "", TooMany),  # the opposite of sunoapi's set A
        ("kie", Generate, 429, CREDITS, OutOfCredits),
        ("kie", Generate, 402, "", OutOfCredits),
        ("kie", Generate, 433, "sub-key limit", OutOfCredits),
        ("kie", Generate, 433, "rate limit of this key", TooMany),
        ("sunoapi", Generate, 430, HASTE, TooMany),
        ("sunoapi", Generate, 405, "", TooMany),
        ("kie", Generate, 405, "Method not allowed", Refused),
        ("sunoapi", UploadUrl, 405, "Method not allowed", Refused),
        ("sunoapi", UploadUrl, 500, "", Unanswered),
        ("sunoapi", Generate, 401, "", BadKey),
        ("sunoapi", Generate, 403, "", BadKey),
        ("sunoapi", Generate, 455, "", Maintenance),
        ("kie", Generate, 455, "", Maintenance),
        ("sunoapi", Generate, 400, "prompt contains an artist name", PromptRejected),
        ("kie", Generate, 422, "copyright material", PromptRejected),
        ("kie", Generate, 422, "Please enter callBackUrl", Refused),
        ("kie", Generate, 500, "This field is required", Refused),
        ("sunoapi", Generate, 500, "This field is required", Unanswered),
        ("kie", Generate, 500, "Internal Error", Unanswered),
        ("kie", Generate, 501, "Audio generation failed", Unanswered),
        ("kie", Generate, 505, "The feature is disabled", Refused),
        ("kie", Generate, 531, "failed and refunded", Refused),
        ("sunoapi", MakeWav, 409, "The WAV of this track already exists", AlreadyMade),
        ("sunoapi", Generate, 409, "conflict", AlreadyMade),
        ("kie", MakeWav, 409, "", AlreadyMade),
        ("sunoapi", Generate, 408, "Request timeout", Unanswered),
        ("kie", Generate, 499, "", Unanswered),
        ("kie", Generate, 500, "upstream failed, a response is required", Unanswered),
        ("sunoapi", Generate, 418, "teapot", Refused),
        ("sunoapi", Generate, 201, "created?", Misunderstood),
        ("sunoapi", Generate, 0, "", Misunderstood),
    ],
)
def test_a_code_means_what_its_gateway_means(dialect: str, kind: Kind, code: int, msg: str, error: type) -> None:
    with pytest.raises(SunoError) as caught:
        read(dialect, kind, code, msg)
    assert type(caught.value) is error


@pytest.mark.parametrize("data", [{"taskId": "t0"}, None, {"taskId": []}])
def test_what_exists_already_names_its_task_where_the_gateway_does(data: object) -> None:
    with pytest.raises(AlreadyMade) as caught:
        read("sunoapi", MakeCoverImages, 400, "The cover image already exists", data)
    assert caught.value.task_id == ("t0" if data == {"taskId": "t0"} else None)


@pytest.mark.parametrize("dialect", ["sunoapi", "kie"])
def test_a_paid_task_is_not_lost_because_its_id_is_a_number(dialect: str) -> None:
    assert read(dialect, Generate, 200, "success", {"taskId": 12345}) == Task(TaskId("12345"))


def test_kie_says_that_a_task_is_unknown_and_it_is_waited_for() -> None:
    assert read("kie", GetProgress, 422, "recordInfo is null") == Progress(TASK, Stage.QUEUED)
    with pytest.raises(Refused):
        read("kie", GetProgress, 422, "taskId is required")


@pytest.mark.parametrize("kind", [BoostStyle, MakePersona, UploadUrl])
@pytest.mark.parametrize("dialect", ["sunoapi", "kie"])
def test_a_success_without_what_it_should_hold_is_misunderstood(dialect: str, kind: Kind) -> None:
    with pytest.raises(Misunderstood) as caught:
        read(dialect, kind, 200, "success", {})
    assert caught.value.may_be_charged is (kind is not UploadUrl)
