"""StreamOutput: a guild's music for any number of browsers, that share one encode and one framing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

from conductr_player.core.inputs import LinkLost, Report
from conductr_player.pacing.beat import PacketSink
from conductr_player.pacing.pacers import LinePacer

from .broadcast import Broadcast, Form
from .studio import OpenTrack, Renders
from .voice import VoiceOutput


class StreamOutput(VoiceOutput):
    """An Output that is heard by everybody who takes `listen`; with nobody there the music waits.

    A listener more costs its socket: no decoding, no encoding, no framing. One that lags is dropped, never waited for.
    """

    def __init__(
        self,
        pacer: LinePacer,
        open_track: OpenTrack,
        report: Callable[[Report | LinkLost], None],
        renditions: Renders | None = None,
        *,
        broadcast: Broadcast | None = None,
    ) -> None:
        """A `broadcast` that is handed in outlives the output; else it makes its own, and closes it at the end."""
        self.broadcast = broadcast or Broadcast()
        self._closes_broadcast = broadcast is None
        super().__init__(pacer, self.broadcast, open_track, report, renditions)

    @property
    def deserted(self) -> bool:
        return self.broadcast.count == 0

    async def listen(self, form: Form) -> AsyncGenerator[bytes, None]:
        """The sound from now on, until the listener leaves or lags, or `aclose`. Raises TooManyListeners."""
        return await self.broadcast.listen(form)

    async def aclose(self) -> None:
        await super().aclose()
        if self._closes_broadcast:
            self.broadcast.close()


def output_for(
    pacer: LinePacer,
    sink: PacketSink,
    open_track: OpenTrack,
    report: Callable[[Report | LinkLost], None],
    renditions: Renders | None = None,
) -> VoiceOutput:
    """An output over that sink. Where it is a Broadcast, the output knows when nobody listens."""
    if isinstance(sink, Broadcast):
        return StreamOutput(pacer, open_track, report, renditions, broadcast=sink)
    return VoiceOutput(pacer, sink, open_track, report, renditions)
