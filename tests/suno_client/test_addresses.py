"""A media address comes from outside and never leads inside: no hop, no spelling, no name."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from support.wire_gateway import Gateway, open_gateway, says

from suno_client import BadMedia, NotSent, SunoClient
from suno_client._addresses import AddressGuard, is_public
from suno_client.testing import silent_mp3

pytestmark = pytest.mark.anyio
INSIDE_HOSTS = [
    "127.0.0.1", "localhost", "127.1", "127.255.255.254", "0", "0.0.0.0", "2130706433", "0x7f.1", "0x7f000001",
    "0177.0.0.1", "017700000001", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fd12::1]", "[ff02::1]", "169.254.169.254", "10.0.0.1", "10.255.0.9",
    "172.16.0.1", "172.31.255.1", "192.168.1.1", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "[::ffff:169.254.169.254]", "[2001:db8::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a9fe:a9fe]",
]  # fmt: skip
UNUSABLE = [
    "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "data:audio/mpeg;base64,SUQz", "//127.0.0.1/x",
    "", "http://", "https://", "http://user:pw@127.0.0.1/x", "http://a@127.0.0.1/x", "http://127.0.0.1:99999/x",
    "http://127.0.0.1:x/", "http://[::1/x", "javascript:alert(1)", "http://" + "a" * 300 + ".test/x", "http://a..b/x",
    "\thttp\t", "http://\x00/x",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE_HOSTS)
async def test_no_spelling_of_an_inside_address_is_asked(tmp_path: Path, gateway: Gateway, host: str) -> None:
    """Aimed at the very port where a server listens: it sees no connection."""
    async with SunoClient("key", base_url="https://api.sunoapi.org", timeout_s=1) as suno:
        with pytest.raises((BadMedia, NotSent)) as caught:
            await suno.download(f"http://{host}:{gateway.port}/x", tmp_path / "x")
    assert gateway.connections == 0
    assert isinstance(caught.value, NotSent) == ("could not be resolved" in str(caught.value))


@pytest.mark.parametrize("url", UNUSABLE)
async def test_what_is_no_address_is_refused(tmp_path: Path, over_http: SunoClient, url: str) -> None:
    with pytest.raises((BadMedia, NotSent)):
        await over_http.download(url, tmp_path / "x")


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:1/x",
        "//10.0.0.1/x",
        "file:///etc/passwd",
        "http://a@b/",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_leads_inside(
    tmp_path: Path, gateway: Gateway, over_http: SunoClient, location: str, status: int
) -> None:
    gateway.turns.append(says(b"", status, {"Location": location}))
    with pytest.raises(BadMedia):
        await over_http.download(f"{gateway.url}/x", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


async def test_a_redirect_to_another_port_of_this_machine_is_refused(
    tmp_path: Path, gateway: Gateway, over_http: SunoClient
) -> None:
    async with open_gateway() as other:
        gateway.turns.append(says(b"", 302, {"Location": f"{other.url}/x"}))
        with pytest.raises(BadMedia, match="private network"):
            await over_http.download(f"{gateway.url}/x", tmp_path / "x")
        assert other.connections == 0


async def test_a_redirect_is_followed_where_it_is_allowed_and_never_with_the_key(
    tmp_path: Path, gateway: Gateway
) -> None:
    async with (
        open_gateway() as other,
        SunoClient("key", base_url=gateway.url, allow_private_hosts=True) as suno,
    ):
        gateway.turns.extend([says(b"", 302, {"Location": "/y"}), says(b"", 307, {"Location": f"{other.url}/z"})])
        other.turns.append(says(silent_mp3(1)))
        await suno.download(f"{gateway.url}/x", tmp_path / "x")
        assert [seen.path for seen in gateway.seen + other.seen] == ["/x", "/y", "/z"]
        assert all("authorization" not in seen.headers for seen in gateway.seen + other.seen)


async def test_a_ring_of_redirects_ends(tmp_path: Path, gateway: Gateway, over_http: SunoClient) -> None:
    gateway.turns.extend([says(b"", 302, {"Location": "/x"})] * 20)
    with pytest.raises(BadMedia, match="redirects more than 5 times"):
        await over_http.download(f"{gateway.url}/x", tmp_path / "x")
    assert len(gateway.seen) == 6


async def test_a_borrowed_clients_credentials_stay_at_home(tmp_path: Path, gateway: Gateway) -> None:
    async with httpx.AsyncClient(headers={"Authorization": "Basic x"}, cookies={"sid": "y"}, auth=("u", "p")) as http:
        async with SunoClient("key", base_url=gateway.url, http=http) as suno:
            gateway.turns.append(says(silent_mp3(1)))
            await suno.download(f"{gateway.url}/x", tmp_path / "x")
        assert not http.is_closed  # it stays its owner's
    assert not {"authorization", "cookie"} & set(gateway.seen[0].headers)


async def test_a_name_is_judged_by_all_that_it_resolves_to() -> None:
    names = {
        "cdn1.suno.ai": ["104.18.0.1", "2606:4700::1"],
        "rebind.test": ["104.18.0.1", "127.0.0.1"],
        "void.test": [],
    }

    async def resolve(host: str, port: int) -> list[str]:
        return names[host]

    guard = AddressGuard(("api.sunoapi.org", 443), resolve=resolve)
    await guard.check("https://cdn1.suno.ai/x.mp3")
    for name in ("rebind.test", "void.test"):
        with pytest.raises(BadMedia, match="private network"):
            await guard.check(f"https://{name}/x.mp3")


async def test_a_name_that_nobody_knows_was_never_asked() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise OSError("unknown")

    with pytest.raises(NotSent, match=r"nowhere\.test"):
        await AddressGuard(("api.sunoapi.org", 443), resolve=resolve).check("https://nowhere.test/x")


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)
