"""Media in S3, before a stand-in that keeps and gives objects as S3 does, without checking who asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from conductr_store import Media, MediaDamaged, MediaMissing, MediaUnavailable
from conductr_store.keys import key_for

pytestmark = pytest.mark.anyio

DATE = "Thu, 01 Jan 2026 00:00:00 GMT"


class Bucket:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.down = False

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path}")
        if self.down:
            return web.Response(status=503, text="<Error><Code>SlowDown</Code></Error>")
        if request.method == "PUT":
            self.objects[request.path] = await request.read()
            return web.Response(headers={"ETag": '"1"'})
        if request.path not in self.objects:
            return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")
        return web.Response(body=self.objects[request.path], headers={"ETag": '"1"', "Last-Modified": DATE})


@asynccontextmanager
async def serve(bucket: Bucket) -> AsyncIterator[str]:
    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/{rest:.*}", bucket.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def bucket(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bucket]:
    made = Bucket()
    async with serve(made) as endpoint:
        for name, value in {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "sekret",
        }.items():
            monkeypatch.setenv(name, value)
        yield made


async def test_a_song_goes_to_the_bucket_once_and_comes_back_once(bucket: Bucket, tmp_path: Path) -> None:
    media = Media("s3://songs/conductr", cache=tmp_path)
    key = await media.put_bytes(b"a song", ".mp3")
    assert await media.put_bytes(b"a song", ".mp3") == key
    assert bucket.objects == {f"/songs/conductr/{key}": b"a song"}
    assert [asked for asked in bucket.asked if asked.startswith("PUT")] == [f"PUT /songs/conductr/{key}"]
    assert (await media.local_path(key)).read_bytes() == b"a song"
    bucket.asked.clear()
    assert (await media.local_path(key)).read_bytes() == b"a song"
    assert bucket.asked == []


async def test_what_the_bucket_lacks_is_missing_and_what_it_garbles_is_damaged(bucket: Bucket, tmp_path: Path) -> None:
    media = Media("s3://songs", cache=tmp_path)
    with pytest.raises(MediaMissing):
        await media.read(key_for("0" * 64, ".mp3"))
    key = await media.put_bytes(b"a song", ".mp3")
    bucket.objects[f"/songs/{key}"] = b"<html>a proxy's page</html>"
    for ask in (media.read, media.local_path):
        with pytest.raises(MediaDamaged):
            await ask(key)


async def test_a_bucket_that_refuses_is_named_with_what_to_do_and_without_keys(bucket: Bucket) -> None:
    media = Media("s3://songs")
    bucket.down = True
    with pytest.raises(MediaUnavailable, match=r"media bucket songs: it does not answer\. Check the bucket") as caught:
        await media.put_bytes(b"a song", ".mp3")
    assert len(bucket.asked) > 1
    assert "sekret" not in f"{caught.value!r} {caught.value.__cause__!r}"
