"""What is refused before anything is sent: each refusal names the field, the limit and the model."""

from __future__ import annotations

from typing import Any

import pytest

from suno_client import LIMITS, InvalidRequest, SunoClient
from suno_client.testing import FakeSuno

pytestmark = pytest.mark.anyio
CUSTOM: dict[str, Any] = {"style": "lofi", "title": "Rain", "lyrics": "Drip drop"}


async def refusal(suno: SunoClient, fake: FakeSuno, **wish: Any) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        await suno.generations.create(**wish)
    assert fake.asked == []  # nothing left this machine
    return caught.value


@pytest.mark.parametrize("model", LIMITS)
@pytest.mark.parametrize("field", ["style", "title", "lyrics"])
async def test_each_model_takes_its_limit_and_not_one_more(
    suno: SunoClient, fake: FakeSuno, model: str, field: str
) -> None:
    limit: int = getattr(LIMITS[model], field)
    error = await refusal(suno, fake, **CUSTOM | {"model": model, field: "x" * (limit + 1)})
    assert (error.field, error.limit, error.model) == (field, limit, model)
    wish: dict[str, Any] = CUSTOM | {"model": model, field: "x" * limit}
    await suno.generations.create(**wish)


async def test_a_prompt_of_ten_thousand_characters_is_told_its_limit(suno: SunoClient, fake: FakeSuno) -> None:
    error = await refusal(suno, fake, prompt="rain" * 2_500)
    assert str(error) == "prompt has 10,000 characters, and V5_5 takes 500"


@pytest.mark.parametrize("prompt", ["", "   ", "\n"])
async def test_an_empty_wish_is_refused(suno: SunoClient, fake: FakeSuno, prompt: str) -> None:
    assert (await refusal(suno, fake, prompt=prompt)).field == "prompt"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"style": "lofi"}, "title"),
        ({"style": "lofi", "title": "Rain"}, "lyrics"),
        ({"title": "Rain", "instrumental": True}, "style"),
        ({"lyrics": "la"}, "style"),
        (CUSTOM | {"instrumental": True}, "lyrics"),
        (CUSTOM | {"prompt": "an idea"}, "prompt"),  # it would be sung
        ({"prompt": "rain", "model": "V4.5"}, "model"),
        ({"prompt": "rain", "model": ""}, "model"),
        ({"prompt": "rain", "model": "V6"}, "style"),
        ({"title": "Rain", "model": "V6"}, "style"),
        ({"prompt": "rain", "style": "lofi", "model": "V6", "weirdness": 0.5}, "weirdness"),
        ({"prompt": "rain", "vocal_gender": "f"}, "vocal_gender"),
        (CUSTOM | {"vocal_gender": "x"}, "vocal_gender"),
        (CUSTOM | {"style_weight": 1.01}, "style_weight"),
        (CUSTOM | {"weirdness": float("nan")}, "weirdness"),
        (CUSTOM | {"duration_s": 9}, "duration_s"),
        (CUSTOM | {"duration_s": 60, "model": "V5"}, "duration_s"),
        (CUSTOM | {"variety": 2}, "variety"),
        (CUSTOM | {"negative_tags": "x" * 1_001}, "negative_tags"),
        ({"prompt": "half a smile \ud83d"}, "prompt"),
    ],
)
async def test_a_wish_that_no_gateway_takes_names_its_field(
    suno: SunoClient, fake: FakeSuno, wish: dict[str, Any], field: str
) -> None:
    assert (await refusal(suno, fake, **wish)).field == field


async def test_an_unknown_model_and_unknown_fields_pass_through(suno: SunoClient, fake: FakeSuno) -> None:
    await suno.generations.create(**CUSTOM | {"model": "V9_GIANT", "style": "x" * 5_000, "extra": {"mood": [1, 2]}})
    [sent] = fake.submissions
    assert sent["model"] == "V9_GIANT"
    assert sent["mood"] == [1, 2]


async def test_every_tuning_field_goes_out_under_the_gateways_name(suno: SunoClient, fake: FakeSuno) -> None:
    await suno.generations.create(
        **CUSTOM,
        negative_tags="metal",
        vocal_gender="f",
        style_weight=0.5,
        weirdness=0,
        audio_weight=1,
        persona_id="p",
        persona_model="voice_persona",
        duration_s=60,
        variety=0,
        model="V6",
    )
    [sent] = fake.submissions
    assert {name: sent[name] for name in sent if name not in ("callBackUrl", "model")} == {
        "customMode": True,
        "instrumental": False,
        "style": "lofi",
        "title": "Rain",
        "lyrics": "Drip drop",
        "negativeTags": "metal",
        "vocalGender": "f",
        "styleWeight": 0.5,
        "weirdnessConstraint": 0,
        "audioWeight": 1,
        "personaId": "p",
        "personaModel": "voice_persona",
        "duration": 60,
        "variety": 0,
    }


async def test_markdown_and_mentions_reach_suno_as_they_were_written(suno: SunoClient, fake: FakeSuno) -> None:
    wish = '**rain** @everyone `code` <b>&amp;</b> "quotes" 雨 🌧 \u202e'
    await suno.generations.create(wish)
    assert fake.submissions[0]["prompt"] == wish


async def test_a_prompt_alone_lets_suno_write_style_and_lyrics(suno: SunoClient, fake: FakeSuno) -> None:
    await suno.generations.create("rain", instrumental=True)
    [sent] = fake.submissions
    assert (sent["customMode"], sent["instrumental"], sent["prompt"]) == (False, True, "rain")
    assert "style" not in sent
    assert "title" not in sent
