"""RTP as Discord's clients send it: headers, nonces and both AEAD modes. Pure."""

from __future__ import annotations

import struct

from attrs import frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

AES = "aead_aes256_gcm_rtpsize"
XCHACHA = "aead_xchacha20_poly1305_rtpsize"
MODES = (AES, XCHACHA)
NONCE_BYTES = {AES: 12, XCHACHA: 24}


class BadPacket(Exception):
    """A datagram that is no RTP of ours, or whose tag is wrong."""


@frozen
class Opened:
    """One RTP packet with its transport encryption taken off; `nonce` is the sender's 32-bit counter."""

    seq: int
    timestamp: int
    ssrc: int
    nonce: int
    payload: bytes


def ssrc_of(datagram: bytes) -> int:
    """The sender named in the header. BadPacket when it is not RTP version 2, payload type 0x78."""
    if len(datagram) < 12 + 16 + 4 or datagram[0] >> 6 != 2 or datagram[1] & 0x7F != 0x78:
        raise BadPacket(f"no RTP audio: {datagram[:12].hex()} ({len(datagram)} bytes)")
    return int.from_bytes(datagram[8:12], "big")


def is_rtcp(datagram: bytes) -> bool:
    return len(datagram) >= 8 and datagram[0] >> 6 == 2 and 200 <= datagram[1] <= 204


def open_packet(mode: str, key: bytes, datagram: bytes) -> Opened:
    """Decrypts one datagram ("rtpsize": the header and the extension's first word stay in the clear)."""
    ssrc = ssrc_of(datagram)
    has_extension = bool(datagram[0] & 0x10)
    header_bytes = 12 + 4 * (datagram[0] & 0x0F) + (4 if has_extension else 0)
    header, sealed, nonce = datagram[:header_bytes], datagram[header_bytes:-4], datagram[-4:]
    try:
        payload = _decrypt(mode, key, nonce.ljust(NONCE_BYTES[mode], b"\0"), sealed, header)
    except (InvalidTag, CryptoError, ValueError) as fault:
        raise BadPacket(f"bad tag, ssrc {ssrc}, seq {int.from_bytes(datagram[2:4], 'big')}") from fault
    if has_extension:
        payload = payload[4 * int.from_bytes(header[-2:], "big") :]
    seq, timestamp = struct.unpack_from(">HI", datagram, 2)
    return Opened(seq, timestamp, ssrc, int.from_bytes(nonce, "big"), payload)


def seal_packet(mode: str, key: bytes, opened: Opened) -> bytes:
    """The datagram a client would send: what a fake human sends, and what tests open again."""
    header = struct.pack(">BBHII", 0x80, 0x78, opened.seq, opened.timestamp, opened.ssrc)
    nonce = struct.pack(">I", opened.nonce)
    padded = nonce.ljust(NONCE_BYTES[mode], b"\0")
    if mode == AES:
        return header + AESGCM(key).encrypt(padded, opened.payload, header) + nonce
    return header + crypto_aead_xchacha20poly1305_ietf_encrypt(opened.payload, header, padded, key) + nonce


def _decrypt(mode: str, key: bytes, nonce: bytes, sealed: bytes, header: bytes) -> bytes:
    if mode == AES:
        return AESGCM(key).decrypt(nonce, sealed, header)
    return crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, header, nonce, key)
