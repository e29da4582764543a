"""Proves that suno-client stands alone: its wheel in a clean environment, far from this repository.

    python tools/alone.py [--python PYTHON]

First the plain wheel: `import suno_client` with httpx, anyio and pydantic, and nothing else of ours or of the extras.
Then its extras: the sandbox plays, the README's first example puts a song on disk, and `suno` says what it can do.
Versions are those of requirements/run.lock. Needs hatchling to build the wheel; ends with 1 where something fails.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "suno_client"
READY = "Suno sandbox listening on "
OURS = ["conductr", "conductr_player", "conductr_store", "conductr_bot", "conductr_web", "conductr_solo"]
EXTRAS = ["numpy", "PIL", "imageio_ffmpeg", "starlette", "hypercorn", "typer", "rich"]
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


class Failed(SystemExit):
    pass


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="the Python to prove it on (default: this one)")
    python = parser.parse_args().python
    began = time.perf_counter()

    def step(words: str) -> None:
        print(f"alone {time.perf_counter() - began:5.1f} s  {words}", flush=True)

    with TemporaryDirectory(prefix="suno-client-alone-") as name:
        folder = Path(name)
        wheel = build(folder)
        step(f"built {wheel.name}")
        alone = environment(folder, python)
        install(alone, str(wheel), folder)
        run(alone, "-W", "error", "-c", PLAIN, cwd=folder)
        run(alone, "-c", ABSENT, *OURS, *EXTRAS, cwd=folder)
        step(f"plain: imports on {run(alone, '-V', cwd=folder).strip()}, without extras")
        install(alone, f"{wheel}[sandbox,cli]", folder)
        run(alone, "-c", ABSENT, *OURS, cwd=folder)
        song_bytes = play(alone, folder)
        step(f"[sandbox]: the README's first example put {song_bytes:,} bytes of song on disk")
        run(alone, "-W", "error", str(alone.with_name("suno")), "--help", cwd=folder)
        step("[cli]: `suno --help` says what it can do")


def build(folder: Path) -> Path:
    run(Path(sys.executable), "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=PACKAGE)
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


def play(python: Path, folder: Path) -> int:
    """Bytes of the song that the README's first example fetched from a sandbox."""
    readme = (PACKAGE / "README.md").read_text("utf-8")
    (code, *_) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
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
