"""Which addresses may be fetched: a media URL comes from outside and must not lead inside (SSRF)."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import anyio

from suno_client.errors import BadMedia, NotSent

Origin = tuple[str, int]  # host in lower case, port
Resolve = Callable[[str, int], Awaitable[list[str]]]

PORTS = {"http": 80, "https": 443}
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
UNICAST = ip_network("2000::/3")  # the rest of IPv6 is no open internet, whatever `is_global` of a Python version says
CLOSED = tuple(  # what older Pythons do not know: RFC 6890, protocols; RFC 7526, old relays; RFC 9637, examples
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20"))
)


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
    """Whether an IP address is of the open internet, looking through the ways in which IPv6 wraps IPv4.

    A zone ("%eth0") names a network of this machine's own. Raises ValueError where it is no IP address.
    """
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not _closed(address)
    if inner := _wrapped(address):
        return all(is_public(str(each)) for each in inner)
    return address.scope_id is None and address.is_global and address in UNICAST and not _closed(address)


def _closed(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in CLOSED)


def _wrapped(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """IPv4-mapped, NAT64, 6to4; Teredo names a server and a client."""
    if address in NAT64:
        return (IPv4Address(address.packed[-4:]),)
    one = address.ipv4_mapped or address.sixtofour
    return (one,) if one else address.teredo or ()


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

    async def check(self, url: str) -> tuple[str, ...]:
        """The addresses that its name has, all public and the best first: ask these and no others, for a second look
        at the name may find another answer (DNS rebinding). Empty where everything is allowed.

        Raises BadMedia where the address is no public one, NotSent where its name is not known.
        """
        try:
            origin = origin_of(url)
        except ValueError as error:
            raise BadMedia("", "its address is not usable") from error
        if self.allow_private or origin == self.home:
            return ()
        host, port = origin
        try:
            found = await self.resolve(host, port)
        except OSError as error:
            raise NotSent(f"the name {host} could not be resolved") from error
        except UnicodeError as error:
            raise BadMedia("", "its address is not usable") from error
        if not found or not all(map(is_public, found)):
            raise BadMedia(host, "its address leads into a private network")
        return tuple(dict.fromkeys(found))
