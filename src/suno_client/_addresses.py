"""Which addresses may be fetched: a media URL comes from outside and must not lead inside (SSRF)."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import anyio

from .errors import BadMedia, NotSent

Origin = tuple[str, int]  # host in lower case, port
Resolve = Callable[[str, int], Awaitable[list[str]]]

PORTS = {"http": 80, "https": 443}
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address


def origin_of(url: str) -> Origin:
    """Raises ValueError where it is no http or https address, or names a user."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None or parts.password is not None:
        raise ValueError("not an address of http or https without a user name")
    return parts.hostname.lower(), parts.port if parts.port is not None else PORTS[parts.scheme]


def host_of(url: str) -> str:
    """The host for a message, "" where there is none."""
    try:
        return origin_of(url)[0]
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_public(text: str) -> bool:
    """Whether an IP address is of the open internet, looking through the ways in which IPv6 wraps IPv4."""
    address = ip_address(text.partition("%")[0])
    inner = _wrapped(address) if isinstance(address, IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return address.is_global and not address.is_multicast


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


async def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, also of odd spellings such as 0x7f.1. Raises OSError, UnicodeError."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """`home` is the gateway itself: who trusts it with a key trusts it with files."""

    home: Origin
    allow_private: bool = False
    resolve: Resolve = resolve

    async def check(self, url: str) -> None:
        """Raises BadMedia where the address is no public one, NotSent where its name is not known."""
        try:
            origin = origin_of(url)
        except ValueError as error:
            raise BadMedia("", "its address is not usable") from error
        if self.allow_private or origin == self.home:
            return
        host, port = origin
        try:
            found = await self.resolve(host, port)
        except OSError as error:
            raise NotSent(f"the name {host} could not be resolved") from error
        except UnicodeError as error:
            raise BadMedia("", "its address is not usable") from error
        if not found or not all(map(is_public, found)):
            raise BadMedia(host, "its address leads into a private network")
