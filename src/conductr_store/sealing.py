"""Secrets at rest: sealed by AES-256-GCM under the newest of some keys, bound to the row that holds them. No I/O."""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hmac import compare_digest
from json import dumps
from os import urandom
from typing import NoReturn, Self

from attrs import frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .errors import SealBroken

KEY_BYTES = 32
FEWEST_DIFFERENT = 8  # bytes of a key; random ones have some 30, placeholders few
NONCE_BYTES = 12  # NIST SP 800-38D: random ones are safe for 2**32 messages a key
TAG_BYTES = 16
SHOWN_LETTERS = 4
SHORTEST_SHOWN = 16  # letters; the end of a shorter secret would be too much of it
SURROGATES = "surrogatepass"  # any text can be sealed: an error about a letter would hold all of it
PLAIN_BASE64 = str.maketrans("-_", "+/")
NAME = re.compile(r"[A-Za-z0-9._-]{1,32}")


class Secret:
    """Text that no log, error or repr may hold. Only `reveal()` tells it.

    No attrs class: `asdict` would turn it into a dictionary with the text in it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    @property
    def ending(self) -> str:
        """Its last letters, by which its owner knows it again; empty for a short one."""
        return self._text[-SHOWN_LETTERS:] if len(self._text) >= SHORTEST_SHOWN else ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(_bytes_of(self), _bytes_of(other))

    __hash__ = None  # pyright: ignore[reportAssignmentType] - a set would compare in a time that tells

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


@frozen(repr=False)
class Sealed:
    """A secret as it lies in the database, and the name of the key that opens it."""

    key_name: str
    blob: bytes

    def __repr__(self) -> str:
        return f"<sealed under {self.key_name!r}>"


@frozen
class Binding:
    """The one place where a sealed value opens. Copied to another row, it is noise."""

    table: str
    column: str
    row_id: str
    user_id: int
    purpose: str


class SealingKey:
    """`name` is written beside what it sealed. Raises ValueError, which never holds the key.

    No attrs class, as Secret.
    """

    __slots__ = ("_raw", "name")

    def __init__(self, name: str, raw: bytes) -> None:
        if not NAME.fullmatch(name):
            raise ValueError("a sealing key's name has 1 to 32 letters, digits, dots, dashes or underscores")
        if len(raw) != KEY_BYTES:
            raise ValueError(f"the sealing key {name!r} has {len(raw)} bytes, but must have {KEY_BYTES}")
        if len(set(raw)) < FEWEST_DIFFERENT:
            raise ValueError(f"the sealing key {name!r} is not random; make one with new_sealing_key()")
        self.name, self._raw = name, raw

    def __repr__(self) -> str:
        return f"<sealing key {self.name!r}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sealing key is not pickled")

    def cipher(self) -> AESGCM:
        return AESGCM(self._raw)


def new_sealing_key(name: str) -> str:
    """A fresh key as `KeyRing.parse` reads it: "name:base64". Raises ValueError for a bad name."""
    raw = urandom(KEY_BYTES)
    return f"{SealingKey(name, raw).name}:{urlsafe_b64encode(raw).decode()}"


@frozen(repr=False)
class KeyRing:
    """Sealing keys, the newest first: it seals, all of them open. Raises ValueError for none, or two of one name."""

    keys: tuple[SealingKey, ...]

    def __attrs_post_init__(self) -> None:
        if not self.keys:
            raise ValueError("there is no sealing key; make one with new_sealing_key()")
        if len({key.name for key in self.keys}) < len(self.keys):
            raise ValueError("two sealing keys have the same name")

    def __repr__(self) -> str:
        return f"<key ring: {', '.join(key.name for key in self.keys)}>"

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "newest:base64,older:base64". Raises ValueError, which never repeats the text."""
        return cls(tuple(_keys_in(text)))

    @property
    def newest(self) -> SealingKey:
        return self.keys[0]

    def seal(self, secret: Secret, binding: Binding) -> Sealed:
        nonce = urandom(NONCE_BYTES)
        key = self.newest
        return Sealed(key.name, nonce + key.cipher().encrypt(nonce, _bytes_of(secret), _bound(binding, key.name)))

    def open(self, sealed: Sealed, binding: Binding) -> Secret:
        """Raises SealBroken where it was changed, stems from another row, or its key is not in the ring."""
        key = next((key for key in self.keys if key.name == sealed.key_name), None)
        if key is None or len(sealed.blob) < NONCE_BYTES + TAG_BYTES:
            raise SealBroken(binding.row_id)
        nonce, body = sealed.blob[:NONCE_BYTES], sealed.blob[NONCE_BYTES:]
        try:
            opened = key.cipher().decrypt(nonce, body, _bound(binding, key.name))
        except InvalidTag:
            raise SealBroken(binding.row_id) from None
        return Secret(opened.decode(errors=SURROGATES))

    def renew(self, sealed: Sealed, binding: Binding) -> Sealed:
        """The same secret under the newest key. Raises SealBroken."""
        return self.seal(self.open(sealed, binding), binding)


def _keys_in(text: str) -> Iterator[SealingKey]:
    parts = [part.strip() for part in text.split(",")]
    for number, part in enumerate([part for part in parts if part], start=1):
        name, colon, encoded = part.partition(":")
        try:
            raw = b64decode(encoded.strip().translate(PLAIN_BASE64), validate=True)
        except ValueError:
            raw = b""
        if not colon or not raw:
            raise ValueError(f"sealing key {number} does not read name:base64") from None
        yield SealingKey(name.strip(), raw)


def _bytes_of(secret: Secret) -> bytes:
    return secret.reveal().encode(errors=SURROGATES)


def _bound(binding: Binding, key_name: str) -> bytes:
    """Unambiguous: JSON quotes what it joins."""
    parts = (binding.table, binding.column, binding.row_id, binding.user_id, binding.purpose, key_name)
    return dumps(parts).encode()
