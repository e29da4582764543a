"""The self-hosted server's answers: Suno's own clip, and what is passed on of it. Pure (suno.md 2C.3, 2C.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from suno_client.sandbox.gcui.life import ClipStatus

USER = "5a5a5a5a-0000-4000-8000-0000000005a5"
HANDLE, NAME = "sandbox", "Suno sandbox"
_GENERATIONS: Mapping[str, str] = {
    "chirp-v3": "v3", "chirp-v3-5": "v3.5", "chirp-v4": "v4", "chirp-auk": "v4.5", "chirp-auk-turbo": "v4.5",
    "chirp-bluejay": "v4.5+", "chirp-crow": "v5", "chirp-fenix": "v5.5",
}  # fmt: skip


@dataclass(frozen=True)
class ClipFacts:
    """What Suno knows of one clip at one moment. None is null there; URLs are "" until they may be used."""

    id: str
    status: ClipStatus
    created: datetime
    model: str
    title: str
    prompt: str
    idea: str | None = None  # the description that the words were written from
    tags: str | None = None
    negative_tags: str | None = None  # None: was never said, so the key is missing
    instrumental: bool = False
    image_url: str | None = None
    audio_url: str = ""
    video_url: str = ""
    duration_s: float | None = None
    error: tuple[str, str] | None = None  # its type and message
    extends: tuple[str, object] | None = None  # the clip it goes on from, and where: as it was said
    parts: tuple[tuple[str, object], ...] = ()  # what a whole song was put together from
    stem_of: str | None = None


def created_at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def submitted(clip: ClipFacts) -> dict[str, object]:
    """AudioInfo as the generating routes answer it when they do not wait: words untouched, no error."""
    info = _info(clip, clip.prompt)
    if clip.negative_tags is not None:
        info["negative_tags"] = clip.negative_tags
    info["duration"] = clip.duration_s
    return info


def seen(clip: ClipFacts) -> dict[str, object]:
    """AudioInfo as /api/get and the waiting routes answer it: no blank lines, and the error where there is one."""
    info = _info(clip, "\n".join(line for line in clip.prompt.split("\n") if line.strip()))
    info["duration"] = clip.duration_s
    if clip.error is not None:
        info["error_message"] = clip.error[1]
    return info


def _info(clip: ClipFacts, lyric: str) -> dict[str, object]:
    return {
        "id": clip.id,
        "title": clip.title,
        "image_url": clip.image_url,
        "lyric": lyric,
        "audio_url": clip.audio_url,
        "video_url": clip.video_url,
        "created_at": created_at(clip.created),
        "model_name": clip.model,
        "status": str(clip.status),
        "gpt_description_prompt": clip.idea,
        "prompt": clip.prompt,
        "type": "gen",
        "tags": clip.tags,
    }


def stem(clip: ClipFacts) -> dict[str, object]:
    """A clip as generate_stems answers it."""
    return {
        "id": clip.id,
        "status": str(clip.status),
        "created_at": created_at(clip.created),
        "title": clip.title,
        "stem_from_id": clip.stem_of,
        "duration": clip.duration_s,
    }


def raw(clip: ClipFacts) -> dict[str, object]:
    """Suno's own clip, which /api/clip and /api/concat pass on untouched. Here what is not known is null."""
    error_type, error_message = clip.error or (None, None)
    return {
        "id": clip.id,
        "video_url": clip.video_url,
        "audio_url": clip.audio_url,
        "image_url": clip.image_url,
        "image_large_url": clip.image_url if clip.status is ClipStatus.COMPLETE else None,
        "is_video_pending": False,
        "major_model_version": _GENERATIONS.get(clip.model, "v6"),
        "model_name": clip.model,
        "metadata": {
            "tags": clip.tags,
            "negative_tags": clip.negative_tags,
            "prompt": clip.prompt,
            "gpt_description_prompt": clip.idea,
            "audio_prompt_id": clip.extends[0] if clip.extends else None,
            "history": [_link(*clip.extends, kind="gen")] if clip.extends else None,
            "concat_history": [_joint(*part) for part in clip.parts] or None,
            "stem_from_id": clip.stem_of,
            "type": "gen",
            "duration": clip.duration_s,
            "refund_credits": clip.status is ClipStatus.ERROR,
            "stream": True,
            "infill": None,
            "has_vocal": not clip.instrumental,
            "is_audio_upload_tos_accepted": None,
            "error_type": error_type,
            "error_message": error_message,
            "configurations": None,
            "artist_clip_id": None,
            "cover_clip_id": None,
        },
        "is_liked": False,
        "user_id": USER,
        "display_name": NAME,
        "handle": HANDLE,
        "is_handle_updated": True,
        "avatar_image_url": None,
        "is_trashed": False,
        "reaction": None,
        "created_at": created_at(clip.created),
        "status": str(clip.status),
        "title": clip.title,
        "play_count": 0,
        "upvote_count": 0,
        "is_public": False,
    }


def _link(clip_id: str, at: object, *, kind: str) -> dict[str, object]:
    return {"id": clip_id, "continue_at": at, "type": kind, "source": "web", "infill": False}


def _joint(clip_id: str, at: object) -> dict[str, object]:
    """A part of a whole song; the last is not cut off anywhere."""
    return {"id": clip_id} if at is None else {"id": clip_id, "continue_at": at}


def persona(persona_id: str, clips: list[ClipFacts], total: int, page: int) -> dict[str, object]:
    """A persona of the house: its newest songs, `page` by page."""
    root = clips[0] if clips else None
    return {
        "persona": {
            "id": persona_id,
            "name": "The house singer",
            "description": "Sings whatever this sandbox is asked for.",
            "image_s3_id": root.image_url if root else None,
            "root_clip_id": root.id if root else None,
            "clip": raw(root) if root else None,
            "user_display_name": NAME,
            "user_handle": HANDLE,
            "user_image_url": None,
            "persona_clips": [{"clip": raw(clip)} for clip in clips],
            "is_suno_persona": False,
            "is_trashed": False,
            "is_owned": True,
            "is_public": False,
            "is_public_approved": False,
            "is_loved": False,
            "upvote_count": 0,
            "clip_count": total,
        },
        "total_results": total,
        "current_page": page,
        "is_following": False,
    }


def markdown(clip: Mapping[str, object]) -> str:
    """A chat's answer: a page of Markdown, where null is printed as JavaScript prints it."""
    title, cover, lyric, url = (
        "null" if clip[field] is None else clip[field] for field in ("title", "image_url", "lyric", "audio_url")
    )
    return f"## {title}\n\n![{title}]({cover})\n\n{lyric}\n\n[Listen]({url})\n"
