"""The suno command in this process, against the sandbox: each command, and each way in which it can go wrong."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import struct
import sys
import termios
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from threading import Thread
from typing import Any

import anyio
import httpx
import pytest
from anyio.abc import SocketStream
from anyio.from_thread import start_blocking_portal
from support.wire_gateway import Gateway, Seen, Turn, open_gateway, says

from suno_client.cli import main
from suno_client.testing import silent_mp3

pytestmark = pytest.mark.slow

KEY = "sandbox"
CANARY = "sk-canary-7f3a9d"


@dataclass
class Told:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Suno = Callable[..., Told]


@pytest.fixture
def sandbox(sandbox_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """The handles of a sandbox that remembers nothing; the command finds it in the environment."""
    monkeypatch.setenv("SUNO_BASE_URL", sandbox_url)
    monkeypatch.setenv("SUNO_API_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    with httpx.Client(base_url=sandbox_url, trust_env=False) as handles:
        handles.post("/_sandbox/reset")
        yield handles
        handles.post("/_sandbox/reset")


@pytest.fixture
def suno(capfd: pytest.CaptureFixture[str]) -> Suno:
    def call(*words: str) -> Told:
        code = main(words)
        out, err = capfd.readouterr()
        return Told(code, out, err)

    return call


def fails(sandbox: httpx.Client, on: str, fault: str, **more: object) -> None:
    sandbox.post("/_sandbox/faults", json={"on": on, "fault": fault, **more}).raise_for_status()


def submissions(sandbox: httpx.Client) -> list[dict[str, Any]]:
    return sandbox.get("/_sandbox/ledger").json()["submissions"]


def is_mp3(path: Path) -> bool:
    return path.read_bytes()[:3] == b"ID3" or path.read_bytes()[0] == 0xFF


@contextmanager
def gateway_with(*turns: Turn) -> Iterator[Gateway]:
    """A gateway in a thread, for answers that no sandbox gives."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(open_gateway()) as gateway:
        gateway.turns.extend(turns)
        yield gateway


def test_a_song_goes_into_its_file_and_is_told_of(sandbox: httpx.Client, suno: Suno) -> None:
    told = suno("generate", "rain", "-o", "song.mp3", "--cover", "song.jpg", "--play-url")
    assert told.code == 0, told.err
    assert is_mp3(Path("song.mp3"))
    assert Path("song.jpg").read_bytes()[:2] == b"\xff\xd8"
    (asked,) = submissions(sandbox)
    assert f"task {asked['taskId']}" in told.out
    assert f"clip {asked['clipIds'][0]}" in told.out
    assert f"Task {asked['taskId']}" in told.err
    assert "Listen: http://" in told.err
    assert "the music is being made" in told.err
    assert "\x1b" not in told.err  # no colours, no bars: this is no terminal


def test_a_wish_is_sent_as_it_was_said(sandbox: httpx.Client, suno: Suno, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("[Verse]\nla"))
    wish = ["--style", "folk", "--title", "Ferry", "--lyrics", "-", "--negative", "drums", "--gender", "f"]
    told = suno("generate", *wish, "--duration", "20", "--model", "V5_5", "--no-wait", "--json", "-o", "a.mp3")
    (asked,) = submissions(sandbox)
    assert told.json["task_id"] == asked["taskId"]
    assert told.json["go_on"].endswith(f"wait {asked['taskId']} -o a.mp3")
    sent = asked["request"]
    assert (sent["style"], sent["title"], sent["prompt"]) == ("folk", "Ferry", "[Verse]\nla")
    assert (sent["negativeTags"], sent["vocalGender"], sent["duration"]) == ("drums", "f", 20)


def test_both_takes_of_an_earlier_task_are_saved_side_by_side(sandbox: httpx.Client, suno: Suno) -> None:
    Path("words.txt").write_text("[Verse]\nla", encoding="utf-8")
    first = suno("generate", "--style", "folk", "--title", "F", "--lyrics", "@words.txt", "--no-wait", "--quiet")
    assert first.err == ""
    task = first.out.split()[1]
    heard = suno("wait", task, "--until", "playable", "--json").json
    assert heard["clips"][0]["stream_url"]
    told = suno("wait", task, "-o", "song.mp3", "--take", "both", "--json")
    assert [Path(file["path"]).name for file in told.json["files"]] == ["song.mp3", "song-2.mp3"]
    assert [file["clip_id"] for file in told.json["files"]] == submissions(sandbox)[0]["clipIds"]
    assert is_mp3(Path("song-2.mp3"))
    assert told.json["stage"] == "complete"
    listed = suno("wait", task, "--verbose")
    assert f"http://{sandbox.base_url.host}" in listed.out
    assert "GET /api/v1/generate/record-info: HTTP 200" in listed.err
    missing = suno("wait", task, "-o", "third.mp3", "--until", "playable")
    assert missing.code == 2


def test_a_file_that_is_there_is_kept_and_nothing_is_spent(sandbox: httpx.Client, suno: Suno) -> None:
    Path("song-2.mp3").write_bytes(b"mine")
    told = suno("generate", "rain", "-o", "song.mp3", "--take", "both")
    assert told.code == 2
    assert "song-2.mp3 is there already" in told.err
    assert Path("song-2.mp3").read_bytes() == b"mine"
    assert submissions(sandbox) == []


def test_credits_are_told_to_people_and_to_scripts(sandbox: httpx.Client, suno: Suno) -> None:
    assert suno("credits").out == "1000 credits\n"
    assert suno("credits", "--json").json == {"credits": 1000}


def test_lyrics_are_printed_or_saved(sandbox: httpx.Client, suno: Suno) -> None:
    printed = suno("lyrics", "a ferry in the fog")
    assert printed.out.count("[Chorus]") >= 2
    saved = suno("lyrics", "a ferry in the fog", "-o", "words.txt")
    assert "[Chorus]" in Path("words.txt").read_text(encoding="utf-8")
    again = saved.out.split("more: suno ")[1].split()
    assert len(suno(*again, "--json").json["lyrics"]) == 2
    fails(sandbox, "task", "one_variant_failed")
    assert "more:" not in suno("lyrics", "fog", "-o", "words.txt", "--force").out


def test_a_clip_becomes_wav_and_stems_and_any_address_a_file(sandbox: httpx.Client, suno: Suno) -> None:
    song = suno("generate", "rain", "--json").json
    task, clip = song["task_id"], song["clips"][0]["id"]
    wav = suno("wav", task, clip, "-o", "song.wav", "--json").json
    assert wav["files"][0]["media_type"] == "audio/wav"
    assert suno("wait", wav["task_id"], "--kind", "wav", "-o", "again.wav").code == 0
    assert suno("wait", wav["task_id"], "--kind", "wav").code == 2
    twice = suno("wav", task, clip, "-o", "twice.wav")
    assert twice.code == 2
    assert "made earlier" in twice.err
    stems = suno("stems", task, clip, "-o", "parts", "--json").json
    assert sorted(path.name for path in Path("parts").iterdir()) == ["instrumental.mp3", "vocal.mp3"]
    assert stems["files"][0]["part"] in {"instrumental", "vocal"}
    assert suno("download", song["clips"][0]["audio_url"], "-o", "copy.mp3", "--resume").code == 0
    assert is_mp3(Path("copy.mp3"))


def test_what_a_gateway_can_do_is_told_without_a_key(suno: Suno, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUNO_API_KEY", raising=False)
    told = suno("features", "--dialect", "gcui", "--json").json
    assert told["dialect"] == "gcui"
    assert told["features"]["list"] is True
    assert told["features"]["wav"] is False
    assert "yes  wav" in suno("features").out


@pytest.mark.parametrize(
    ("on", "fault", "more", "code", "says_"),
    [
        ("submit", "429", {}, 4, "Top up"),
        ("submit", "430", {"retryAfter": 60}, 5, "in 60 s"),
        ("submit", "455", {}, 5, "later"),
        ("submit", "400", {}, 2, "Change the request"),
        ("submit", "502", {}, 9, "may have been taken and charged"),
        ("submit", "data_null", {}, 9, "may have been taken and charged"),
        ("submit", "reset_after", {}, 9, "may have been taken and charged"),
        ("task", "SENSITIVE_WORD_ERROR", {}, 6, "other words"),
        ("task", "GENERATE_AUDIO_FAILED", {}, 7, "failed"),
    ],
)
def test_each_fault_ends_in_its_code(
    sandbox: httpx.Client, suno: Suno, on: str, fault: str, more: dict[str, object], code: int, says_: str
) -> None:
    fails(sandbox, on, fault, **more)
    told = suno("generate", "rain", "-o", "song.mp3")
    assert told.code == code, told.err
    assert says_ in told.err
    assert "Traceback" not in told.err
    assert told.out == ""
    assert not Path("song.mp3").exists()
    assert len(submissions(sandbox)) <= 1


def test_a_wrong_key_is_told_and_not_shown(sandbox: httpx.Client, suno: Suno) -> None:
    told = suno("credits", "--key", CANARY, "--verbose")
    assert told.code == 3
    assert "Traceback" in told.err
    assert CANARY not in told.out + told.err


def test_a_gateway_that_quotes_the_key_does_not_bring_it_onto_the_screen(suno: Suno) -> None:
    refusal = {"code": 400, "msg": f"the key {CANARY} is not for this model"}
    with gateway_with(says(refusal), says(refusal)) as gateway:
        for more in ("--verbose", "--json"):
            told = suno("generate", CANARY, "--key", CANARY, "--base-url", gateway.url, more)
            assert told.code == 2
            assert CANARY not in told.out + told.err


def test_a_read_that_fails_has_cost_nothing(sandbox: httpx.Client, suno: Suno) -> None:
    fails(sandbox, "credit", "502", times=3)
    assert suno("credits").code == 8
    told = suno("credits", "--base-url", "http://127.0.0.1:9", "--json")
    assert told.code == told.json["error"]["exit_code"] == 8
    assert told.json["error"]["kind"] == "NotSent"


def test_patience_ends_with_the_command_that_goes_on(sandbox: httpx.Client, suno: Suno) -> None:
    fails(sandbox, "task", "stuck")
    told = suno("generate", "rain", "-o", "song.mp3", "--timeout", "0.4", "--json")
    assert told.code == 10
    (asked,) = submissions(sandbox)
    assert told.json["error"]["task_id"] == asked["taskId"]
    assert told.json["error"]["go_on"].endswith(f"wait {asked['taskId']} -o song.mp3")


def record_of(status: str = "SUCCESS", **clip: object) -> Turn:
    done = {"taskId": "t", "status": status, "response": {"sunoData": [{"id": "c1", **clip}]}}
    return says({"code": 200, "data": done})


def test_a_stage_is_told_once_however_often_its_clips_change(suno: Suno) -> None:
    growing = [
        record_of("TEXT_SUCCESS"),
        record_of("TEXT_SUCCESS", title="Rain", streamAudioUrl="http://127.0.0.1:9/s"),
    ]
    with gateway_with(*growing, record_of()) as gateway:
        told = suno("wait", "t", "--base-url", gateway.url, "--key", KEY)
    assert told.err.splitlines() == ["the words are there, the music is being made", "done"]


def test_a_task_with_one_take_has_no_second(suno: Suno, tmp_path: Path) -> None:
    record = record_of(audioUrl="http://127.0.0.1:9/c1.mp3")
    with gateway_with(record, record) as gateway:
        home = ["--base-url", gateway.url, "--key", KEY, "--json"]
        second = suno("wait", "t", "-o", str(tmp_path / "a.mp3"), "--take", "2", *home)
        cover = suno("wait", "t", "--cover", str(tmp_path / "a.jpg"), *home)
    assert second.code == cover.code == 11
    assert "no take 2" in second.json["error"]["message"]
    assert "no cover" in cover.json["error"]["message"]


def test_a_song_that_is_none_leaves_the_way_to_go_on(suno: Suno, tmp_path: Path) -> None:
    with gateway_with() as gateway:
        gateway.turns.extend([record_of(), record_of(audioUrl=f"{gateway.url}/1.mp3"), *[says(b"<html>")] * 9])
        for _ in range(2):  # without an address, and with one that leads to a page
            told = suno("wait", "t", "-o", str(tmp_path / "a.mp3"), "--base-url", gateway.url, "--key", KEY)
            assert told.code == 11
            assert "go on with suno" in told.err
    assert list(tmp_path.iterdir()) == []


def test_stems_without_names_are_numbered(suno: Suno, tmp_path: Path) -> None:
    """As a gateway answers that lists the parts alone."""
    with gateway_with() as gateway:
        part = {"id": "s1", "audio_url": f"{gateway.url}/1.mp3", "stem_type_group_name": "Lead Voice"}
        done = {"taskId": "t", "successFlag": "SUCCESS", "response": {"originData": [part]}}
        gateway.turns.extend([says({"code": 200, "data": done}), says(silent_mp3(2))])
        place = ["-o", str(tmp_path / "parts"), "--base-url", gateway.url, "--key", KEY]
        told = suno("wait", "t", "--kind", "stems", *place)
    assert told.code == 0, told.err
    assert is_mp3(tmp_path / "parts/1-lead-voice.mp3")


def test_what_was_made_earlier_is_fetched_where_the_gateway_tells_the_task(suno: Suno, tmp_path: Path) -> None:
    made = {"code": 409, "msg": "The WAV record already exists.", "data": {"taskId": "t9"}}
    second = BytesIO()
    with wave.open(second, "wb") as file:
        file.setparams((1, 2, 44_100, 0, "NONE", ""))
        file.writeframes(bytes(88_200))
    with gateway_with(says(made)) as gateway:
        done = {"taskId": "t9", "successFlag": "SUCCESS", "response": {"audioWavUrl": f"{gateway.url}/1.wav"}}
        gateway.turns.extend([says({"code": 200, "data": done}), says(second.getvalue())])
        told = suno("wav", "t", "c", "-o", str(tmp_path / "a.wav"), "--key", KEY, "--base-url", gateway.url, "--json")
    assert told.code == 0, told.out
    assert told.json["task_id"] == "t9"


def test_an_interruption_while_asking_says_that_it_may_be_charged(suno: Suno) -> None:
    async def presses_ctrl_c(stream: SocketStream, seen: Seen) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await anyio.sleep_forever()

    with gateway_with(presses_ctrl_c) as gateway:
        told = suno("generate", "rain", "--key", KEY, "--base-url", gateway.url)
    assert told.code == 130
    assert "may have been taken and charged" in told.err


def test_a_journal_pays_once_for_a_command_that_runs_twice(sandbox: httpx.Client, suno: Suno) -> None:
    again = ["generate", "rain", "--no-wait", "--json", "--journal", "songs.jsonl", "--id", "rain-1"]
    assert suno(*again).json == suno(*again).json
    assert len(submissions(sandbox)) == 1
    alone = suno("generate", "rain", "--id", "rain-1")
    assert alone.code == 2
    assert "belong together" in alone.err


def test_a_journal_that_is_gone_leaves_the_task_to_go_on_with(suno: Suno, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()

    async def takes_the_folder_away(stream: SocketStream, seen: Seen) -> None:
        shutil.rmtree(notes)
        await says({"code": 200, "data": {"taskId": "t7"}})(stream, seen)

    song = str(tmp_path / "a.mp3")
    with gateway_with(takes_the_folder_away) as gateway:
        home = ["--base-url", gateway.url, "--key", KEY, "--journal", str(notes / "songs.jsonl"), "--id", "1"]
        told = suno("generate", "rain", "-o", song, *home)
    assert told.code == 9
    assert told.err.endswith(f"wait t7 -o {song}\n")


def test_lyrics_that_cannot_be_read_cost_nothing(sandbox: httpx.Client, suno: Suno) -> None:
    Path("latin.txt").write_bytes(b"\xe9t\xe9")
    wish = ["generate", "--style", "folk", "--title", "F", "--lyrics"]
    assert suno(*wish, "@latin.txt").code == 2
    told = suno(*wish, "@none.txt")
    assert told.code == 11
    assert told.err.startswith("none.txt: No such file")
    assert submissions(sandbox) == []


@pytest.mark.parametrize("words", ["nonsense", "generate --nonsense", "credits --timeout soon", "wav t", "--json"])
def test_words_that_make_no_sense_are_told_in_a_line_and_to_scripts_as_a_document(suno: Suno, words: str) -> None:
    told = suno(*words.split(), "--json")
    assert told.code == 2
    assert told.json["error"]["kind"] == "Usage"
    assert told.err == ""


def test_no_words_at_all_show_the_help(suno: Suno) -> None:
    told = suno()
    assert told.code == 2
    assert "generate" in told.out
    assert "130  interrupted" in told.out


def test_wrong_words_are_told_with_where_to_look(suno: Suno) -> None:
    assert suno("credits", "--nonsense").err.splitlines()[-1] == "`suno credits --help` says how."


def test_the_version_is_told(suno: Suno) -> None:
    number = suno("--version", "--json").json["version"]
    assert suno("--version").out == f"suno-client {number}\n"


def test_without_a_key_the_ways_to_give_one_are_told(suno: Suno, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUNO_API_KEY", raising=False)
    told = suno("credits", "--base-url", "http://127.0.0.1:9")
    assert told.code == 2
    assert "SUNO_API_KEY" in told.err


@pytest.mark.parametrize("name", ["typer", "rich"])
def test_without_its_packages_the_command_says_how_to_get_them(
    suno: Suno, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    told = suno("credits")
    assert told.code == 2
    assert 'pip install "suno-client[cli]"' in told.err


class Impatience:
    """Ctrl-C while the command is still being loaded."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "suno_client.cli.app":
            raise KeyboardInterrupt


def test_ctrl_c_before_anything_has_begun_shows_no_traceback(suno: Suno, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "suno_client.cli.app", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Impatience(), *sys.meta_path])
    assert suno("credits") == Told(130, "", "")


def test_without_its_packages_the_sandbox_says_how_to_get_them(suno: Suno, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("suno_client.sandbox")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ["starlette", *(name for name in sys.modules if name.startswith("starlette."))]:
        monkeypatch.setitem(sys.modules, name, None)
    told = suno("sandbox")
    assert told.code == 2
    assert 'pip install "suno-client[sandbox]"' in told.err


def test_a_sandbox_of_an_unknown_kind_is_refused(suno: Suno) -> None:
    told = suno("sandbox", "--dialect", "udio")
    assert told.code == 2
    assert "sunoapi, kie, gcui" in told.err


def test_what_an_output_cannot_hold_is_shown_as_a_question_mark(suno: Suno, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = TextIOWrapper(BytesIO(), encoding="ascii")
    with gateway_with(record_of(title="雨")) as gateway:
        monkeypatch.setattr("sys.stdout", narrow)
        told = suno("wait", "t", "--base-url", gateway.url, "--key", KEY)
    assert told.code == 0
    narrow.seek(0)
    assert narrow.read().startswith("1. ?, clip c1")


def test_what_nobody_thought_of_is_told_without_a_traceback(suno: Suno) -> None:
    """Half a character, as a terminal of another encoding hands it over, in an address."""
    told = suno("wait", "t", "--base-url", "http://\udcff", "--key", KEY)
    assert told.code in {1, 2, 8}
    assert "Traceback" not in told.err


class Terminal(StringIO):
    """A standard output that presses Ctrl-C when it reads something."""

    def __init__(self, on: str) -> None:
        super().__init__()
        self._on = on

    def write(self, text: str) -> int:
        if self._on in text:
            os.kill(os.getpid(), signal.SIGINT)
        return super().write(text)


def test_the_sandbox_runs_until_ctrl_c_and_tells_how_to_use_it(suno: Suno, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal("Ctrl-C ends it")
    monkeypatch.setattr("sys.stdout", terminal)
    told = suno("sandbox", "--port", "0")
    assert told.code == 0, told.err
    assert "export SUNO_BASE_URL=http://127.0.0.1:" in terminal.getvalue()


def test_a_port_that_is_taken_is_told(suno: Suno) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = suno("sandbox", "--port", str(taken.getsockname()[1]))
    assert told.code == 11
    assert told.err == "Address already in use.\n"


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[bytearray]:
    """Standard error as a terminal; afterwards, what a person saw. No fixture: capfd would take the place back."""
    person, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
    seen = bytearray()
    watching = Thread(target=watch, args=(person, seen))
    watching.start()
    with os.fdopen(slave, "w", encoding="utf-8") as stderr, monkeypatch.context() as patched:
        patched.setattr("sys.stderr", stderr)
        patched.setenv("TERM", "xterm-256color")
        yield seen
    watching.join()
    os.close(person)


def watch(person: int, seen: bytearray) -> None:
    with suppress(OSError):  # a terminal that nobody writes to any longer says so
        while more := os.read(person, 4_096):
            seen += more


def test_a_terminal_shows_bars(suno: Suno, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with gateway_with() as gateway, terminal(monkeypatch) as seen:
        song = record_of(audioUrl=f"{gateway.url}/1.mp3", title="Rain")
        gateway.turns.extend([song, says(silent_mp3(2))])
        told = suno("wait", "t", "-o", str(tmp_path / "rain.mp3"), "--base-url", gateway.url, "--key", KEY)
    assert told.out.startswith(f"{tmp_path / 'rain.mp3'}: Rain, clip c1")
    for word in ("done", "━━━", "0:00:0", "rain.mp3", "kB", "\x1b["):
        assert word in seen.decode()


def test_no_color_keeps_the_bars_and_leaves_out_the_colours(suno: Suno, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with gateway_with(record_of()) as gateway, terminal(monkeypatch) as seen:
        assert suno("wait", "t", "--base-url", gateway.url, "--key", KEY).code == 0
    assert "━━━" in seen.decode()
    assert not re.search(r"\x1b\[[0-9;]*[39][0-7]m", seen.decode())
