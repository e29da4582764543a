"""One request of every kind, as small as each may be."""

from __future__ import annotations

from typing import Any

from suno_client import TaskId
from suno_client import requests as ask

TASK = TaskId("t1")
URL = "https://files.test/song.mp3"


SAMPLES: dict[type[ask.Request[Any]], ask.Request[Any]] = {
    type(one): one
    for one in (
        ask.Generate(prompt="rain"),
        ask.Extend(clip_id="c1"),
        ask.ExtendUpload(upload_url=URL),
        ask.Cover(upload_url=URL, prompt="rain"),
        ask.Mashup(upload_urls=(URL, URL), prompt="rain"),
        ask.AddInstrumental(upload_url=URL, title="Rain", tags="lofi", negative_tags="metal"),
        ask.AddVocals(upload_url=URL, prompt="La", negative_tags="metal", title="Rain", style="lofi"),
        ask.ReplaceSection(prompt="La", tags="lofi", title="Rain", start_s=5, end_s=20, task_id=TASK, clip_id="c1"),
        ask.Sound(prompt="a door"),
        ask.GetProgress(task_id=TASK),
        ask.GetCredits(),
        ask.WriteLyrics(prompt="rain"),
        ask.GetLyrics(task_id=TASK),
        ask.TimeLyrics(task_id=TASK, clip_id="c1"),
        ask.BoostStyle(content="lofi"),
        ask.MakeWav(task_id=TASK, clip_id="c1"),
        ask.GetWav(task_id=TASK),
        ask.MakeVideo(task_id=TASK, clip_id="c1"),
        ask.GetVideo(task_id=TASK),
        ask.SplitStems(task_id=TASK, clip_id="c1"),
        ask.GetStems(task_id=TASK),
        ask.MakeMidi(task_id=TASK),
        ask.GetMidi(task_id=TASK),
        ask.MakeCoverImages(task_id=TASK),
        ask.GetCoverImages(task_id=TASK),
        ask.MakePersona(task_id=TASK, clip_id="c1", name="Ann", description="warm"),
        ask.ValidateVoice(voice_url=URL, vocal_start_s=0, vocal_end_s=10),
        ask.RegeneratePhrase(task_id=TASK),
        ask.GetVoicePhrase(task_id=TASK),
        ask.MakeVoice(task_id=TASK, verify_url=URL),
        ask.GetVoice(task_id=TASK),
        ask.CheckVoice(task_id=TASK),
        ask.UploadFile(content=b"ID3", filename="a.mp3"),
        ask.UploadBase64(content=b"ID3"),
        ask.UploadUrl(url=URL),
        ask.ListClips(),
    )
}
