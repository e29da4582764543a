"""FFmpeg's arguments, fixed but for numbers and enumerated names; and what it says read back. Pure."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from .kinds import MP3, Kind

TARGET_LUFS: Final = -14.0
PEAK_LIMIT_DBTP: Final = -1.0
LOUDEST_PEAK_DBTP: Final = 9.0  # a clipped master decodes to +3 or so; damaged MP3 to blasts of +20 and more
MAX_GAIN_DB: Final = 20.0  # what is nearly silent stays quiet
LIVE_GAIN_DB: Final = (-12.0, 3.0)  # a beginning may be far from the song's own loudness, mostly quieter
NOT_MEASURED: Final = -70.0  # LUFS: EBU R 128's gate; below it there is nothing to level
KBITS: Final = 128  # a second: what Discord's best channels carry

_BASE: Final = ("-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info", "-protocol_whitelist", "pipe")
_ONLY_SOUND: Final = ("-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1")
# Never FEC: it drives libopus from CELT into Hybrid, at 3.4 times the work and a worse sound (docs/performance.md).
_OPUS: Final = ("-ac", "2", "-ar", "48000", "-c:a", "libopus", "-vbr", "on", "-application", "audio")
_PACKETS: Final = ("-frame_duration", "20", "-packet_loss", "0")


def measure(ffmpeg: str, kind: Kind, max_s: float) -> list[str]:
    """Decode all of stdin and say how loud it is."""
    listen = ("-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-")
    return [ffmpeg, *_BASE, *_input(kind), "-t", f"{max_s:.3f}", *_ONLY_SOUND, *listen]


def encode(ffmpeg: str, kind: Kind, gain_db: float, max_s: float, kbits: int = KBITS) -> list[str]:
    """Stdin to levelled Ogg Opus on stdout."""
    until = ("-t", f"{max_s:.3f}")
    level = ("-af", f"volume={gain_db:.2f}dB")
    return [ffmpeg, *_BASE, *_input(kind), *until, *_ONLY_SOUND, *level, *_opus(kbits), "-f", "ogg", "pipe:1"]


def encode_live(ffmpeg: str, gain_db: float, kbits: int = KBITS) -> list[str]:
    """A growing MP3 to Ogg Opus, each packet a page, given out as soon as it is there."""
    # Not `-fflags nobuffer`: it drops what was looked at, and the finished file would no longer be in step.
    eager = ("-probesize", "4096", "-analyzeduration", "0")
    # Turned up by the measure of its beginning, a song may clip later on; turned down it cannot. The limiter looks
    # 5 ms ahead, which is taken off again (FFmpeg 5.1 and later), or the finished file would not be in step.
    limit = ",alimiter=limit=0.89:level=0:latency=1" if gain_db > 0 else ""
    level = ("-af", f"volume={gain_db:.2f}dB{limit}")
    flush = ("-page_duration", "20000", "-flush_packets", "1", "-f", "ogg", "pipe:1")
    return [ffmpeg, *_BASE, *eager, *_input(MP3), *_ONLY_SOUND, *level, *_opus(kbits), *flush]


def _opus(kbits: int) -> tuple[str, ...]:
    return (*_OPUS, "-b:a", f"{kbits}k", *_PACKETS)


def _input(kind: Kind) -> tuple[str, ...]:
    """A demuxer and decoders named by us, so that nothing in the file can choose others."""
    codec = ("-codec:a", kind.decoders[0]) if len(kind.decoders) == 1 else ()
    return ("-f", kind.demuxer, "-codec_whitelist", ",".join(kind.decoders), *codec, "-i", "pipe:0")


@frozen
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP."""

    integrated: float
    peak: float

    @property
    def gain_db(self) -> float:
        """To the target, as far as the peak lets it."""
        if self.integrated <= NOT_MEASURED:
            return 0.0
        return min(TARGET_LUFS - self.integrated, PEAK_LIMIT_DBTP - self.peak, MAX_GAIN_DB)

    @property
    def live_gain_db(self) -> float:
        """As above, cautious: it was measured on a song's beginning only."""
        if self.integrated <= NOT_MEASURED:
            return 0.0
        lowest, highest = LIVE_GAIN_DB
        return max(lowest, min(highest, TARGET_LUFS - self.integrated))


_SUMMARY: Final = re.compile(r"Summary:.*?I:\s+(\S+) LUFS.*?Peak:\s+(\S+) dBFS", re.DOTALL)
_DURATION: Final = re.compile(r"Duration: (\d+):(\d+):(\d+\.\d+)")
_TIME: Final = re.compile(r"\btime=(\d+):(\d+):(\d+\.\d+)")
_SHORTAGES: Final = {
    "Cannot allocate memory": "it needs more memory than it may take",
    "Resource temporarily unavailable": "it needs more memory or threads than it may take",
    "No space left on device": "the disk is full",
    "Disk quota exceeded": "the disk is full",
    "File too large": "it would write more than it may",
    "received signal": "it was told to, or took more than its CPU time",
}
_COMPLAINT: Final = re.compile(r"^.*\[(?:error|fatal)\] ")
_ERROR: Final = re.compile(r"Error (?:submitting packet to decoder|while decoding stream)")


def read_loudness(said: str) -> Loudness | None:
    """From the measure's stderr; None where nothing was measured."""
    found = _SUMMARY.findall(said)
    if not found:
        return None
    integrated, peak = (float(number) for number in found[-1])
    return Loudness(integrated if integrated == integrated else NOT_MEASURED, peak)  # noqa: PLR0124 - nan is unequal


def read_duration_s(said: str) -> float | None:
    """What the container declares, where it does."""
    return _seconds(_DURATION.search(said))


def read_heard_s(said: str) -> float | None:
    """How much sound came out, as the last line of a finished run has it."""
    found = list(_TIME.finditer(said))
    return _seconds(found[-1]) if found else None


def _seconds(found: re.Match[str] | None) -> float | None:
    return int(found[1]) * 3_600 + int(found[2]) * 60 + float(found[3]) if found else None


def count_errors(said: str) -> int:
    """Packets that could not be decoded."""
    return len(_ERROR.findall(said))


def shortage(said: str) -> str | None:
    """What it lacked, where it is not the sound's fault that it gave up."""
    errors = "\n".join(line for line in said.splitlines() if _COMPLAINT.search(line) or "received signal" in line)
    return next((words for sign, words in _SHORTAGES.items() if sign in errors), None)


def last_complaint(said: str) -> str | None:
    """The last error line, without the addresses in it; for a log or an error's text."""
    lines = [line for line in said.splitlines() if _COMPLAINT.search(line)]
    return _COMPLAINT.sub("", lines[-1])[:200] if lines else None
