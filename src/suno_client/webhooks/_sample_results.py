"""What the samples tell of: two takes of a song, and one result of each side job. Data, in the gateways' spelling."""

from __future__ import annotations

from collections.abc import Mapping

HOST = "https://files.example"
CREATED, CREATED_MS = "2026-01-01 00:00:00", 1_767_225_600_000  # both forms are sent (suno.md 2A.5, 2A.6)
IDS = ("8a6f0e1c-0000-4000-8000-000000000001", "8a6f0e1c-0000-4000-8000-000000000002")
WORDS = "[Verse]\nRain on the window, slow and low"

MESSAGES: Mapping[str, str] = {
    "text": "Text generation completed.",
    "first": "First track generated successfully.",
    "complete": "All generated successfully.",
    "lyrics": "All generated successfully.",
    "video": "MP4 generated successfully.",
    "stems": "vocal Removal generated successfully.",
}

RESULTS: Mapping[str, Mapping[str, object]] = {
    "lyrics": {
        "callbackType": "complete",
        "data": [
            {"text": WORDS, "title": "Rain", "status": "complete", "error_message": ""},
            {"text": "[Verse]\nLate light", "title": "Late", "status": "complete", "error_message": ""},
        ],
    },
    "wav": {"audioWavUrl": f"{HOST}/song.wav"},
    "video": {"video_url": f"{HOST}/song.mp4"},
    "stems": {
        "vocal_removal_info": {
            "origin_url": "",
            "vocal_url": f"{HOST}/Vocals.mp3",
            "instrumental_url": f"{HOST}/Instrumental.mp3",
        }
    },
    "midi": {
        "state": "complete",
        "instruments": [
            {"name": "Drums", "notes": [{"pitch": 36, "start": "0.5", "end": 0.625, "velocity": 1}]},
        ],
    },
    "cover_image": {"images": [f"{HOST}/cover-1.png", f"{HOST}/cover-2.png"]},
    "voice_phrase": {
        "validateInfo": "Every river remembers its mountain",
        "status": "wait_validating",
        "errorCode": 0,
        "errorMessage": "",
    },
    "voice": {"voiceId": "voice-1", "status": "success", "errorCode": 0, "errorMessage": ""},
    "market": {
        "model": "suno/sample",
        "state": "success",
        "resultJson": f'{{"resultUrls":["{HOST}/song.mp3"]}}',
        "failCode": "",
        "failMsg": "",
    },
    "unknown": {"somethingNew": {"a": 1}},
}


def takes_of(callback_type: str) -> list[dict[str, object]]:
    """The two takes as far as they are: words, then a stream of both and the first file, then all."""
    whole = {"text": 0, "first": 1, "complete": 2}[callback_type]
    return [_take(place, streamed=whole > 0, whole=place < whole, first=whole == 1) for place in range(2)]


def _take(place: int, *, streamed: bool, whole: bool, first: bool) -> dict[str, object]:
    audio, stream = f"{HOST}/{IDS[place]}.mp3", f"{HOST}/{IDS[place]}"
    return {
        "id": IDS[place],
        "audio_url": audio if whole else "",
        "source_audio_url": audio if whole else "",
        "stream_audio_url": stream if streamed else "",
        "source_stream_audio_url": stream if streamed else "",
        "image_url": f"{HOST}/{IDS[place]}.jpeg" if streamed else "",
        "source_image_url": f"{HOST}/{IDS[place]}.jpeg" if streamed else "",
        "prompt": WORDS,
        "model_name": "chirp-crow",
        "title": "Rain",
        "tags": "lofi, slow",
        "createTime": CREATED_MS if first else CREATED,
        "duration": 120.5 + place if whole else None,
    }
