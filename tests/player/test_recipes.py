"""FFmpeg's arguments word for word, and what it says read back."""

from __future__ import annotations

import pytest

from conductr_player import DamagedAudio
from conductr_player.ingesting import recipes
from conductr_player.ingesting.kinds import FLAC, MP3, OGG, WAV, counted_s, fits_wav, holds_sound, kind_of, tag_length
from conductr_player.ingesting.recipes import Loudness

QUIET = "-nostdin -hide_banner -nostats -loglevel level+info -protocol_whitelist pipe"
FROM_MP3 = "-f mp3 -codec_whitelist mp3float -codec:a mp3float -i pipe:0"
SOUND = "-map 0:a:0 -vn -sn -dn -map_metadata -1"
OPUS = "-ac 2 -ar 48000 -c:a libopus -vbr on -application audio -b:a 128k -frame_duration 20 -packet_loss 0"


def test_measuring_reads_stdin_with_one_demuxer_and_one_decoder() -> None:
    expected = f"ffmpeg {QUIET} {FROM_MP3} -t 900.000 {SOUND} -af ebur128=peak=true:framelog=verbose -f null -"
    assert recipes.measure("ffmpeg", MP3, 900) == expected.split()


def test_encoding_applies_one_gain_and_never_fec() -> None:
    expected = f"ffmpeg {QUIET} {FROM_MP3} -t 900.000 {SOUND} -af volume=-3.20dB {OPUS} -f ogg pipe:1"
    assert recipes.encode("ffmpeg", MP3, -3.2, 900) == expected.split()
    assert recipes.encode("ffmpeg", MP3, -3.2, 900, 96) == expected.replace("128k", "96k").split()


def test_a_growing_song_is_given_out_packet_by_packet() -> None:
    expected = (
        f"ffmpeg {QUIET} -probesize 4096 -analyzeduration 0 {FROM_MP3} {SOUND} -af volume=-3.20dB {OPUS}"
        " -page_duration 20000 -flush_packets 1 -f ogg pipe:1"
    )
    assert "-b:a 64k" in " ".join(recipes.encode_live("ffmpeg", -3.2, 64))
    assert recipes.encode_live("ffmpeg", -3.2) == expected.split()
    assert "volume=2.00dB,alimiter=limit=0.89:level=0:latency=1" in recipes.encode_live("ffmpeg", 2.0)


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


def test_how_much_was_heard_is_what_the_last_line_says() -> None:
    said = "title: time=99:00:00.00\n[info] size=N/A time=00:00:06.00\n[info] size=N/A time=01:02:03.50 speed=9x"
    assert recipes.read_heard_s(said) == 3_723.5
    assert recipes.read_heard_s("[info] size=N/A time=N/A bitrate=N/A") is None


def test_a_shortage_is_told_from_a_fault_of_the_file() -> None:
    assert recipes.shortage("[ogg @ 0x5] [error] Could not write header: No space left on device") == "the disk is full"
    assert recipes.shortage("[info] title: No space left on device") is None, "whatever a song is called"
    assert recipes.shortage("[mp3float @ 0x5] [error] Header missing") is None


def test_errors_are_told_without_addresses() -> None:
    said = "[in#0 @ 0x56] [info] fine\n[mp3float @ 0x7fa0] [error] Header missing"
    assert recipes.last_complaint(said) == "Header missing"
    assert recipes.last_complaint("") is None
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


def test_an_mp3_declares_its_length_by_its_encoders_count() -> None:
    stereo_128k_44100 = b"\xff\xfb\x90\x64"
    info = stereo_128k_44100 + bytes(32) + b"Info" + (1).to_bytes(4, "big") + (1_000).to_bytes(4, "big")
    assert counted_s(info) == pytest.approx(1_000 * 1_152 / 44_100)
    assert counted_s(stereo_128k_44100 + bytes(100)) is None
    assert counted_s(b"noise") is None


def test_music_in_a_tag_is_told_from_a_picture() -> None:
    frame = b"\xff\xfb\x90\x64" + bytes(413)  # 417 bytes: 128 kbit/s at 44.1 kHz
    assert holds_sound(bytes(99) + frame * 6)
    assert not holds_sound(bytes(99) + frame * 5)
    assert not holds_sound(b"".join(frame + b"\0" for _ in range(9))), "frames follow one another"
    assert not holds_sound(b"\xff" * 999 + frame[:3])


@pytest.mark.parametrize(
    ("chunks", "fits"),
    [
        (b"data\4\0\0\0abcd", True),
        (b"data\3\0\0\0abc", True),
        (b"data\3\0\0\0abc\0LIST\0\0\0\0", True),
        (b"data\0\0\0\0abcd", True),
        (b"data\xff\xff\xff\xffabcd", True),
        (b"data\5\0\0\0abcd", False),
        (b"data\2\0\0\0abcdefghijkl", False),
        (b"\xf0\xf1ta\4\0\0\0abcd", False),
    ],
)
def test_the_chunks_of_a_wav_end_where_it_ends(chunks: bytes, fits: bool) -> None:
    file = b"RIFF\0\0\0\0WAVE" + chunks
    assert fits_wav(lambda count, at: file[at : at + count], len(file)) is fits
