"""Proves that suno-client and conductr-player stand alone: each wheel in a clean environment, far from this repository.

    python tools/alone.py [--python PYTHON]

suno-client, first plain: `import suno_client` with httpx, anyio and pydantic, and nothing of ours or of the extras.
Then its extras: the sandbox plays, the README's first example puts a song on disk, and `suno` says what it can do.
conductr-player: the README's first example plays a folder of MP3s into a file, whole and without a gap.
Versions are those of requirements/run.lock. Needs hatchling to build the wheels; ends with 1 where something fails.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
CLIENT, PLAYER = ROOT / "src" / "suno_client", ROOT / "src" / "conductr_player"
READY = "Suno sandbox listening on "
ROOMS = ["conductr", "conductr_store", "conductr_bot", "conductr_web", "conductr_solo"]
CLIENT_EXTRAS = ["numpy", "PIL", "imageio_ffmpeg", "starlette", "hypercorn", "typer", "rich"]
NOT_THE_PLAYERS = [*ROOMS, "suno_client", "httpx", "pydantic", "discord", "cryptography", "nacl"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}

ABSENT = """
import importlib.util, sys
present = [name for name in sys.argv[1:] if importlib.util.find_spec(name)]
sys.exit(f"importable, and should not be: {present}" if present else 0)
"""
PLAIN = """
import suno_client, sys
assert "site-packages" in suno_client.__file__, suno_client.__file__
suno_client.SunoClient("any-key")
print(suno_client.__file__)
"""


MUSIC = """
import subprocess
from pathlib import Path
from conductr_player import find_ffmpeg
assert "site-packages" in find_ffmpeg.__code__.co_filename
Path("music").mkdir()
for name, hertz in (("one", 330), ("two", 440)):
    tone = f"sine=frequency={hertz}:duration=3"
    subprocess.run([find_ffmpeg(), "-v", "error", "-f", "lavfi", "-i", tone, f"music/{name}.mp3"], check=True)
"""
HEARD = """
import wave
import numpy as np
with wave.open("music.wav") as file:
    sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32768
seconds = len(sound) / 48000
assert 5.9 < seconds < 6.3, seconds
loud = [np.abs(sound[at : at + 4800]).max() for at in range(0, round(5.9 * 48000), 4800)]
assert min(loud) > 0.05, loud
print(f"{seconds:.2f}")
"""


class Failed(SystemExit):
    pass


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="the Python to prove it on (default: this one)")
    python = parser.parse_args().python
    began = time.perf_counter()

    def step(words: str) -> None:
        print(f"alone {time.perf_counter() - began:5.1f} s  {words}", flush=True)

    with TemporaryDirectory(prefix="alone-") as name, ThreadPoolExecutor(2) as pool:
        folders = [Path(name) / package for package in ("client", "player")]
        for each in folders:
            each.mkdir()
        for proof in [pool.submit(prove, python, folder, step) for prove, folder in zip(PROOFS, folders, strict=True)]:
            proof.result()


def prove_client(python: str, folder: Path, step: Callable[[str], None]) -> None:
    wheel = build(CLIENT, folder)
    alone = environment(folder, python)
    install(alone, str(wheel), folder)
    run(alone, "-W", "error", "-c", PLAIN, cwd=folder)
    run(alone, "-c", ABSENT, "conductr_player", *ROOMS, *CLIENT_EXTRAS, cwd=folder)
    step(f"{wheel.name}, plain: imports on {run(alone, '-V', cwd=folder).strip()}, without extras")
    install(alone, f"{wheel}[sandbox,cli]", folder)
    run(alone, "-c", ABSENT, "conductr_player", *ROOMS, cwd=folder)
    song_bytes = fetch_song(alone, folder)
    step(f"{wheel.name}[sandbox]: the README's first example put {song_bytes:,} bytes of song on disk")
    run(alone, "-W", "error", str(alone.with_name("suno")), "--help", cwd=folder)
    step(f"{wheel.name}[cli]: `suno --help` says what it can do")


def prove_player(python: str, folder: Path, step: Callable[[str], None]) -> None:
    wheel = build(PLAYER, folder)
    alone = environment(folder, python)
    install(alone, str(wheel), folder)
    run(alone, "-c", ABSENT, *NOT_THE_PLAYERS, cwd=folder)
    run(alone, "-W", "error", "-c", MUSIC, cwd=folder)
    (folder / "example.py").write_text(first_example(PLAYER), "utf-8")
    run(alone, "-W", "error", "example.py", cwd=folder)
    seconds = run(alone, "-c", HEARD, cwd=folder).strip()
    step(f"{wheel.name}: the README's first example played two songs into {seconds} s of sound")


PROOFS = (prove_client, prove_player)


def first_example(package: Path) -> str:
    (code, *_) = re.findall(r"```python\n(.*?)```", (package / "README.md").read_text("utf-8"), re.DOTALL)
    return code


def build(package: Path, folder: Path) -> Path:
    run(Path(sys.executable), "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=package)
    (wheel,) = folder.glob("*.whl")
    return wheel


def environment(folder: Path, python: str) -> Path:
    """A new virtual environment's Python. It needs no pip of its own: the one that runs this fills it."""
    run(Path(python), "-m", "venv", "--without-pip", str(folder / "venv"), cwd=folder)
    return folder / "venv" / "bin" / "python"


def install(python: Path, what: str, folder: Path) -> None:
    """With the versions that are pinned here. Their hashes are left out: the wheel itself has none."""
    pins = re.findall(r"^[\w.-]+==[^\s;]+(?: ; [^\\\n]*)?", (ROOT / "requirements/run.lock").read_text(), re.MULTILINE)
    (folder / "pins.txt").write_text("\n".join(pins))
    pip = ["-m", "pip", "--disable-pip-version-check", "--python", str(python), "install", "-q", "--no-compile"]
    run(Path(sys.executable), *pip, "-c", "pins.txt", what, cwd=folder)


def fetch_song(python: Path, folder: Path) -> int:
    """Bytes of the song that suno-client's first example fetched from a sandbox."""
    code = first_example(CLIENT)
    argv = [str(python), "-m", "suno_client.sandbox", "--port", "0", "--until-stdin-closes"]
    argv += ["--speed", "20", "--music-seconds", "6"]
    with subprocess.Popen(
        argv, cwd=folder, env=ENVIRONMENT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as sandbox:
        assert sandbox.stdin is not None
        assert sandbox.stdout is not None
        try:
            url = sandbox.stdout.readline().removeprefix(READY).strip()
            (folder / "example.py").write_text(code.replace("http://127.0.0.1:8770", url), "utf-8")
            run(python, "-W", "error", "example.py", cwd=folder)
        finally:
            sandbox.stdin.close()
            sandbox.wait(10)
    return (folder / "rain.mp3").stat().st_size


def run(python: Path, *arguments: str, cwd: Path) -> str:
    argv = [str(python), *arguments]
    done = subprocess.run(argv, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise Failed(f"alone: failed: {' '.join(arguments)[:200]}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
