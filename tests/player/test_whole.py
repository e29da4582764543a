"""Random walks over player, output and line together: what the session says is what is heard, or soon will be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from struct import unpack_from

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductr_player import (
    Clear,
    Ended,
    Enqueue,
    GuildPlayer,
    LinkLost,
    LinkRestored,
    LivePackets,
    LoopMode,
    PacketSource,
    Pause,
    PlaybackState,
    Report,
    Resume,
    Seek,
    Session,
    SetLoop,
    Skip,
    SourceError,
    Started,
    Stop,
    Track,
    VoiceOutput,
)
from conductr_player.core.inputs import Command, Previous, SetSound, Shuffle, Undo
from conductr_player.core.rules import PauseCause, Place
from conductr_player.core.sound import Sound
from conductr_player.testing import HandPacer, ListSink, entries, packets

from .settle import settle

LENGTHS = {"a": 3, "b": 1, "c": 40, "broken": 0}  # packets
LABELS = {name: label for label, name in enumerate(LENGTHS)}

moves = st.one_of(
    st.builds(
        lambda names, start, place: Enqueue(entries(*names, start=start), place),
        st.lists(st.sampled_from(list(LENGTHS)), max_size=3),
        st.integers(0, 20),
        st.sampled_from(Place),
    ),
    st.sampled_from(
        [Skip(), Skip(2), Previous(), Pause(), Resume(), Stop(), Clear(), Undo(), LinkLost(), LinkRestored()]
    ),
    st.sampled_from([Pause(PauseCause.EMPTY), Resume(PauseCause.EMPTY), Shuffle(4), SetSound(Sound(volume_percent=7))]),
    st.builds(SetLoop, st.sampled_from(LoopMode)),
    st.builds(Seek, st.floats(0, 1)),
    st.integers(1, 12),  # ticks that pass; a negative number: while the event loop is busy
    st.integers(-12, -1),
)


def song(name: str) -> LivePackets:
    source = LivePackets()
    for packet in packets(LENGTHS[name], LABELS[name]):
        source.append(packet)
    source.finish()
    return source


async def open_track(track: Track) -> PacketSource:
    await anyio.lowlevel.checkpoint()
    if track.id == "broken":
        raise SourceError("broken")
    return song(track.id)


async def ignore(session: Session, position_s: float) -> None: ...


async def walk(script: list[Command | int]) -> None:
    pacer, sink, reports = HandPacer(), ListSink(), list[Report | LinkLost]()

    def make_output(report: Callable[[Report | LinkLost], None]) -> VoiceOutput:
        def both(what: Report | LinkLost) -> None:
            reports.append(what)
            report(what)

        return VoiceOutput(pacer, sink, open_track, both)

    async def pass_time(ticks: int, *, busy: bool = False) -> None:
        for _ in range(ticks):
            sent = len(sink.sent)
            pacer.turn()
            assert len(sink.sent) <= sent + 1, "one packet a tick"
            if not busy:
                await settle()

    player = GuildPlayer(make_output, ignore)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(player.run)
        for move in script:
            if isinstance(move, int):
                await pass_time(abs(move), busy=move < 0)
            else:
                player.tell(move)
                await settle()
        check_reports(reports)
        await settle()
        await pass_time(2)
        check_sound(player, sink, pacer)
        player.tell(Stop())
        await settle()
        await pass_time(8)
        assert not pacer.ticks, "after a stop it comes to rest"
        tasks.cancel_scope.cancel()
    check_reports(reports)
    started = {report.play_id for report in reports if isinstance(report, Started)}
    assert started <= {report.play_id for report in reports if isinstance(report, Ended)}


def check_reports(reports: list[Report | LinkLost]) -> None:
    assert max(Counter(reports).values(), default=1) == 1
    ended = Counter(report.play_id for report in reports if isinstance(report, Ended))
    assert max(ended.values(), default=1) == 1, "Ended exactly once"


def check_sound(player: GuildPlayer, sink: ListSink, pacer: HandPacer) -> None:
    """With the next tick the current entry is heard exactly when the session says so."""
    session, before = player.session, len(sink.sent)
    pacer.turn()
    heard = [packet for packet in sink.sent[before:] if len(packet) == 9]
    if session.state is PlaybackState.PLAYING and session.linked:
        assert session.queue.current
        labels = {unpack_from(">BI", packet)[1] for packet in heard}
        # A track of one packet is over in the tick that starts it; the next one may already run ahead.
        assert labels
        if LENGTHS[session.queue.current.track.id] > 3:
            assert labels == {LABELS[session.queue.current.track.id]}
    elif session.state in (PlaybackState.PAUSED, PlaybackState.IDLE) or not session.linked:
        assert heard == []


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_what_the_session_says_is_what_is_heard(backend: str) -> None:
    @settings(max_examples=200, deadline=None)
    @given(st.lists(moves, max_size=25))
    def check(script: list[Command | int]) -> None:
        anyio.run(walk, script, backend=backend)

    check()
