"""conductr migrate, backup and doctor, as typed: what was done with the database, or why not and what to do."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from subprocess import run

import pytest
from typer.testing import CliRunner, Result

from conductr_solo.__main__ import app
from conductr_store.schema import head


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("CONDUCTR_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def conductr(folder: Path, *words: str, **settings: str) -> Result:
    """The command in this process: one of its own takes seconds to start."""
    return CliRunner().invoke(app, words, env={"CONDUCTR_DATA_DIR": str(folder / "data"), **settings})


def ordered(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "data" / "conductr.db")) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_database_is_made_checked_copied_and_made_anew_from_the_copy(tmp_path: Path) -> None:
    first = conductr(tmp_path, "migrate")
    assert first.exit_code == 0, first.stderr
    assert f"went from nothing to {head()}" in first.stdout
    assert "is the newest already" in conductr(tmp_path, "migrate").stdout
    ordered(tmp_path, "INSERT INTO users (id, name) VALUES (7, 'Ada')")
    kept = conductr(tmp_path, "backup", "copy.db")
    assert kept.exit_code == 0, kept.stderr
    assert "checked and whole" in kept.stdout
    again = conductr(tmp_path, "backup", "copy.db")
    assert again.exit_code == 1
    assert "is there already" in again.stderr
    (tmp_path / "data" / "conductr.db").write_bytes((tmp_path / "copy.db").read_bytes())
    told = conductr(tmp_path, "doctor")
    assert told.exit_code == 0, told.stdout
    assert f"schema {head()}, whole" in told.stdout
    with closing(sqlite3.connect(tmp_path / "data" / "conductr.db")) as connection:
        assert connection.execute("SELECT name FROM users").fetchall() == [("Ada",)]


def test_a_schema_of_a_newer_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    conductr(tmp_path, "migrate")
    ordered(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    for command in ("migrate", "doctor"):
        told = conductr(tmp_path, command)
        assert told.exit_code == 1, command
        refused(told.stdout + told.stderr)
    own = {**os.environ, "CONDUCTR_DATA_DIR": str(tmp_path / "data")}
    started = run([sys.executable, "-m", "conductr_solo", "up"], env=own, capture_output=True, text=True, check=False)
    assert started.returncode == 1
    refused(started.stdout + started.stderr)


def refused(said: str) -> None:
    for words in ("newer version", "use the backup made before the update"):
        assert words in said
    assert "Traceback" not in said


def test_a_damaged_database_is_told_by_the_doctor_with_what_to_do(tmp_path: Path) -> None:
    conductr(tmp_path, "migrate")
    ordered(tmp_path, "INSERT INTO user_settings (user_id, private, tell_when_done) VALUES (9, 0, 0)")
    told = conductr(tmp_path, "doctor")
    assert told.exit_code == 1
    assert "a row of user_settings belongs to one that is not there" in told.stdout
    assert "newest backup" in told.stdout
    (tmp_path / "data" / "conductr.db").write_bytes(b"these are my holiday photos" * 400)
    told = conductr(tmp_path, "doctor")
    assert "FAIL Database: The database file is damaged." in told.stdout
    assert "newest backup" in told.stdout


@pytest.mark.parametrize("command", [("migrate",), ("backup", "copy.db")])
def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path, command: tuple[str, ...]) -> None:
    told = conductr(tmp_path, *command, CONDUCTR_DATABASE_URL="postgresql://ada:sekret@127.0.0.1:1/conductr")
    assert told.exit_code == 1
    assert "PostgreSQL at 127.0.0.1:1" in told.stderr
    assert "sekret" not in told.stdout + told.stderr
    assert "Traceback" not in told.stderr
