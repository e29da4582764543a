"""Who is measured: the players, what each of them is, and what it takes to run them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from attrs import frozen

AES, XCHACHA, NONE = "AES-256-GCM", "XChaCha20", "none"


@frozen
class Player:
    """`script` is the module of `players` that plays it. `of` is the distribution whose version counts.

    `own_cpu`: nothing but playing is in its CPU figure, so that it may be compared.
    """

    kind: str
    says: str
    script: str
    cipher: str
    of: str
    dave: bool = False
    own_cpu: bool = True


def _ours(kind: str, says: str, cipher: str = AES, *, dave: bool = False, own_cpu: bool = True) -> Player:
    return Player(kind, f"ours, {says}", "engine", cipher, "conductr-player", dave, own_cpu)


def _stock(kind: str, says: str) -> Player:
    return Player(kind, f"py-cord {says}", "stock", XCHACHA, "py-cord")


PLAYERS = {
    player.kind: player
    for player in (
        _ours("engine-aes", "AES"),
        _ours("engine-python", "AES, without the library"),
        _ours("engine-xchacha", "XChaCha", XCHACHA),
        _ours("engine-dave", "AES + DAVE", dave=True),
        _ours("engine-aes-v50", "AES, volume 50, one song"),
        _ours("engine-aes-v50-each", "volume 50, each being rendered", own_cpu=False),
        _ours("engine-2proc", "AES, two pacer processes"),
        _ours("engine-busy", "AES, bot 50 % busy beside it", own_cpu=False),
        _ours("engine-busy-proc", "same, pacer process", own_cpu=False),
        _ours("adapter-pycord", "py-cord's own sending", XCHACHA),
        _stock("pycord-pcm", "FFmpegPCMAudio"),
        _stock("pycord-pcm-nofec", "FFmpegPCMAudio, fec=False"),
        _stock("pycord-opus", "FFmpegOpusAudio"),
        _stock("pycord-copy", "FFmpegOpusAudio, codec=copy"),
        _stock("pycord-threads", "packets in memory"),
        Player("songbird", "songbird, Opus passed through", "songbird", AES, "discord-ext-songbird"),
        Player("floor", "floor: Python, send only", "floor", NONE, "python"),
        Player("floor-c", "floor: C, AES", "floor-c", AES, "OpenSSL"),
    )
}


def version_of(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
