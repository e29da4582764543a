"""A library with songs in it, made before the bot starts: through the store and the player, as the bot would."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from attrs import frozen
from emulators.discord import Guild as EmulatedGuild

from conductr import Settings
from conductr_player import ingest, open_packets
from conductr_store import Generation, GenerationState, Guild, Media, Song, SongState, Store, User

RATE = 48_000
COVER = b"\x89PNG\r\n\x1a\n, as far as anybody looks"


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


async def seed_library(folder: Path, guild: EmulatedGuild, titles: dict[str, float]) -> list[Seeded]:
    """Songs by title, with their lengths in seconds, owned by the guild's first member; in `folder`/data."""
    settings = Settings(data_dir=folder / "data")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    media = Media(settings.media)
    async with Store.open(settings.database) as store:
        async with store.begin() as tx:
            await tx.users.put(User(guild.members[0].id, guild.members[0].name))
            await tx.guilds.put(Guild(guild.id, guild.name))
        return [
            await _seed(store, media, folder, guild, number, title, seconds)
            for number, (title, seconds) in enumerate(titles.items())
        ]


async def _seed(
    store: Store, media: Media, folder: Path, guild: EmulatedGuild, number: int, title: str, seconds: float
) -> Seeded:
    source, opus = write_music(folder / f"{number}.wav", seconds, number), folder / f"{number}.opus"
    ingested = await ingest(source, opus)
    generation = Generation(
        id=f"generation-{number}",
        guild_id=guild.id,
        user_id=guild.members[0].id,
        request_key=f"seed-{number}",
        prompt=title,
        model="V5_5",
        state=GenerationState.FINISHED,
        told=GenerationState.FINISHED,
    )
    song = Song(
        id=f"song-{number}",
        generation_id=generation.id,
        take=0,
        clip_id=f"clip-{number}",
        guild_id=guild.id,
        owner_id=guild.members[0].id,
        title=title,
        model="V5_5",
        state=SongState.READY,
        duration_s=ingested.duration_s,
        opus_key=await media.put_file(opus, ".opus"),
        cover_key=await media.put_bytes(COVER, ".png"),
    )
    async with store.begin() as tx:
        await tx.generations.add(generation)
        await tx.songs.add(song)
    kept = await open_packets(opus)
    return Seeded(song.id, title, source, [bytes(kept.packet(index) or b"") for index in range(len(kept))])
