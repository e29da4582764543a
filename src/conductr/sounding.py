"""Sounding: what members ask of how the music is heard: where in the song, how loud, in what loop."""

from __future__ import annotations

from attrs import evolve, frozen

from conductr_player import LoopMode, Seek, SetLoop, SetSound
from conductr_player.core.sound import VOLUME_MAX

from .access import Caller
from .arranging import Arranging
from .denials import NotHereYet, OutOfRange, PastTheEnd
from .errors import NothingPlaying
from .moments import moment
from .outcomes import LoopSet, Outcome, Sought, VolumeSet, VolumeShown
from .resolving import askers
from .rights import Deed

NEXT_LOOP = {LoopMode.OFF: LoopMode.TRACK, LoopMode.TRACK: LoopMode.QUEUE, LoopMode.QUEUE: LoopMode.OFF}


@frozen
class Sounding(Arranging):
    """`steering` as all that is asked of a player."""

    async def seek(self, caller: Caller, text: str) -> Outcome:
        """Raises BadMoment, PastTheEnd, NotHereYet (the song still grows), NothingPlaying; as `Steering.carry`."""
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            current = seen.session.queue.current
            if current is None:
                self.steering.may(caller, seen, Deed.QUEUE)
                raise NothingPlaying
            self.steering.may(caller, seen, Deed.SEEK, askers((current,)))
            title, length_s = current.track.title, current.track.duration_s
            at_s = moment(text, position_s=seen.now.position_s, duration_s=length_s)
            if length_s is not None and at_s > length_s:
                raise PastTheEnd(title, length_s)
            if seen.now.arrived_s is not None and at_s > seen.now.arrived_s:
                raise NotHereYet(title, seen.now.arrived_s)
            carried = await self.steering.carry(caller, seen, Deed.SEEK, Seek(at_s), askers((current,)))
            return carried.told(Sought(title, at_s, length_s, caller.name))

    async def volume(self, caller: Caller, percent: int | None = None) -> Outcome:
        """Show it; or set it, for the server and for good, to be heard at once. Raises OutOfRange, as `Steering.carry`.

        Where the bot is in no channel, it holds from when it is.
        """
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            if percent is None:
                return VolumeShown(seen.settings.volume)
            if not 0 <= percent <= VOLUME_MAX:
                raise OutOfRange("volume", 0, VOLUME_MAX)
            self.steering.may(caller, seen, Deed.VOLUME)
            await self.steering.preferences.keep(caller, volume=percent)
            if seen.now.room is not None:
                sound = evolve(seen.session.sound, volume_percent=percent)
                await self.steering.send(caller.guild_id, SetSound(sound))
            return VolumeSet(percent, caller.name)

    async def loop(self, caller: Caller, mode: str | None = None) -> Outcome:
        """Set it to off, track or queue; without a mode to the next of these. Raises as `Steering.carry`."""
        async with self.steering.locks[caller.guild_id]:
            seen = await self.steering.look(caller)
            now = seen.session.queue.loop
            wanted = NEXT_LOOP[now] if mode is None else LoopMode(mode)
            carried = await self.steering.carry(caller, seen, Deed.LOOP, SetLoop(wanted))
            return carried.told(LoopSet(wanted.value, caller.name, changed=wanted is not now))
