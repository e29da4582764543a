"""Just enough of MLS (RFC 9420) for DAVE's server: it signs proposals and relays commits, but is never in the group.

Pure, apart from the signing key made at random.
"""

from __future__ import annotations

import struct

from attrs import frozen
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

MLS10 = 1
PUBLIC_MESSAGE, KEY_PACKAGE = 1, 5  # wire formats
P256_AES128GCM = 2  # the only cipher suite of DAVE 1
MEMBER, EXTERNAL = 1, 2  # sender types
PROPOSAL, COMMIT = 2, 3  # content types
ADD, REMOVE = 1, 3  # proposal types
BY_REFERENCE = 2
FROM_KEY_PACKAGE, FROM_COMMIT = 1, 3  # leaf node sources
SHA256 = ec.ECDSA(hashes.SHA256())


class BadMls(Exception):
    """Bytes that are no MLS of the kind DAVE uses."""


@frozen
class KeyPackage:
    """`raw` is without the message wrapper that the whitepaper shows and clients leave out."""

    user_id: int
    raw: bytes


@frozen
class Commit:
    """Op 28 taken apart. `leaf` is the committer's; `proposals` how many it refers to."""

    group_id: bytes
    epoch: int
    leaf: int
    proposals: int
    message: bytes
    welcome: bytes


def vector(data: bytes) -> bytes:
    """With its length before it, in 1, 2 or 4 bytes (RFC 9420 §2.1.2)."""
    size = len(data)
    if size < 1 << 6:
        return bytes([size]) + data
    return (struct.pack(">H", 0x4000 | size) if size < 1 << 14 else struct.pack(">I", 0x80000000 | size)) + data


class Reader:
    """Reads the TLS presentation language from the front. BadMls at a premature end."""

    def __init__(self, data: bytes, place: int = 0) -> None:
        self.data = data
        self.place = place

    def take(self, count: int) -> bytes:
        if self.place + count > len(self.data):
            raise BadMls(f"{count} bytes wanted at {self.place} of {len(self.data)}")
        self.place += count
        return self.data[self.place - count : self.place]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self) -> bytes:
        first = self.number(1)
        more = (1 << (first >> 6)) - 1
        size = first & 0x3F
        for byte in self.take(more):
            size = size << 8 | byte
        return self.take(size)

    def expect(self, size: int, value: int, what: str) -> None:
        if (found := self.number(size)) != value:
            raise BadMls(f"{what} is {found}, not {value}")

    @property
    def done(self) -> bool:
        return self.place >= len(self.data)


def read_key_package(data: bytes) -> KeyPackage:
    """Op 26. BadMls when it is of another suite, has bytes after it, or its signature is wrong."""
    wrapped = data[:4] == struct.pack(">HH", MLS10, KEY_PACKAGE)
    reader = Reader(data, 4 if wrapped else 0)
    start = reader.place
    reader.expect(2, MLS10, "version")
    reader.expect(2, P256_AES128GCM, "cipher suite")
    reader.vector()  # init key
    signature_key, identity = _read_leaf(reader)
    reader.vector()  # extensions
    signed = data[start : reader.place]
    _verify(signature_key, "KeyPackageTBS", signed, reader.vector())
    if not reader.done:
        raise BadMls("bytes after the key package")
    return KeyPackage(int.from_bytes(identity, "big"), data[start:])


def read_commit(data: bytes) -> Commit:
    """Op 28: a commit without a length of its own, followed by a raw Welcome when somebody is added."""
    reader = Reader(data)
    reader.expect(2, MLS10, "version")
    reader.expect(2, PUBLIC_MESSAGE, "wire format")
    group_id, epoch = reader.vector(), reader.number(8)
    reader.expect(1, MEMBER, "sender type")
    leaf = reader.number(4)
    reader.vector()  # authenticated data
    reader.expect(1, COMMIT, "content type")
    references = Reader(reader.vector())
    proposals = 0
    while not references.done:
        references.expect(1, BY_REFERENCE, "proposal form")  # DAVE forbids inline proposals
        references.vector()
        proposals += 1
    if reader.number(1):  # an update path
        _read_leaf(reader)
        reader.vector()
    for _ in ("signature", "confirmation tag", "membership tag"):
        reader.vector()
    return Commit(group_id, epoch, leaf, proposals, data[: reader.place], data[reader.place :])


class ExternalSender:
    """The server's key: what it proposes, every member accepts."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        point = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        self._public = self._key.public_key().public_bytes(*point)

    def package(self) -> bytes:
        """The body of op 25: key, basic credential, identity."""
        return vector(self._public) + struct.pack(">H", 1) + vector(bytes(8))

    def add(self, group_id: bytes, epoch: int, package: KeyPackage) -> bytes:
        return self._proposal(group_id, epoch, struct.pack(">H", ADD) + package.raw)

    def remove(self, group_id: bytes, epoch: int, leaf: int) -> bytes:
        return self._proposal(group_id, epoch, struct.pack(">HI", REMOVE, leaf))

    def _proposal(self, group_id: bytes, epoch: int, proposal: bytes) -> bytes:
        head = struct.pack(">HH", MLS10, PUBLIC_MESSAGE)
        sender = struct.pack(">BI", EXTERNAL, 0)
        content = vector(group_id) + struct.pack(">Q", epoch) + sender + vector(b"")
        content += bytes([PROPOSAL]) + proposal
        signature = self._key.sign(_labelled("FramedContentTBS", head + content), SHA256)
        return head + content + vector(signature)


def _read_leaf(reader: Reader) -> tuple[bytes, bytes]:
    """A leaf node's signature key and identity."""
    reader.vector()  # encryption key
    signature_key = reader.vector()
    reader.expect(2, 1, "credential type")
    identity = reader.vector()
    for _ in ("versions", "suites", "extensions", "proposals", "credentials"):
        reader.vector()
    source = reader.number(1)
    if source == FROM_KEY_PACKAGE:
        reader.take(16)  # lifetime
    elif source == FROM_COMMIT:
        reader.vector()  # parent hash
    reader.vector()  # extensions
    reader.vector()  # signature
    return signature_key, identity


def _labelled(label: str, content: bytes) -> bytes:
    return vector(b"MLS 1.0 " + label.encode()) + vector(content)


def _verify(public: bytes, label: str, content: bytes, signature: bytes) -> None:
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
        key.verify(signature, _labelled(label, content), SHA256)
    except (InvalidSignature, ValueError) as fault:
        raise BadMls(f"the signature of {label} is wrong") from fault
