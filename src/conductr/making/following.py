"""Follower: from an accepted task to kept songs. The first take is heard as soon as there is something to hear."""

from __future__ import annotations

from datetime import timedelta
from logging import getLogger

import anyio
from anyio.abc import TaskGroup
from attrs import define, evolve, frozen

from conductr.gateways import Gateway, Gateways
from conductr.keeping import Keeper
from conductr.replies import word
from conductr_player import DamagedAudio
from conductr_store import Attempt, Generation, GenerationState, Song, SongState, UnitOfWork
from conductr_store.faults import faultpoint
from suno_client import (
    BadKey,
    Clip,
    GenerationFailed,
    NotSent,
    Progress,
    Stage,
    SunoError,
    TaskId,
    Unanswered,
    WaitTimeout,
)

from .book import Book
from .book import Entry as Written
from .deciding import Move, after
from .hearing import FRESH, Hearing
from .looks import Bells, Looks
from .reasons import NO_FILES, ON_THE_WAY, ONE_TAKE, UNSURE
from .takes import Take, give_up_growing, note_takes

log = getLogger(__name__)

GIVE_UP_AFTER = timedelta(hours=24)  # from when the task was known: then it is lost; Suno keeps files for days
AGAIN_IN = timedelta(seconds=20)  # after an error of ours or of the network
WAIT_FOR_SUNO_S = 900.0  # longer than any generation seen (suno.md 2A.10)
LATE_LOOK_S = 30.0  # for a task that takes longer still: it is looked at seldom, and holds up no other
LATE_AGAIN_IN = timedelta(minutes=5)
GIVEN_UP = {GenerationState.REQUESTED: Move.REFUSED, GenerationState.SUBMITTING: Move.LOST}


@frozen
class _Followed:
    row: Generation
    gateway: Gateway


@define(eq=False)
class Follower:
    book: Book
    gateways: Gateways
    keeper: Keeper
    bells: Bells
    patience_s: float = WAIT_FOR_SUNO_S

    @property
    def hearing(self) -> Hearing:
        return Hearing(self.book, self.keeper.bus)

    async def follow(self, row: Generation) -> None:
        """A task to its end; keeps each clip as soon as its file is there, and ends the row by what was kept."""
        entry = await self.book.read(row.id)
        gateway = await self._gateway_of(entry.attempt)
        if gateway is None:
            log.warning("generation %s was taken by a gateway that is no longer set up", row.id)
            await self.later(row)
            return
        failure: GenerationFailed | None = None
        late: WaitTimeout | None = None
        looks = Looks(gateway.suno, TaskId(row.task_id or ""), self._patience_s(self._age(entry)))
        self.bells.hang(row.id, looks.ring)
        try:
            async with anyio.create_task_group() as keeping:
                try:
                    await self._watch(_Followed(row, gateway), looks, keeping)
                except GenerationFailed as error:
                    failure = error
                except WaitTimeout as error:  # no verdict: the song is paid for, and may still come
                    late = error
                except BadKey:  # no verdict either: another key of its owner may look next time
                    await self.gateways.turned_away(gateway)
                    raise
        finally:
            self.bells.take_down(row.id)
        if late is not None:
            log.warning("generation %s takes long, and is looked at again: %s", row.id, late)
            await self.later(row)
            return
        await self._conclude(row, word(failure).text if failure else NO_FILES, failed=failure is not None)

    async def later(self, row: Generation) -> None:
        """Let go of the row until later; or give it up, a day after its task was known. Raises LeaseLost, WrongMove."""
        entry = await self.book.read(row.id)
        age = self._age(entry)
        if age < GIVE_UP_AFTER:
            await self.book.put_off(row, AGAIN_IN if age < timedelta(seconds=WAIT_FOR_SUNO_S) else LATE_AGAIN_IN)
            return
        move = GIVEN_UP.get(entry.row.state)
        if move is None:
            await self._conclude(row, ON_THE_WAY)
        else:
            await self.book.move(row.id, move, reason=UNSURE if move is Move.LOST else ON_THE_WAY)

    async def _gateway_of(self, attempt: Attempt | None) -> Gateway | None:
        if attempt is None:  # a row from before there were attempts
            return self.gateways.first
        return await self.gateways.of(attempt.provider, attempt.key_id)

    def _age(self, entry: Written) -> timedelta:
        """Since the newest attempt was settled: an answer may be found, or asked for again, long after the asking."""
        attempt = entry.attempt
        since = entry.row.created_at if attempt is None else attempt.settled_at or attempt.submitted_at
        return self.book.now() - since

    def _patience_s(self, age: timedelta) -> float:
        left_s = max(1.0, (GIVE_UP_AFTER - age).total_seconds())
        late = age >= timedelta(seconds=WAIT_FOR_SUNO_S)
        return min(LATE_LOOK_S if late else self.patience_s, left_s)

    async def _watch(self, followed: _Followed, looks: Looks, keeping: TaskGroup) -> None:
        kept: set[str] = set()
        async for progress in looks:
            faultpoint("gen.poll")
            followed, takes = await self._note(followed, progress)
            for song, clip in takes:
                if clip.audio_urls() and song.state is SongState.GROWING and song.id not in kept:
                    kept.add(song.id)
                    keeping.start_soon(self._keep, followed, song, clip)

    async def _note(self, followed: _Followed, progress: Progress) -> tuple[_Followed, list[Take]]:
        """Write down what a look brought; the first take goes into the queue once it can be heard."""
        row = followed.row
        async with self.book.store.begin() as tx:
            takes = await note_takes(tx, row, followed.gateway.name, progress.clips, self.book.now())
            faultpoint("gen.cb_before_commit")
        faultpoint("gen.cb_after_commit")
        if row.state is GenerationState.SUBMITTED and progress.stage is not Stage.QUEUED:
            row = await self._move(row, Move.WRITTEN)
        if takes and takes[0][1].stream_url:
            row = await self.hearing.let_hear(row, takes[0][0])
        return evolve(followed, row=row), takes

    async def _move(self, row: Generation, move: Move) -> Generation:
        return await self.book.move(row.id, move, keep_lease=True, due_in=self.book.lease)

    async def _keep(self, followed: _Followed, song: Song, clip: Clip) -> None:
        keeper = evolve(self.keeper, suno=followed.gateway.suno)
        try:
            song = await keeper.keep(song, clip)
        except (NotSent, Unanswered):
            raise  # the network's fault: the song is paid for, and tried again later
        except (SunoError, DamagedAudio) as error:
            log.warning("take %s of generation %s is lost: %s", song.take, followed.row.id, error)
            await self._lose(followed.row, song)
            return
        row = (await self.book.read(followed.row.id)).row
        if song.take == 0:
            await self.hearing.let_hear(row, song)
        elif (row.takes or 1) > 1:
            await self.hearing.add(row, song)

    async def _lose(self, row: Generation, song: Song) -> None:
        """Raises LeaseLost: then another process has it, which may have kept it, or is about to."""

        async def write(tx: UnitOfWork) -> None:
            await self.book.open(tx, row.id, mine=True)
            if (await tx.songs.get(song.id)).state is SongState.GROWING:
                await tx.songs.update(song.id, state=SongState.FAILED)

        await self.book.store.run(write)

    async def _conclude(self, row: Generation, gone: str, *, failed: bool = False) -> None:
        """The end, by what is kept; `gone` is why, where nothing is.

        Raises LeaseLost, WrongMove: then nothing is written, of the songs neither.
        """

        async def write(tx: UnitOfWork) -> tuple[Generation, Generation]:
            entry = await self.book.open(tx, row.id, mine=True)
            ready, takes = await give_up_growing(tx, row.id)
            then = after(entry.standing, Move.KEPT if ready else Move.GONE)
            one = ONE_TAKE if ready < takes or failed else None
            unheard = ready and entry.row.state is not GenerationState.PLAYABLE and not then.cancelled
            ended = await self.book.close(
                tx,
                entry,
                then,
                reason=one if ready else gone,
                lease_owner=None,
                lease_until=None,
                unheard_until=self.book.now() + FRESH if unheard else None,
            )
            return entry.row, ended

        faultpoint("gen.finalize")
        before, ended = await self.book.store.run(write)
        self.book.tell(before, ended)
