"""From a side job's record or callback to its result: three shapes of one flag, two spellings (suno.md 2A.8). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ._answers import MODERATION_WORDS, int_of, list_of, number_of, object_of, pick, speaks_of, words_of
from .models import Stage, TaskId, seconds_of, text_of, time_of, url_of
from .results import (
    CoverImages,
    Instrument,
    Job,
    Lyrics,
    Midi,
    Note,
    Persona,
    Stem,
    Stems,
    StyleBoost,
    TimedLyrics,
    TimedWord,
    Upload,
    Video,
    Voice,
    VoicePhrase,
    Wav,
)

R = TypeVar("R")
Data = Mapping[str, object]
Read = Callable[[Data], R | None]

DONE, FAILED = "SUCCESS", "FAILED"
COVER_FLAGS = {0: "PENDING", 1: DONE, 2: "GENERATING", 3: FAILED}
MIDI_FLAGS = {0: "PENDING", 1: DONE, 2: "CREATE_TASK_FAILED", 3: FAILED}
VOICE_STATES = {"success": DONE, "fail": FAILED, "processing_validate_fail": FAILED}
STEM_INFOS = ("vocal_removal_info", "vocalRemovalInfo", "vocal_separation_info", "vocalSeparationInfo")  # of callbacks
PHRASE_STATES = VOICE_STATES | {"wait_validating": DONE}


def job_of(
    data: Data,
    task_id: TaskId,
    read: Read[R],
    *,
    flags: Mapping[int, str] | None = None,
    states: Mapping[str, str] | None = None,
) -> Job[R]:
    """`flags` and `states` translate a number or a word into SUCCESS, or into a word that ends in FAILED."""
    raw = pick(data, "successFlag", "status")
    number = int_of(raw) if flags is not None else None
    status = words_of(raw) if number is None else (flags or {}).get(number, str(number))
    word = (states or {}).get(status, status)
    result = read(data)
    said = words_of(pick(data, "errorMessage", "error_message"))
    failure = None
    if word.endswith(("FAILED", "_ERROR")) or (word == "CALLBACK_EXCEPTION" and result is None):
        failure = f"Suno reports {status or word}"
    elif word == DONE and result is None:
        failure = "Suno reports success but names no result"
    if failure is not None:
        return Job(
            task_id,
            Stage.QUEUED,
            result,
            status,
            reason=f"{failure}: {said}" if said else failure,
            code=int_of(pick(data, "errorCode", "error_code")),
            moderated=word == "SENSITIVE_WORD_ERROR" or speaks_of(said, MODERATION_WORDS),
        )
    stage = Stage.COMPLETE if word in {DONE, "CALLBACK_EXCEPTION"} else Stage.QUEUED
    return Job(task_id, stage, result if stage is Stage.COMPLETE else None, status)


def lyrics_of(data: Data) -> tuple[Lyrics, ...] | None:
    """The variants that came out well, None where there is none."""
    response = object_of(data.get("response")) or data
    variants = map(object_of, list_of(pick(response, "data", "lyricsData", "lyrics_data")))
    found = [Lyrics(text_of(one.get("text")), text_of(one.get("title"))) for one in variants]
    return tuple(one for one in found if one.text) or None


def timed_lyrics_of(data: Data) -> TimedLyrics:
    return TimedLyrics(
        timed_words_of(list_of(pick(data, "alignedWords", "aligned_words"))),
        tuple(n for n in map(number_of, list_of(pick(data, "waveformData", "waveform_data"))) if n is not None),
        number_of(pick(data, "hootCer", "hoot_cer")),
        bool(pick(data, "isStreamed", "is_streamed")),
    )


def timed_words_of(words: list[object]) -> tuple[TimedWord, ...]:
    """Those that have a word and times; a time of nought is one."""
    found: list[TimedWord] = []
    for one in map(object_of, words):
        start, end = (number_of(pick(one, *names)) for names in (("startS", "start_s"), ("endS", "end_s")))
        if (word := text_of(one.get("word"))) and start is not None and end is not None:
            found.append(TimedWord(word, start, end, one.get("success") is not False))
    return tuple(found)


def wav_of(data: Data) -> Wav | None:
    response = object_of(data.get("response")) or data
    url = url_of(pick(response, "audioWavUrl", "audio_wav_url"))
    return Wav(url) if url else None


def video_of(data: Data) -> Video | None:
    response = object_of(data.get("response")) or data
    url = url_of(pick(response, "videoUrl", "video_url"))
    return Video(url) if url else None


def stems_of(data: Data) -> Stems | None:
    """Every `...Url` or `..._url` of the answer is a stem, so that a new kind of stem is one too."""
    response = object_of(pick(data, "response", *STEM_INFOS))
    urls: dict[str, str] = {}
    for name, value in response.items():
        stem = name.removesuffix("_url").removesuffix("Url")
        if stem != name and stem not in {"origin", "audio"} and (url := url_of(value)):
            urls[_snake(stem)] = url
    parts = [part for part in map(_stem, list_of(pick(response, "originData", "origin_data"))) if part is not None]
    return Stems(urls, tuple(parts)) if urls or parts else None


def _stem(raw: object) -> Stem | None:
    one = object_of(raw)
    url = url_of(pick(one, "audio_url", "audioUrl"))
    if url is None:
        return None
    group = text_of(pick(one, "stem_type_group_name", "stemTypeGroupName"))
    return Stem(text_of(one.get("id")), group, url, seconds_of(one.get("duration")))


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def midi_of(data: Data) -> Midi | None:
    """No notes are a result too; no `midiData` is none."""
    raw = pick(data, "midiData", "midi_data")
    if raw is None and "instruments" not in data:
        return None
    instruments = list_of(raw) or list_of((object_of(raw) or data).get("instruments"))
    return Midi(tuple(_instrument(object_of(one)) for one in instruments if object_of(one)))


def _instrument(one: Data) -> Instrument:
    notes = [note for note in map(_note, list_of(one.get("notes"))) if note is not None]
    return Instrument(text_of(one.get("name")), tuple(notes))


def _note(raw: object) -> Note | None:
    one = object_of(raw)
    pitch, start, end = int_of(one.get("pitch")), number_of(one.get("start")), number_of(one.get("end"))
    if pitch is None or start is None or end is None:
        return None
    return Note(pitch, start, end, number_of(one.get("velocity")) or 0.0)


def cover_images_of(data: Data) -> CoverImages | None:
    response = object_of(data.get("response")) or data
    urls = [url for url in map(url_of, list_of(response.get("images"))) if url]
    return CoverImages(tuple(urls)) if urls else None


def phrase_of(data: Data) -> VoicePhrase | None:
    text = text_of(pick(data, "validateInfo", "validate_info"))
    return VoicePhrase(text) if text else None


def voice_of(data: Data) -> Voice | None:
    voice_id = text_of(pick(data, "voiceId", "voice_id"))
    return Voice(voice_id) if voice_id else None


def persona_of(data: Data) -> Persona | None:
    persona_id = text_of(pick(data, "personaId", "persona_id"))
    return Persona(persona_id, text_of(data.get("name")), text_of(data.get("description"))) if persona_id else None


def boost_of(data: Data) -> StyleBoost | None:
    text = text_of(data.get("result"))
    spent, left = (
        number_of(pick(data, *names))
        for names in (("creditsConsumed", "credits_consumed"), ("creditsRemaining", "credits_remaining"))
    )
    return StyleBoost(text, spent, left) if text else None


def upload_of(data: Data) -> Upload | None:
    """Two pages spell the reply in two ways (suno.md 2A.9)."""
    url = url_of(pick(data, "downloadUrl", "download_url", "fileUrl", "file_url"))
    if url is None:
        return None
    return Upload(
        url,
        text_of(pick(data, "fileName", "file_name")),
        text_of(pick(data, "filePath", "file_path")),
        int_of(pick(data, "fileSize", "file_size")),
        text_of(pick(data, "mimeType", "mime_type")),
        time_of(pick(data, "uploadedAt", "uploaded_at")),
    )
