"""What the steps to a voice ask of their requests (suno.md 2A.8)."""

from __future__ import annotations

from typing import cast

from suno_client.sandbox.desk import Fields
from suno_client.sandbox.house import House
from suno_client.sandbox.jobs import Job
from suno_client.sandbox.refusals import Refusal, invalid
from suno_client.sandbox.rules import is_url, need, numbers, strings
from suno_client.sandbox.sides.phrases import PHRASES
from suno_client.sandbox.sides.shapes import done

VALIDATE, REGENERATE = "/api/v1/voice/validate", "/api/v1/voice/regenerate"
SKILLS = frozenset(["beginner", "intermediate", "advanced", "professional"])
_LONGEST_S = 30 * 60.0


def check_validate(fields: Fields) -> Refusal | None:
    bounds = {"vocalStartS": (0.0, _LONGEST_S), "vocalEndS": (0.0, _LONGEST_S)}
    refused = need(fields, "voiceUrl", *bounds) or _url(fields, "voiceUrl") or numbers(fields, bounds)
    refused = refused or _url(fields, "callBackUrl")
    if refused is not None:
        return refused
    if cast("float", fields["vocalEndS"]) <= cast("float", fields["vocalStartS"]):
        return invalid("vocalEndS must be greater than vocalStartS.")
    if fields.get("language") not in {None, "", *PHRASES}:
        return invalid(f"language must be one of {', '.join(PHRASES)}.")
    return None


def check_again(house: House, fields: Fields) -> Refusal | None:
    refused = need(fields, "taskId") or _url(fields, "calBackUrl")  # so it is spelt here
    return refused or (None if phrase_job(house, fields) else invalid("The task does not exist."))


def check_voice(house: House, fields: Fields) -> Refusal | None:
    refused = need(fields, "taskId", "verifyUrl") or _url(fields, "verifyUrl") or _url(fields, "callBackUrl")
    refused = refused or strings(fields, "voiceName", "description", "style")
    if refused is not None:
        return refused
    if fields.get("singerSkillLevel") not in {None, "", *SKILLS}:
        return invalid(f"singerSkillLevel must be one of {', '.join(sorted(SKILLS))}.")
    job = phrase_job(house, fields)
    if job is None or not done(house.jobs.state(job)):
        return invalid("The taskId has no phrase that waits to be verified.")
    return None


def phrase_job(house: House, fields: Fields) -> Job | None:
    """The task of a phrase that `taskId` names."""
    name = str(fields["taskId"])
    return house.jobs.get(name, VALIDATE) or house.jobs.get(name, REGENERATE)


def _url(fields: Fields, name: str) -> Refusal | None:
    return None if not fields.get(name) or is_url(fields[name]) else invalid(f"{name} is invalid")
