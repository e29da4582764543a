"""What the conductr command says of gateways: the doctor looks at each, and `archive` asks them for older songs."""

from __future__ import annotations

from pathlib import Path

from solo.test_the_command import conductr

NOBODY = "http://127.0.0.1:9"
SECRET = "planted-key-123"


def test_the_doctor_names_each_gateway_that_does_not_answer_and_no_key(tmp_path: Path) -> None:
    told = conductr(
        tmp_path,
        "doctor",
        CONDUCTR_PROVIDERS="sunoapi,kie",
        CONDUCTR_SUNOAPI_KEY=SECRET,
        CONDUCTR_SUNOAPI_URL=NOBODY,
        CONDUCTR_KIE_KEY=SECRET,
        CONDUCTR_KIE_URL=NOBODY,
    )
    assert told.returncode == 1
    assert "FAIL Suno: sunoapi: Suno cannot be reached" in told.stdout
    assert "kie: Suno cannot be reached" in told.stdout
    assert SECRET not in told.stdout + told.stderr


def test_the_archive_says_when_every_song_is_whole(tmp_path: Path) -> None:
    told = conductr(tmp_path, "archive", CONDUCTR_SUNO_API_KEY=SECRET, CONDUCTR_SUNO_BASE_URL=NOBODY)
    assert (told.returncode, told.stdout) == (0, "Every song is whole.\n"), told.stderr


def test_the_archive_has_nobody_to_ask_where_songs_are_composed_on_this_machine(tmp_path: Path) -> None:
    told = conductr(tmp_path, "archive")
    assert told.returncode == 1
    assert "CONDUCTR_SUNO_API_KEY" in told.stderr
    assert "Traceback" not in told.stderr
