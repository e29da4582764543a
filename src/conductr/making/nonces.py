"""The word in a callback's address that says which submission it answers. Only its hash is kept."""

from __future__ import annotations

import hashlib

from suno_client.webhooks import new_token

CALLBACK_PATH = "/callbacks/suno/"
TAKEN_AS_NONCE = 200  # characters; ours have 43


def new_nonce() -> str:
    """256 bits that nobody can guess: who knows it is Suno, or somebody whom Suno told."""
    return new_token()


def nonce_hash(nonce: str) -> str:
    """What the store keeps and is asked for. Comparing hashes tells nothing of the nonce, however long it takes."""
    return hashlib.sha256(nonce[:TAKEN_AS_NONCE].encode("utf-8", "replace")).hexdigest()


def callback_url(public_url: str, nonce: str) -> str:
    return public_url.rstrip("/") + CALLBACK_PATH + nonce
