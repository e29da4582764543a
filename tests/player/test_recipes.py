"""FFmpeg's arguments word for word, and what it says read back."""

from __future__ import annotations

import pytest

from conductr_player import DamagedAudio, recipes
from conductr_player.kinds import FLAC, MP3, OGG, WAV, kind_of, mp3_length, tag_length
from conductr_player.recipes import Loudness

QUIET = "-nostdin -hide_banner -nostats -loglevel level+info -protocol_whitelist pipe"
FROM_MP3 = "-f mp3 -codec_whitelist mp3float -codec:a mp3float -i pipe:0"
SOUND = "-map 0:a:0 -vn -sn -dn -map_metadata -1"
OPUS = "-ac 2 -ar 48000 -c:a libopus -b:a 128k -vbr on -application audio -frame_duration 20 -packet_loss 0"


def test_measuring_reads_stdin_with_one_demuxer_and_one_decoder() -> None:
    expected = f"ffmpeg {QUIET} {FROM_MP3} -t 900.000 {SOUND} -af ebur128=peak=true:framelog=verbose -f null -"
    assert recipes.measure("ffmpeg", MP3, 900) == expected.split()


def test_encoding_applies_one_gain_and_never_fec() -> None:
    expected = f"ffmpeg {QUIET} {FROM_MP3} -t 900.000 {SOUND} -af volume=-3.20dB {OPUS} -f ogg pipe:1"
    assert recipes.encode("ffmpeg", MP3, -3.2, 900) == expected.split()


def test_a_growing_song_is_given_out_packet_by_packet() -> None:
    expected = (
        f"ffmpeg {QUIET} -probesize 4096 -analyzeduration 0 {FROM_MP3} {SOUND} -af volume=-3.20dB {OPUS}"
        " -page_duration 20000 -flush_packets 1 -f ogg pipe:1"
    )
    assert recipes.encode_live("ffmpeg", -3.2) == expected.split()
    assert "volume=2.00dB,alimiter=limit=0.89:level=0" in recipes.encode_live("ffmpeg", 2.0)


@pytest.mark.parametrize(
    ("integrated", "peak", "gain_db"),
    [(-20, -10, 6), (-20, -3, 2), (-20, 0.5, -1.5), (-9, 0.5, -5), (-50, -45, 20), (-70, -70, 0)],
)
def test_the_gain_goes_to_the_target_as_far_as_the_peak_lets_it(integrated: float, peak: float, gain_db: float) -> None:
    assert Loudness(integrated, peak).gain_db == gain_db


@pytest.mark.parametrize(("integrated", "gain_db"), [(-16, 2), (-40, 3), (-9, -5), (0, -12), (-70, 0)])
def test_a_beginning_is_believed_only_so_far(integrated: float, gain_db: float) -> None:
    assert Loudness(integrated, 0).live_gain_db == gain_db


def test_the_last_summary_counts() -> None:
    said = "Summary:\n I: -9.0 LUFS\n True peak:\n Peak: 0.1 dBFS\n Summary:\n I: -17.5 LUFS\n Peak: -inf dBFS"
    assert recipes.read_loudness(said) == Loudness(-17.5, float("-inf"))
    assert recipes.read_loudness("I: -17.5 LUFS") is None
    assert recipes.read_loudness("Summary: I: nan LUFS Peak: -inf dBFS") == Loudness(-70.0, float("-inf"))


def test_errors_are_told_without_addresses() -> None:
    said = "[in#0 @ 0x56] [info] fine\n[mp3float @ 0x7fa0] [error] Header missing"
    assert recipes.last_complaint(said) == "Header missing"
    assert recipes.last_complaint("") == "no reason given"
    assert recipes.count_errors("x Error submitting packet to decoder: y\nError while decoding stream #0:0: z") == 2


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"ID3\x04", MP3),
        (b"\xff\xfb\x90\x64", MP3),
        (b"\xff\xf3\x40\xc0", MP3),
        (b"OggS", OGG),
        (b"RIFF\0\0\0\0WAVE", WAV),
        (b"fLaC", FLAC),
    ],
)
def test_a_file_is_told_by_its_first_bytes(head: bytes, kind: object) -> None:
    assert kind_of(head) is kind


@pytest.mark.parametrize(
    "head", [b"", b"\xff\xf1\x50\x80", b"\xff\xff\xff\xff", b"RIFF\0\0\0\0AVI ", b"\0\0\0\x20ftyp"]
)
def test_what_is_none_of_them_is_refused(head: bytes) -> None:
    with pytest.raises(DamagedAudio):
        kind_of(head)


def test_the_tag_in_front_is_measured_in_seven_bit_bytes() -> None:
    assert tag_length(b"ID3\x04\0\0\0\0\x02\x01rest") == 10 + 257
    assert tag_length(b"ID3\x04\0\x10\0\0\x02\x01") == 20 + 257
    assert tag_length(b"\xff\xfb\x90\x64") == 0


def test_an_mp3_declares_its_length_by_count_or_by_size() -> None:
    stereo_128k_44100 = b"\xff\xfb\x90\x64"
    info = stereo_128k_44100 + bytes(32) + b"Info" + (1).to_bytes(4, "big") + (1_000).to_bytes(4, "big")
    assert mp3_length(info, 16_000).counted_s == pytest.approx(1_000 * 1_152 / 44_100)
    assert mp3_length(stereo_128k_44100 + bytes(100), 16_000).counted_s is None
    assert mp3_length(stereo_128k_44100 + bytes(100), 16_000).by_size_s == pytest.approx(1.0)
    assert mp3_length(b"noise", 16_000).by_size_s is None
