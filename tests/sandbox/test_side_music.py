"""What is made of a score beside the song: stems that sum to it, its notes, other pictures."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from suno_client.sandbox.music.arrange import score_for
from suno_client.sandbox.music.conversions import mp3_command, peaks, seconds_of
from suno_client.sandbox.music.instruments import TONES, Rack
from suno_client.sandbox.music.mixer import render
from suno_client.sandbox.music.order import Order
from suno_client.sandbox.music.pictures import frame, other_cover
from suno_client.sandbox.music.score import Note, Score
from suno_client.sandbox.music.stem_files import write_stems
from suno_client.sandbox.music.stems import STEM_OF, STEMS, render_stems
from suno_client.sandbox.music.stylist import STYLE_LIMIT, boosted
from suno_client.sandbox.music.synth import RATE
from suno_client.sandbox.music.transcript import instruments

RACK = Rack()


def paper(style: str, seconds: float = 6.0, lyrics: str = "la", **more: Any) -> Score:
    return score_for(
        Order(prompt=style, style=style, lyrics=lyrics, instrumental=not lyrics, duration_s=seconds, **more)
    )


def written(score: Score, *stem: str, **how: bool) -> list[dict[str, Any]]:
    """The score as MIDI."""
    return instruments(score, *stem, **how)


@pytest.mark.parametrize("style", ["lofi rain", "ambient", "house"])
@pytest.mark.parametrize("by_instrument", [False, True])
def test_the_stems_sum_to_the_song(style: str, by_instrument: bool) -> None:
    score = paper(style)
    song = np.concatenate(list(render(score, RACK)), axis=1)
    blocks = list(render_stems(score, RACK, by_instrument=by_instrument))
    total = np.concatenate([sum(block.values()) for block in blocks], axis=1)
    assert total.shape == song.shape
    assert np.abs(total - song).max() < 1e-5


def test_a_stem_holds_its_players_alone() -> None:
    score = paper("synthwave", 6.0)
    score.notes = [note for note in score.notes if note.voice != "voice" or note.at_s > 3.0]
    stems = list(render_stems(score, RACK, by_instrument=False))
    voice, others = (np.concatenate([block[name] for block in stems], axis=1) for name in ("Vocals", "Instrumental"))
    assert np.abs(voice[:, : int(2.8 * RATE)]).max() < 1e-6
    assert np.abs(voice).max() > 0.05
    assert np.abs(others[:, : int(2.8 * RATE)]).max() > 0.05


def test_a_loop_is_taken_apart_without_a_fade() -> None:
    score = paper("jazz", loop=True)
    song = np.concatenate(list(render(score, RACK)), axis=1)
    total = np.concatenate([sum(block.values()) for block in render_stems(score, RACK, by_instrument=True)], axis=1)
    assert np.abs(total - song).max() < 1e-5
    assert np.abs(total[:, -RATE // 10 :]).max() > 0.01


def test_every_instrument_has_a_stem_of_its_family() -> None:
    assert set(TONES) < set(STEM_OF)
    assert {"Vocals", "Drums", "Bass", "Guitar", "Synth", "FX", "Brass", "Woodwinds"} < set(STEMS)


def test_stem_files_are_as_long_as_the_song_and_sum_to_it(tmp_path: Path) -> None:
    order = Order(prompt="lofi", style="lofi", lyrics="la", instrumental=False, duration_s=8.0)
    files, seconds = write_stems(order, tmp_path, "x", by_instrument=True)
    assert set(files) == {"Drums", "Vocals", "Bass", "Keyboard", "FX"} or "Piano" in files
    assert list(files) == [stem for stem in STEMS if stem in files]
    assert all(seconds_of(path) == pytest.approx(seconds, abs=0.15) for path in files.values())


def test_an_encoder_that_fails_is_told(tmp_path: Path) -> None:
    order = Order(prompt="lofi", duration_s=6.0)
    with pytest.raises(subprocess.CalledProcessError):
        write_stems(order, tmp_path / "nowhere", "x", by_instrument=False)


@pytest.mark.parametrize("style", ["rock", "house", "folk"])
def test_midi_has_every_note_within_the_song(style: str) -> None:
    score = paper(style, 20.0)
    parts = written(score)
    notes = [note for part in parts for note in part["notes"]]
    assert len(notes) >= len([note for note in score.notes if note.voice != "riser"])
    assert all(0 <= note["start"] < note["end"] <= score.length_s for note in notes)
    assert all(isinstance(note["pitch"], int) and 21 <= note["pitch"] <= 108 for note in notes)
    assert all(0 < note["velocity"] <= 1 for note in notes)
    assert len({part["name"] for part in parts}) == len(parts)
    assert style == "folk" or "Drums" in {part["name"] for part in parts}


def test_midi_of_one_stem_is_its_own_notes() -> None:
    score = paper("jazz", 20.0)
    voice = written(score, "Vocals")
    assert [part["name"] for part in voice] == ["Voice Oohs"]
    assert len(voice[0]["notes"]) == len([note for note in score.notes if note.voice == "voice"])
    drums = written(score, "Drums", by_instrument=True)
    assert [part["name"] for part in drums] == ["Drums"]
    assert {note["pitch"] for note in drums[0]["notes"]} & {36, 38, 51}


def test_a_note_that_rings_on_ends_with_the_song() -> None:
    score = paper("jazz")
    score.notes.append(Note("tune", "voice", score.length_s - 1.0, 9.0, 60, 0.5))
    assert written(score, "Vocals")[0]["notes"][-1]["end"] == pytest.approx(score.length_s)


def test_noise_is_no_note() -> None:
    score = paper("house")
    score.notes.append(Note("drums", "riser", 1.0, 1.0, 0, 0.5))
    notes = sum(len(part["notes"]) for part in written(score))
    assert notes == len([note for note in score.notes if note.voice != "riser"])


def test_peaks_show_where_a_sound_is_loud(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp3"
    t = np.arange(RATE * 2) / RATE
    tone = np.where(t < 1, 0.8, 0.1) * np.sin(2 * np.pi * 440 * t)
    subprocess.run(mp3_command(path, RATE), input=np.repeat(tone, 2).astype("<f4").tobytes(), check=True)
    shape = peaks(path)
    assert len(shape) == pytest.approx(20, abs=2)
    assert max(shape) == 1.0
    assert np.mean(shape[2:8]) == pytest.approx(0.95, abs=0.1)
    assert np.mean(shape[12:18]) == pytest.approx(0.12, abs=0.05)


def test_silence_has_a_shape_too_and_a_text_no_length(tmp_path: Path) -> None:
    path = tmp_path / "silence.mp3"
    subprocess.run(mp3_command(path, RATE), input=bytes(8 * RATE), check=True)
    assert max(peaks(path)) < 1e-3
    (tmp_path / "text.mp3").write_bytes(b"not a sound at all " * 50)
    assert seconds_of(tmp_path / "text.mp3") is None
    Image.new("RGB", (8, 8)).save(tmp_path / "picture.png")
    assert seconds_of(tmp_path / "picture.png") is None


def test_other_covers_are_other_pictures() -> None:
    order = Order(prompt="folk morning")
    one, two, again = (Image.open(io.BytesIO(other_cover(order, number))) for number in (1, 2, 1))
    assert (one.format, one.size) == ("PNG", (512, 512))
    assert one.tobytes() == again.tobytes() != two.tobytes()


def test_a_frame_shows_who_made_it(tmp_path: Path) -> None:
    cover = tmp_path / "cover.jpeg"
    Image.new("RGB", (1_024, 1_024), (10, 60, 10)).save(cover)
    pictures = []
    for number, (author, domain) in enumerate([("", ""), ("Åsa Nilsson", ""), ("Åsa Nilsson", "example.org")]):
        frame(cover, tmp_path / f"{number}.png", author=author, domain=domain)
        pictures.append(np.asarray(Image.open(tmp_path / f"{number}.png"), float))
    assert pictures[0].shape == (320, 320, 3)
    left, right = np.abs(pictures[1] - pictures[0])[:, :160], np.abs(pictures[2] - pictures[1])[:, 160:]
    assert left.max() > 100
    assert right.max() > 100
    assert np.abs(pictures[1] - pictures[0])[:200].max() < 5


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("sad rainy piano", "rain on the window"),
        ("Pop, Mysterious", "Pop, Mysterious, "),
        ("a waltz, classical", "three-four time"),
        ("thrash metal, fast", "driving, energetic"),
        ("sunny happy folk", "bright, uplifting"),
    ],
)
def test_a_style_is_said_at_length(content: str, said: str) -> None:
    style = boosted(content)
    assert said in style
    assert len(style) > len(content) + 80
    assert " bpm, " in style
    assert style == boosted(content)
    assert len(set(style.split(", "))) == len(style.split(", "))
    assert len(boosted("x" * 990)) <= STYLE_LIMIT
