"""A Suno for the tests of what is built on this client: FakeSuno in memory; `fixtures` brings the sandbox to pytest."""

from .fake import AT_ONCE, STEPS, FakeSuno, Place, Step
from .replies import BASE_URL, PIXEL, Fault, Loss, Reply, envelope, silent_mp3

__all__ = [
    "AT_ONCE",
    "BASE_URL",
    "PIXEL",
    "STEPS",
    "FakeSuno",
    "Fault",
    "Loss",
    "Place",
    "Reply",
    "Step",
    "envelope",
    "silent_mp3",
]
