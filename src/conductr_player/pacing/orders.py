"""What a line is told to do. Plain values, so that a line may live in another process."""

from __future__ import annotations

from attrs import frozen

from conductr_player.core.queue import EndReason
from conductr_player.core.tracks import EntryId
from conductr_player.packets.sources import PacketSource


@frozen
class Lead:
    """Packets that bridge from what sounds to what follows: a fade, or a mix of both.

    The first stands for packet `from_index` of what sounds now. A line that is already past it drops
    as many of the first ones. One that is past all of them, or not there yet, or silent, does without.
    """

    packets: tuple[bytes, ...]
    from_index: int


@frozen
class Take:
    """Play `source` from packet `index` on, as play `play_id`; what sounds ends as REPLACED.

    What ran ahead by `Follow` for the same entry is claimed instead, where `index` is 0. The bridge's
    packets stand for the first ones of `source` from `index` on.
    """

    play_id: int
    entry_id: EntryId
    source: PacketSource
    index: int = 0
    lead: Lead | None = None


@frozen
class Jump:
    """Go on at another place of the same play, unless that play is over."""

    play_id: int
    source: PacketSource
    index: int
    lead: Lead | None = None


@frozen
class Amend:
    """Give the Take or the Jump of this play its bridge, if that waits to be obeyed; if not, it comes too late.

    So what is wished for is heard at the next tick, whether or not the bridge is ready by then.
    """

    play_id: int
    lead: Lead


@frozen
class Switch:
    """Go on in another rendition of the same play, at the same moment of the track, as soon as that is there.

    Until then the old one plays on, so nothing is missed however long the other takes. A later one
    takes its place; one that never comes so far is forgotten.
    """

    play_id: int
    source: PacketSource


@frozen
class Follow:
    """`source` follows what sounds without a gap. With a `lead` of n packets it takes over n packets before the end;
    they stand for its first n.
    """

    entry_id: EntryId
    source: PacketSource
    lead: tuple[bytes, ...] = ()


@frozen
class Unfollow:
    """Nothing follows, for now."""


@frozen
class Pause:
    """The bridge is a fade to silence; the place stays where it was when the pause came."""

    tail: Lead | None = None


@frozen
class Resume: ...


@frozen
class Hush:
    """End what sounds, after a fade, and forget what follows."""

    reason: EndReason
    tail: Lead | None = None


Order = Take | Jump | Amend | Switch | Follow | Unfollow | Pause | Resume | Hush
