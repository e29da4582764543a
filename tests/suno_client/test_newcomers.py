"""What a newcomer writes first works, or is told what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.wire_gateway import Gateway, says

from suno_client import InvalidRequest, SunoClient
from suno_client.testing import silent_mp3

pytestmark = pytest.mark.anyio


async def test_a_path_may_be_a_string(gateway: Gateway, over_http: SunoClient, tmp_path: Path) -> None:
    gateway.turns.extend([says(silent_mp3(2)), says({"code": 200, "data": {"downloadUrl": "https://files.test/x"}})])
    song = await over_http.download(f"{gateway.url}/song.mp3", str(tmp_path / "song.mp3"))
    assert song.path == tmp_path / "song.mp3"
    assert (await over_http.uploads.file(str(song.path))).download_url
    assert b'filename="song.mp3"' in gateway.seen[1].body


async def test_a_kind_of_file_that_is_none_is_told_before_anything_is_fetched(over_http: SunoClient) -> None:
    with pytest.raises(InvalidRequest, match="audio"):
        await over_http.download("https://files.test/x", "song.mp3", kind="mp3")  # pyright: ignore[reportArgumentType] - wrong on purpose
