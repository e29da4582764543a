"""Files other than a song's own: served like songs, with the same faults."""

from __future__ import annotations

import httpx
import pytest
from sandbox.asking import Gateway

pytestmark = pytest.mark.anyio
BROKEN = (httpx.RemoteProtocolError, httpx.ReadError)


@pytest.mark.parametrize("kind", ["image/png", "audio/wav"])
async def test_any_other_file_is_served_in_parts_too(gateway: Gateway, kind: str) -> None:
    house, http = gateway.server.house, gateway.http
    path = house.studio.folder / "other.bin"
    path.write_bytes(bytes(range(256)) * 200)
    url = house.files.keep(path, kind, "of/other.bin")
    whole = await http.get(url)
    assert (whole.content, whole.headers["content-type"]) == (path.read_bytes(), kind)
    part = await http.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert (await http.get(url, headers={"User-Agent": ""})).status_code == 403
    assert (await http.get(url + "x")).status_code == 404
    on = "image" if kind == "image/png" else "media"
    await gateway.fault(on, "slow", seconds=0.001)
    assert (await http.get(url)).content == whole.content
    await gateway.fault(on, "truncated")
    with pytest.raises(BROKEN):
        await http.get(url)
    await gateway.fault(on, "expired")
    assert [(await http.get(url)).status_code for _ in range(2)] == [404, 404]
    assert not path.exists()


async def test_a_file_that_never_was_drips_to_nothing(gateway: Gateway) -> None:
    house = gateway.server.house
    url = house.files.keep(house.studio.folder / "nothing.bin", "audio/wav", "nothing.bin")
    await gateway.fault("media", "slow")
    assert (await gateway.http.get(url)).content == b""
    await gateway.fault("media", "same_bytes")
    assert (await gateway.http.get(url)).status_code == 404
