"""VoiceOutput: tracks become packets, without a gap between them, for any sink."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from attrs import define, field

from conductr_player.core.inputs import Ended, LinkLost, Report
from conductr_player.core.queue import EndReason
from conductr_player.core.sound import Sound
from conductr_player.core.tracks import Entry
from conductr_player.errors import OutputError
from conductr_player.pacing.beat import PacketSink, SinkSpec
from conductr_player.pacing.orders import Hush, Pause, Resume
from conductr_player.pacing.pacers import LineLike, LinePacer
from conductr_player.packets.sources import PacketSource

from ._latest import Latest
from .ahead import Ahead
from .bridges import Patience, Spot
from .output import Start
from .playing import Playing
from .studio import Opened, OpenTrack, Renders, Studio

_log = logging.getLogger(__name__)


@define(eq=False)
class _Opening:
    """A play whose track is being opened."""

    play_id: int
    entry: Entry
    start_s: float


@define(eq=False)
class VoiceOutput:
    """An Output that hands one packet every 20 ms to `sink`, in the pacer's thread.

    `open_track` may take its time: play, pause and skip do not wait for it, and a newer wish
    cancels it. The entry named by `preload` is opened ahead and follows in the very next tick,
    even if the event loop is busy at that moment; its play claims it afterwards.

    `renditions` make volume, effects, speed, fades and cross-fades. Without them all is heard as it
    is, and cut where it stops; a sound that is asked for is remembered, and changes nothing.
    """

    pacer: LinePacer
    sink: PacketSink | SinkSpec
    open_track: OpenTrack
    report: Callable[[Report | LinkLost], None]
    renditions: Renders | None = None
    patience: Patience = field(factory=Patience)

    _line: LineLike = field(init=False)
    _studio: Studio = field(init=False)
    _ahead: Ahead = field(init=False)
    _open_work: Latest = field(init=False)
    _tune_work: Latest = field(init=False)
    _opening: _Opening | None = field(init=False, default=None)
    _playing: Playing | None = field(init=False, default=None)
    _paused: bool = field(init=False, default=False)
    _closed: bool = field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        self._line = self.pacer.line(self.sink, self._note)
        self._studio = Studio(self.renditions, self.patience)

    @property
    def position_s(self) -> float:
        if self._opening is not None:
            return self._opening.start_s
        return self._playing.position_s if self._playing is not None else 0.0

    @property
    def packets_sent(self) -> int:
        return self._line.packets_sent

    @property
    def waiting(self) -> bool:
        """A growing song has not come far enough; it goes on by itself."""
        return self._opening is not None or self._line.waiting

    @property
    def refused(self) -> bool:
        return self._line.refused

    @property
    def heard_from(self) -> PacketSource | None:
        """Where the packets of what plays come from now: the track's own, or a rendition's. None while it opens."""
        return self._playing.opened.heard if self._playing is not None else None

    @property
    def deserted(self) -> bool:
        """Not that it would know: a sink that is there counts as heard."""
        return False

    def begin(self, start: Start) -> None:
        self._open_work, self._tune_work = Latest(start), Latest(start)
        self._ahead = Ahead(self._line, self._studio, self.open_track, self._heard, Latest(start))

    async def play(self, play_id: int, entry: Entry, start_s: float = 0.0) -> None:
        if self._closed:
            raise OutputError("the output is closed")
        spot, was_busy, was_paused = self._spot(), self._playing is not None, self._paused
        self._give_up(EndReason.REPLACED)
        self._paused = False
        opening, ahead = _Opening(play_id, entry, start_s), self._ahead.take(entry)
        if ahead is not None and ahead.has(start_s):
            playing = self._start(opening, ahead)
            if was_paused:
                self._line.give(Resume())
            await playing.bridge(spot, ahead, start_s)
            return
        self._opening = opening
        if was_busy or was_paused:
            self._line.give(Hush(EndReason.REPLACED, await self._studio.fade(spot)))
        self._open_work.put(partial(self._open, opening))

    async def preload(self, entry: Entry | None) -> None:
        self._ahead.want(entry)

    async def pause(self) -> None:
        spot, self._paused = self._spot(), True
        self._line.give(Pause(await self._studio.fade(spot)))

    async def resume(self) -> None:
        self._paused = False
        self._line.give(Resume())

    async def stop(self) -> None:
        spot = self._spot()
        self._give_up(EndReason.STOPPED)
        self._ahead.take(None)
        self._paused = False
        self._line.give(Hush(EndReason.STOPPED, await self._studio.fade(spot)))

    async def seek(self, position_s: float) -> None:
        if self._opening is not None:
            self._opening.start_s = position_s
        elif self._playing is not None:
            await self._playing.seek(position_s, heard=not self._paused)

    async def change_sound(self, sound: Sound) -> None:
        self._studio.sound = sound
        if self._playing is not None:
            self._playing.tune()
        self._ahead.again()

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self._give_up(EndReason.SHUTDOWN)
            self._ahead.take(None)
            self._line.close()

    def _give_up(self, reason: EndReason) -> None:
        """What plays is changed no more; what is not open yet ends here, unheard."""
        self._open_work.put(None)
        self._tune_work.put(None)
        opening, self._opening, self._playing = self._opening, None, None
        if opening is not None:
            self.report(Ended(opening.play_id, reason, opening.start_s))

    async def _open(self, opening: _Opening) -> None:
        try:
            source = await self.open_track(opening.entry.track)
            opened = await self._studio.render(source, lambda: opening.start_s)
        except Exception as error:  # noqa: BLE001 - whatever hinders opening, it is this track's end and nobody else's
            _log.warning("track %s cannot be opened: %s", opening.entry.track.id, error)
            if self._opening is opening:
                self._opening = None
                self.report(Ended(opening.play_id, EndReason.LOAD_FAILED, opening.start_s))
        else:
            if self._opening is opening:  # it may have been opened in the moment that it was given up
                self._start(opening, opened)
                self._ahead.remind()

    def _start(self, opening: _Opening, opened: Opened) -> Playing:
        self._opening = None
        self._playing = playing = Playing(
            self._line, self._studio, self._tune_work, self._ahead.again, opening.play_id, opened, opening.start_s
        )
        playing.begin(opening.entry.id)
        return playing

    def _heard(self) -> Opened | None:
        return self._playing.opened if self._playing is not None else None

    def _note(self, report: Report | LinkLost) -> None:
        """In the pacer's thread."""
        playing = self._playing
        if isinstance(report, Ended) and playing is not None and report.play_id == playing.play_id:
            playing.start_s = playing.start_s if report.position_s is None else report.position_s
        self.report(report)

    def _spot(self) -> Spot | None:
        return self._playing.spot() if self._playing is not None and not self._paused else None
