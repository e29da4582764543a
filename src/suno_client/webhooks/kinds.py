"""What a callback may be about, told by its fields, and how each kind is read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from suno_client import _readings as readings
from suno_client._answers import list_of, object_of, pick, words_of
from suno_client._readings import DONE, FAILED, Data, Read

from ._told import Told

EventKind = Literal[
    "generation",
    "lyrics",
    "wav",
    "video",
    "stems",
    "midi",
    "cover_image",
    "voice_phrase",
    "voice",
    "market",  # kie.ai's jobs/createTask (suno.md 2B)
    "unknown",
]
KINDS: tuple[EventKind, ...] = get_args(EventKind)

TAKES = ("sunoData", "suno_data", "data")  # where a song's takes lie, or the variants of lyrics
SONG_FIELDS = ("sunoData", "suno_data", "operationType", "operation_type")
SONG_STATUSES = {"TEXT_SUCCESS", "FIRST_SUCCESS"}  # the other words are used for side jobs too
TAKE_FIELDS = {"id", "audioId", "audio_id", "audioUrl", "audio_url", "streamAudioUrl", "stream_audio_url"}
LYRICS_WORD = "lyric"
PARTS = ("vocal_removal_info", "vocalRemovalInfo", "vocal_separation_info", "vocalSeparationInfo")  # the last two: kie


def _stems(data: Data) -> object:
    return readings.stems_of({"response": pick(data, "response", *PARTS)})


def _document(data: Data) -> object:
    """What a job of the market made, as it is: mostly {"resultUrls": [...]}."""
    return object_of(pick(data, "resultJson", "result_json")) or None


@dataclass(frozen=True, slots=True)
class Side:
    """`fields` hold its result; `failed` is the record's word for a failure, `status` the names of its own word."""

    read: Read[Any]
    fields: tuple[str, ...]
    failed: str = FAILED
    status: tuple[str, ...] = ("successFlag", "success_flag", "status")
    flags: Mapping[int, str] | None = None
    states: Mapping[str, str] = field(default_factory=dict[str, str])


SIDES: Mapping[EventKind, Side] = {
    "wav": Side(readings.wav_of, ("audioWavUrl", "audio_wav_url"), "GENERATE_WAV_FAILED"),
    "video": Side(readings.video_of, ("videoUrl", "video_url"), "GENERATE_MP4_FAILED"),
    "stems": Side(_stems, (*PARTS, "originData", "origin_data", "vocalUrl", "vocal_url"), "GENERATE_AUDIO_FAILED"),
    "midi": Side(readings.midi_of, ("midiData", "midi_data", "instruments"), flags=readings.MIDI_FLAGS),
    "cover_image": Side(readings.cover_images_of, ("images",), flags=readings.COVER_FLAGS),
    "voice_phrase": Side(readings.phrase_of, ("validateInfo", "validate_info"), states=readings.PHRASE_STATES),
    "voice": Side(readings.voice_of, ("voiceId", "voice_id"), states=readings.VOICE_STATES),
    "market": Side(
        _document,
        ("resultJson", "result_json", "failMsg", "fail_msg", "failCode", "fail_code"),
        status=("state",),
        states={"success": DONE, "fail": FAILED},
    ),
    "lyrics": Side(readings.lyrics_of, ("lyricsData", "lyrics_data", "data"), "GENERATE_LYRICS_FAILED"),
    "unknown": Side(lambda _: None, ()),
}
TOLD_OTHERWISE = {"lyrics", "unknown"}  # all others by their fields alone


def kind_of(told: Told) -> EventKind:
    """Songs and lyrics are alike but for what their lists hold. A failed one of either holds none, and is taken for a
    song unless its message speaks of lyrics.
    """
    for kind, side in SIDES.items():
        if kind not in TOLD_OTHERWISE and told.has(side.fields):
            return kind
    if _is_lyrics(told):
        return "lyrics"
    status = words_of(told.data.get("status"))
    song = told.callback_type or told.has(SONG_FIELDS) or status in SONG_STATUSES or _items(told)
    return "generation" if song else "unknown"


def _is_lyrics(told: Told) -> bool:
    if told.has(("lyricsData", "lyrics_data")) or words_of(told.data.get("type")) == "LYRICS":
        return True
    if names := {name for item in _items(told) for name in item}:
        return "text" in names and not names & TAKE_FIELDS
    return told.failed and LYRICS_WORD in told.said.lower()


def _items(told: Told) -> list[Data]:
    return [item for item in map(object_of, list_of(told.first(*TAKES))) if item]
