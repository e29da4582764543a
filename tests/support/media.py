"""Media hosts to fetch from: on real sockets, with names, certificates and a small internet of their own."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import anyio
import httpcore
import httpx
from anyio.abc import SocketAttribute, SocketStream
from anyio.streams.tls import TLSListener, TLSStream
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from httpcore._backends.anyio import AnyIOBackend

from suno_client._addresses import AddressGuard, origin_of
from suno_client._files.hosts import MediaHosts
from suno_client._retrying import Retrying

from .wire_gateway import Gateway, Seen, Turn

AGENT = "Mozilla/5.0 (compatible; suno-client/test)"
NOWHERE = ("gateway.test", 443)
ETAG = '"v1"'
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody; to load whom to trust takes longer than many a test


def plain_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=PLAIN)


def hosts_over(
    http: httpx.AsyncClient,
    home: str | None = None,
    *,
    names: Mapping[str, list[str]] | None = None,
    allow_private: bool = False,
    timeout_s: float = 5.0,
    slow_after_s: float = 20.0,
    tries: int = 3,
) -> MediaHosts:
    """`home` is a gateway whose files may be fetched from this machine; `names` is all that is known of names."""

    async def resolve(host: str, port: int) -> list[str]:
        assert names is not None
        if host not in names:
            raise OSError(f"{host} is unknown")
        return names[host]

    origin = NOWHERE if home is None else origin_of(home)
    guard = AddressGuard(origin, allow_private) if names is None else AddressGuard(origin, allow_private, resolve)
    retrying = Retrying(reads=tries, first_s=0)
    return MediaHosts(http, guard, retrying, agent=AGENT, timeout_s=timeout_s, slow_after_s=slow_after_s)


def shelf(
    body: bytes,
    *,
    etag: str | None = ETAG,
    changed: str | None = None,
    cut_after: int | None = None,
    ranges: bool = True,
) -> Turn:
    """A turn that gives `body` out, or the range that is asked for; `cut_after` that many bytes it hangs up."""

    async def turn(stream: SocketStream, seen: Seen) -> None:
        asked, condition = seen.headers.get("range", ""), seen.headers.get("if-range")
        start, head = 0, ["HTTP/1.1 200 OK"]
        if ranges and asked and condition in {etag, changed}:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            head = ["HTTP/1.1 206 Partial Content", f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}"]
        if start >= len(body):
            head = ["HTTP/1.1 416 Range Not Satisfiable", f"Content-Range: bytes */{len(body)}"]
        head += [f"Content-Length: {len(body) - start}", "Connection: close"]
        head += [f"ETag: {etag}"] if etag else []
        head += [f"Last-Modified: {changed}"] if changed else []
        rest = body[start:] if cut_after is None else body[start : start + cut_after]
        await stream.send("\r\n".join([*head, "", ""]).encode() + rest)

    return turn


@dataclass
class Internet(httpcore.AsyncNetworkBackend):
    """A network in which public addresses are servers of this machine. It remembers who was called."""

    ports: dict[str, int]  # by address
    called: list[str] = field(default_factory=list)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: object = None,
    ) -> httpcore.AsyncNetworkStream:
        self.called.append(host)
        if host not in self.ports:
            raise httpcore.ConnectError("refused")
        return await AnyIOBackend().connect_tcp("127.0.0.1", self.ports[host], timeout)

    def route(self, trust: ssl.SSLContext | None = None, *, http2: bool = False) -> httpx.AsyncHTTPTransport:
        """httpx's own transport, on this network."""
        route = httpx.AsyncHTTPTransport(verify=PLAIN)
        route._pool = httpcore.AsyncConnectionPool(ssl_context=trust, http2=http2, network_backend=self)
        return route


@dataclass
class Vouched:
    """A server's certificate for `names`, and the context of a client that trusts it and no other."""

    server: ssl.SSLContext
    trust: ssl.SSLContext
    asked_for: list[str | None]  # the names that clients gave, by SNI


def vouched(*names: str) -> Vouched:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "media of a test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(pem + private)
        server.load_cert_chain(path)
    asked_for: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    return Vouched(server, ssl.create_default_context(cadata=pem.decode()), asked_for)


@asynccontextmanager
async def open_tls_gateway(vouched: Vouched) -> AsyncIterator[Gateway]:
    plain = await anyio.create_tcp_listener(local_host="127.0.0.1")
    gateway = Gateway(plain.extra(SocketAttribute.local_port))
    listener = TLSListener(plain, vouched.server, standard_compatible=False)

    async def serve(stream: TLSStream) -> None:
        await gateway.serve(cast("SocketStream", stream))  # all that it does with it a TLS stream can do

    async with listener, anyio.create_task_group() as group:
        group.start_soon(listener.serve, serve)
        yield gateway
        group.cancel_scope.cancel()
