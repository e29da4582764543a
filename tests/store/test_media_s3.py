"""Media in S3, before a stand-in that keeps and gives objects as S3 does, without checking who asks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from conductr_store import FileKind, Media, MediaDamaged, MediaMissing, MediaUnavailable, Shelf, sweep
from conductr_store.keys import key_for
from conductr_store.testing import memory_store

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
        if request.query.get("list-type") == "2":
            return web.Response(text=self.listed(request.path, request.query.get("prefix", "")))
        if "delete" in request.query:
            return web.Response(text=self.deleted(request.path, await request.text()))
        if request.path not in self.objects:
            return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")
        return web.Response(body=self.objects[request.path], headers={"ETag": '"1"', "Last-Modified": DATE})

    def deleted(self, bucket: str, asked: str) -> str:
        names = re.findall(r"<Key>(.*?)</Key>", asked)
        for name in names:
            self.objects.pop(f"{bucket.rstrip('/')}/{name}", None)
        gone = "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in names)
        return f"<DeleteResult>{gone}</DeleteResult>"

    def listed(self, bucket: str, prefix: str) -> str:
        names = {path: path.removeprefix(f"{bucket.rstrip('/')}/") for path in sorted(self.objects)}
        found = "".join(
            f"<Contents><Key>{name}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
            f"<Size>{len(self.objects[path])}</Size></Contents>"
            for path, name in names.items()
            if name.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"


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


async def test_what_lies_there_already_is_read_once_before_it_is_believed(bucket: Bucket, tmp_path: Path) -> None:
    """After a restart nobody knows who has put it, and whether whole."""
    await Media("s3://songs").put_bytes(b"a song", ".mp3")
    again = Media("s3://songs", cache=tmp_path)
    for asked in (["HEAD", "GET"], ["HEAD"]):
        bucket.asked.clear()
        key = await again.put_bytes(b"a song", ".mp3")
        assert [one.split()[0] for one in bucket.asked] == asked
    bucket.objects[f"/songs/{key}"] = b"cut"
    assert await again.put_bytes(b"a song", ".mp3") == key
    assert await again.read(key) == b"a song"
    bucket.objects[f"/songs/{key}"] = b"A song"  # as long, and put at another moment
    assert await Media("s3://songs").put_bytes(b"a song", ".mp3") == key
    assert await again.read(key) == b"a song"


async def test_a_bucket_is_listed_by_folder_and_what_is_deleted_is_gone_from_the_cache_too(
    bucket: Bucket, tmp_path: Path
) -> None:
    media = Media("s3://songs/conductr", cache=tmp_path)
    keys = [await media.put_bytes(bytes([number]), ".mp3") for number in range(4)]
    bucket.objects["/songs/conductr/notes.txt"] = b"somebody else's"
    found = {file.key: file for key in keys for file in await media.listing(key[:2])}
    assert sorted(found) == sorted(keys)
    assert {(file.size_bytes, file.modified_at.year) for file in found.values()} == {(1, 2026)}
    await media.local_path(keys[0])
    await media.delete(keys[0])
    await media.delete(keys[0])
    assert await media.listing(keys[0][:2]) == ()
    with pytest.raises(MediaMissing):
        await media.local_path(keys[0])


async def test_the_sweep_reaches_into_the_bucket(bucket: Bucket, tmp_path: Path) -> None:
    async with memory_store() as store:
        shelf = Shelf(store, Media("s3://songs", cache=tmp_path))
        kept = await shelf.keep_file(b"kept", ".mp3", kind=FileKind.AUDIO)
        stray = await shelf.media.put_bytes(b"stray", ".mp3")
        assert (await sweep(shelf)).deleted == 1
        assert list(bucket.objects) == [f"/songs/{kept}"]
        del bucket.objects[f"/songs/{kept}"]
        assert (await sweep(shelf)).missing == (kept,)
        assert stray != kept


async def test_a_bucket_that_refuses_is_named_with_what_to_do_and_without_keys(bucket: Bucket) -> None:
    media = Media("s3://songs")
    bucket.down = True
    with pytest.raises(MediaUnavailable, match=r"media bucket songs: it does not answer\. Check the bucket") as caught:
        await media.put_bytes(b"a song", ".mp3")
    assert len(bucket.asked) > 1
    assert "sekret" not in f"{caught.value!r} {caught.value.__cause__!r}"
