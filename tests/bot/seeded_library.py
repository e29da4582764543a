"""A library with songs in it, made before the bot starts: through the store and the player, as the bot would."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from attrs import frozen
from emulators.discord import Guild as EmulatedGuild

from conductr import Settings
from conductr_player import ingest, open_packets
from conductr_store import Generation, GenerationState, Guild, Media, Song, SongState, Store, UnitOfWork, User

RATE = 48_000
COVER = b"\x89PNG\r\n\x1a\n, as far as anybody looks"


@frozen
class Recording:
    title: str
    source: Path
    packets: list[bytes]
    duration_s: float
    opus_key: str
    cover_key: str


@frozen
class Seeded:
    """`packets` are those of the song's own file, which nothing may change on the way."""

    song_id: str
    title: str
    source: Path
    packets: list[bytes]


def write_music(path: Path, seconds: float, seed: int) -> Path:
    """A sweep on the left, a trembling chord on the right, a little noise on both: no moment is like another."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE)) / RATE
    sweep = np.sin(2 * np.pi * (180 * t + (700 + 40 * seed) / seconds / 2 * t * t))
    chord = sum(np.sin(2 * np.pi * hertz * (1 + seed / 50) * t) for hertz in (220.0, 277.2, 329.6)) / 3
    tremble = 0.6 + 0.4 * np.sin(2 * np.pi * 1.3 * t)
    stereo = np.stack([sweep, chord * tremble], axis=1) * 0.4 + rng.normal(0, 0.002, (len(t), 2))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(stereo, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


async def seed_library(folder: Path, guilds: list[EmulatedGuild], titles: dict[str, float]) -> list[list[Seeded]]:
    """The same songs, by title with lengths in seconds, for each guild's first member; in `folder`/data."""
    settings = Settings(data_dir=folder / "data")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    media = Media(settings.media)
    recordings = [await _record(media, folder, number, *song) for number, song in enumerate(titles.items())]
    async with Store.open(settings.database) as store, store.begin() as tx:
        return [[await _give(tx, guild, recording) for recording in recordings] for guild in guilds]


async def _record(media: Media, folder: Path, number: int, title: str, seconds: float) -> Recording:
    source, opus = write_music(folder / f"{number}.wav", seconds, number), folder / f"{number}.opus"
    ingested = await ingest(source, opus)
    kept = await open_packets(opus)
    packets = [bytes(kept.packet(index) or b"") for index in range(len(kept))]
    opus_key, cover_key = await media.put_file(opus, ".opus"), await media.put_bytes(COVER, ".png")
    return Recording(title, source, packets, ingested.duration_s, opus_key, cover_key)


async def _give(tx: UnitOfWork, guild: EmulatedGuild, recording: Recording) -> Seeded:
    name, member = f"{recording.title} of {guild.id}", guild.members[0]
    await tx.users.put(User(member.id, member.name))
    await tx.guilds.put(Guild(guild.id, guild.name))
    generation = Generation(
        id=f"generation of {name}",
        guild_id=guild.id,
        user_id=member.id,
        request_key=name,
        prompt=recording.title,
        model="V5_5",
        state=GenerationState.FINISHED,
        told=GenerationState.FINISHED,
    )
    song = Song(
        id=name,
        generation_id=generation.id,
        take=0,
        clip_id=name,
        guild_id=guild.id,
        owner_id=member.id,
        title=recording.title,
        model="V5_5",
        state=SongState.READY,
        duration_s=recording.duration_s,
        opus_key=recording.opus_key,
        cover_key=recording.cover_key,
    )
    await tx.generations.add(generation)
    await tx.songs.add(song)
    return Seeded(song.id, recording.title, recording.source, recording.packets)
