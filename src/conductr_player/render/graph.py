"""A chain of filters at work on samples, by PyAV. For worker threads."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import av
import av.filter
import numpy as np
from attrs import define, field
from av.audio.frame import AudioFrame

from conductr_player.packets.opus import SAMPLE_RATE

from .codec import Samples, floats_of, silence
from .filters import Filter

_CUT: Final = 4_800  # samples a filter is given at once, so that the interpreter is free in between


@define(eq=False)
class Graph:
    """Takes samples and gives what the filters make of them, sooner or later."""

    chain: tuple[Filter, ...]
    _graph: av.filter.Graph = field(init=False)
    _at: int = field(init=False, default=0)

    def __attrs_post_init__(self) -> None:
        graph = av.filter.Graph()
        graph.threads = 1  # else a thread for each core, each time
        nodes = [
            graph.add_abuffer(
                sample_rate=SAMPLE_RATE, format="flt", layout="stereo", time_base=Fraction(1, SAMPLE_RATE)
            ),
            *(graph.add(name, arguments) for name, arguments in self.chain),
            graph.add("aformat", f"sample_fmts=flt:sample_rates={SAMPLE_RATE}:channel_layouts=stereo"),
            graph.add("abuffersink"),
        ]
        graph.link_nodes(*nodes).configure()
        self._graph = graph

    def take(self, samples: Samples) -> Samples:
        """What comes out of the filters by now."""
        out: list[Samples] = []
        for start in range(0, len(samples), _CUT):
            cut = np.ascontiguousarray(samples[start : start + _CUT])
            frame = AudioFrame.from_ndarray(cut.reshape(1, -1), format="flt", layout="stereo")
            frame.sample_rate = SAMPLE_RATE
            frame.time_base = Fraction(1, SAMPLE_RATE)
            frame.pts = self._at
            self._at += len(cut)
            self._graph.push(frame)
            out += self._ready()
        return np.concatenate(out) if out else silence(0)

    def end(self) -> Samples:
        """What the filters held back."""
        self._graph.push(None)
        out = list(self._ready())
        return np.concatenate(out) if out else silence(0)

    def _ready(self) -> Iterator[Samples]:
        while True:
            try:
                frame = self._graph.pull()
            except (BlockingIOError, EOFError):
                return
            assert isinstance(frame, AudioFrame)
            yield floats_of(frame.planes[0], 2 * frame.samples).reshape(-1, 2)
