"""A media address comes from outside and never leads inside: no hop, no spelling, no name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.media import AGENT, NOWHERE, hosts_over, plain_client
from support.wire_gateway import Gateway, open_gateway, says

from suno_client import BadMedia, NotSent
from suno_client._addresses import AddressGuard, _wrapped, is_loopback, is_public
from suno_client._files.hosts import MediaHosts
from suno_client._retrying import Retrying

pytestmark = pytest.mark.anyio
INSIDE_HOSTS = [
    # this machine
    "127.0.0.1", "localhost", "LOCALHOST", "127.1", "127.0.1", "127.255.255.254", "0",
    "0.0.0.0", "0.0.0.1", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::0001]", "[0000::1]",
    # ... by odd numbers: decimal, hexadecimal, octal, mixed
    "2130706433", "0x7f.1", "0x7f000001", "0X7F000001", "0177.0.0.1", "017700000001", "0177.0x0.1", "127.0x1",
    "0300.0250.1.1", "3232235777", "0xc0a80101", "0xa9.0xfe.0xa9.0xfe", "2852039166", "0251.0376.0251.0376",
    # ... in IPv6: mapped, compatible, translated, NAT64 and its local prefix, 6to4, Teredo
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[2001:0:7f00:1:8000:63bf:fefe:fefe]",
    # networks of one's own, and of the provider
    "10.0.0.1", "10.255.0.9", "172.16.0.1", "172.31.255.1", "192.168.1.1", "100.64.0.1", "100.127.255.254",
    "[::ffff:10.0.0.1]", "[::ffff:100.64.0.1]", "[2002:c0a8:101::1]", "[64:ff9b::a00:1]", "[fc00::1]", "[fd12::1]",
    "[fec0::1]",
    # the link, with and without a zone; where clouds tell their secrets
    "169.254.169.254", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]", "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]", "[fd00:ec2::254]",
    # examples, benchmarks, protocols, many at once, what is not given out
    "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "192.0.0.8", "192.88.99.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "[ff02::1]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[2001:2::1]", "[5f00::1]", "[4000::1]",
]  # fmt: skip
INSIDE_NAMES = [  # for a resolver that leads every name inside
    "localhost.", "127.0.0.1.", "169.254.169.254.", "0x7f.0.0.1.", "inside.test", "INSIDE.test.", "xn--bcher-kva.test",
    "b\u00fccher.test", "127.0.0.1%00.test", "127.0.0.1%2f.test", "[::1].test", "metadata.google.internal",
    # letters that look like others, or are turned into them
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11", "127\u30020\u30020\u30021", "\u2460\u2461\u2466.0.0.1",
    "\u24dbocalhost", "loc\u00adalhost", "localhost\u2024test",
]  # fmt: skip
UNUSABLE = [
    "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "data:audio/mpeg;base64,SUQz", "//127.0.0.1/x",
    "", "http://", "https://", "http://user:pw@127.0.0.1/x", "http://a@127.0.0.1/x", "http://127.0.0.1:99999/x",
    "http://127.0.0.1:x/", "http://[::1/x", "javascript:alert(1)", "http://" + "a" * 300 + ".test/x", "http://a..b/x",
    "\thttp\t", "http://\x00/x",
]  # fmt: skip


@pytest.fixture
async def hosts(gateway: Gateway) -> AsyncIterator[MediaHosts]:
    async with plain_client() as http:
        yield hosts_over(http, gateway.url, timeout_s=1, tries=1)


async def ask(hosts: MediaHosts, url: str) -> int:
    async with hosts.open_media(url) as answer:
        return answer.status


@pytest.mark.parametrize("host", INSIDE_HOSTS)
async def test_no_spelling_of_an_inside_address_is_asked(gateway: Gateway, host: str) -> None:
    """Aimed at the very port where a server listens: it sees no connection."""
    async with plain_client() as http:
        with pytest.raises((BadMedia, NotSent)) as caught:
            await ask(hosts_over(http, timeout_s=1, tries=1), f"http://{host}:{gateway.port}/x")
    assert gateway.connections == 0
    assert isinstance(caught.value, NotSent) == ("could not be resolved" in str(caught.value))


@pytest.mark.parametrize("host", INSIDE_HOSTS)
async def test_no_redirect_leads_to_any_of_them(gateway: Gateway, hosts: MediaHosts, host: str) -> None:
    async with open_gateway() as inside:
        location = f"http://{host}:{inside.port}/x".encode().decode("latin-1")
        gateway.turns.append(says(b"", 302, {"Location": location}))
        with pytest.raises((BadMedia, NotSent)) as caught:
            await ask(hosts, f"{gateway.url}/x")
        assert inside.connections == 0
    assert isinstance(caught.value, NotSent) == ("could not be resolved" in str(caught.value))
    assert gateway.connections == 1


@pytest.mark.parametrize("name", INSIDE_NAMES)
async def test_no_name_that_leads_inside_is_asked(gateway: Gateway, name: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with plain_client() as http:
        hosts = MediaHosts(http, AddressGuard(NOWHERE, resolve=resolve), Retrying(), agent=AGENT, timeout_s=1)
        with pytest.raises(BadMedia, match=r"private network|not usable"):
            await ask(hosts, f"http://{name}:{gateway.port}/x")
    assert gateway.connections == 0


def test_the_spellings_are_many() -> None:
    assert len({*INSIDE_HOSTS, *INSIDE_NAMES}) == len(INSIDE_HOSTS) + len(INSIDE_NAMES) > 90


@pytest.mark.parametrize("url", UNUSABLE)
async def test_what_is_no_address_is_refused(gateway: Gateway, hosts: MediaHosts, url: str) -> None:
    with pytest.raises((BadMedia, NotSent)):
        await ask(hosts, url)
    assert gateway.connections == 0


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:1/x",
        "//10.0.0.1/x",
        "file:///etc/passwd",
        "http://a@b/",
        "http://a:b@127.0.0.1/",
        "ftp://127.0.0.1/x",
        "data:audio/mpeg;base64,SUQz",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_leads_inside(gateway: Gateway, hosts: MediaHosts, location: str, status: int) -> None:
    gateway.turns.append(says(b"", status, {"Location": location}))
    with pytest.raises(BadMedia):
        await ask(hosts, f"{gateway.url}/x")
    assert gateway.connections == 1


async def test_a_redirect_to_another_port_of_this_machine_is_refused(gateway: Gateway, hosts: MediaHosts) -> None:
    async with open_gateway() as other:
        gateway.turns.append(says(b"", 302, {"Location": f"{other.url}/x"}))
        with pytest.raises(BadMedia, match="private network"):
            await ask(hosts, f"{gateway.url}/x")
        assert other.connections == 0


async def test_a_redirect_is_followed_where_it_is_allowed(gateway: Gateway) -> None:
    async with open_gateway() as other, plain_client() as http:
        gateway.turns.extend([says(b"", 302, {"Location": "/y"}), says(b"", 307, {"Location": f"{other.url}/z"})])
        other.turns.append(says(b"song"))
        assert await ask(hosts_over(http, gateway.url, allow_private=True), f"{gateway.url}/x") == 200
        assert [seen.path for seen in gateway.seen + other.seen] == ["/x", "/y", "/z"]


async def test_a_ring_of_redirects_ends(gateway: Gateway, hosts: MediaHosts) -> None:
    gateway.turns.extend([says(b"", 302, {"Location": "/x"})] * 20)
    with pytest.raises(BadMedia, match="redirects more than 5 times"):
        await ask(hosts, f"{gateway.url}/x")
    assert len(gateway.seen) == 6


async def test_a_name_is_judged_by_all_that_it_resolves_to() -> None:
    names = {
        "cdn1.suno.ai": ["104.18.0.1", "2606:4700::1"],
        "mixed.test": ["104.18.0.1", "127.0.0.1"],
        "twice.test": ["104.18.0.2", "104.18.0.1", "104.18.0.2"],
        "void.test": [],
    }

    async def resolve(host: str, port: int) -> list[str]:
        return names[host]

    guard = AddressGuard(("api.sunoapi.org", 443), resolve=resolve)
    assert await guard.check("https://cdn1.suno.ai/x.mp3") == ("104.18.0.1", "2606:4700::1")
    assert await guard.check("https://twice.test/x.mp3") == ("104.18.0.2", "104.18.0.1")
    assert await guard.check("https://api.sunoapi.org/x.mp3") == ()
    for name in ("mixed.test", "void.test"):
        with pytest.raises(BadMedia, match="private network"):
            await guard.check(f"https://{name}/x.mp3")


async def test_a_name_that_nobody_knows_was_never_asked() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise OSError("unknown")

    with pytest.raises(NotSent, match=r"nowhere\.test"):
        await AddressGuard(("api.sunoapi.org", 443), resolve=resolve).check("https://nowhere.test/x")


async def test_a_name_that_cannot_be_one_is_refused(anyio_backend: str) -> None:
    guard = AddressGuard(("api.sunoapi.org", 443))
    for url in ("http://b\u00fccher..test/x", "http://user@cdn.test/"):
        with pytest.raises(BadMedia, match="not usable"):
            await guard.check(url)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"]
)
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_only_this_machine_is_loopback() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.1.2.3", "::1")))
    assert not any(map(is_loopback, ("suno.test", "10.0.0.1", "::2")))


def test_a_zone_is_of_this_machine_whatever_its_address() -> None:
    assert not is_public("2606:4700::1111%eth0")


@given(st.ip_addresses(v=4))
def test_no_wrapping_makes_an_inner_address_public(inner: IPv4Address) -> None:
    low, high = int(inner) & 0xFFFF, int(inner) >> 16
    for wrapped in (f"::ffff:{inner}", f"64:ff9b::{inner}", f"2002:{high:x}:{low:x}::1"):
        assert is_public(wrapped) == is_public(str(inner))
    for wrapped in (f"::{inner}", f"::ffff:0:{inner}", f"64:ff9b:1::{inner}"):
        assert not is_public(wrapped)
    assert not is_public(f"{IPv6Address(f'2001:0:{high:x}:{low:x}::')}") or is_public(str(inner))


@given(st.ip_addresses(v=6))
def test_what_python_calls_private_is_never_public(address: IPv6Address) -> None:
    """But for addresses that wrap others, of which Pythons think differently: the test before judges them by those."""
    if _wrapped(address):
        return
    assert not (is_public(str(address)) and (address.is_private or address.is_multicast or address.is_link_local))
