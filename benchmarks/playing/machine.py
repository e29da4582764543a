"""What the run ran on: processor, system, versions. Figures say nothing without it."""

from __future__ import annotations

import ctypes.util
import os
import platform
import ssl
import subprocess
from pathlib import Path

from conductr_player import find_ffmpeg

from .roster import version_of

SONGBIRD = "discord-ext-songbird"
SONGBIRD_VERSION = f"from importlib.metadata import version; print(version('{SONGBIRD}'))"
DISTRIBUTIONS = ("conductr-player", "py-cord", "PyNaCl", "cryptography", "davey", "av", "numpy")


def about_machine(songbird_python: Path | None) -> dict[str, str]:
    with Path("/proc/cpuinfo").open() as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    found = {
        "processor": f"{os.cpu_count()} x {model}",
        "system": f"Linux {platform.release()}",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "Python": platform.python_version(),
        "OpenSSL of Python": ssl.OPENSSL_VERSION,
        "FFmpeg": first_line([find_ffmpeg(), "-version"]).removeprefix("ffmpeg version ").partition(" ")[0],
        "libopus": libopus(),
    }
    found |= {name: version_of(name) for name in DISTRIBUTIONS}
    if songbird_python:
        found["discord-ext-songbird"] = first_line([str(songbird_python), "-c", SONGBIRD_VERSION])
        found["discord.py"] = first_line([str(songbird_python), "-c", SONGBIRD_VERSION.replace(SONGBIRD, "discord.py")])
    return found


def first_line(argv: list[str]) -> str:
    said = subprocess.run(
        argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
    ).stdout.splitlines()
    return said[0] if said else ""


def libopus() -> str:
    """The system's, which stock players encode with."""
    name = ctypes.util.find_library("opus")
    if name is None:
        return "none"
    tell = ctypes.CDLL(name).opus_get_version_string
    tell.restype = ctypes.c_char_p
    return tell().decode().removeprefix("libopus ")
