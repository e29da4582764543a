"""The words by which people name genres, moods and instruments. Data only."""

from __future__ import annotations

from collections.abc import Mapping

# A word's weight says how surely it means the genre.
GENRES: Mapping[str, Mapping[str, float]] = {
    "lofi": {
        "lofi": 3, "lo-fi": 3, "lo fi": 3, "chillhop": 3, "hip hop": 2, "hip-hop": 2, "hiphop": 2, "boom bap": 3,
        "rap": 2, "study": 2, "studying": 2, "chill": 1, "beats": 1, "vinyl": 2, "cozy": 1, "coffee": 1, "homework": 2,
        "r&b": 2, "rnb": 2, "soul": 1.5, "trip hop": 2.5, "downtempo": 2, "neo soul": 2.5, "cassette": 1.5, "trap": 1.5,
        "rainy": 0.6, "late night": 0.5, "window": 0.4,
    },
    "synthwave": {
        "synthwave": 3, "retrowave": 3, "outrun": 3, "vaporwave": 2.5, "darkwave": 3, "80s": 2, "eighties": 2,
        "1980s": 2,
        "neon": 1.5, "cyberpunk": 2, "synthpop": 3, "synth pop": 3, "electropop": 2.5, "retro": 1, "synth": 1.2,
        "synths": 1.2,
        "arcade": 1.5, "night drive": 2, "driving": 0.6, "drive": 0.5, "chiptune": 2, "8-bit": 2, "8bit": 2, "pop": 1.2,
        "new wave": 2.5, "robot": 0.8, "robots": 0.8, "future": 0.6,
    },
    "jazz": {
        "jazz": 3, "jazzy": 2, "bebop": 3, "swing": 2, "big band": 3, "bossa": 3, "bossa nova": 3, "blues": 2,
        "bluesy": 2,
        "smoky": 1.5, "saxophone": 1.5, "sax": 1.5, "trumpet": 1.2, "noir": 1.5, "speakeasy": 2, "ragtime": 2,
        "crooner": 2,
        "lounge": 1.5, "latin": 1, "samba": 2, "cabaret": 1.5, "funk": 1.2, "double bass": 1, "ella": 0.5,
    },
    "rock": {
        "rock": 3, "metal": 3, "punk": 3, "grunge": 3, "garage rock": 3, "hard rock": 3, "indie": 1.5,
        "alternative": 1.5,
        "distorted": 2, "distortion": 2, "electric guitar": 2, "guitar solo": 2, "riff": 2, "riffs": 2, "shoegaze": 2.5,
        "arena": 1.5, "anthem": 1, "angry": 1, "loud": 1, "rage": 1.2, "rebel": 1, "thrash": 3, "emo": 2,
        "stadium": 1.2,
    },
    "ambient": {
        "ambient": 3, "drone": 3, "meditation": 3, "meditative": 3, "sleep": 2, "sleepy": 1.5, "space": 1, "drift": 1.5,
        "drifting": 1.5, "soundscape": 3, "atmospheric": 2, "ethereal": 2, "new age": 3, "spa": 2.5, "yoga": 2.5,
        "floating": 1.5,
        "weightless": 1.5, "healing": 1.5, "relaxing": 1, "relaxation": 1.5, "ocean": 1, "stars": 0.6, "cosmic": 1,
        "zen": 2,
        "peaceful": 0.8, "calm": 0.7, "dreamy": 0.7, "dream": 0.5, "underwater": 1, "snow": 0.4,
    },
    "classical": {
        "classical": 3, "orchestra": 2.5, "orchestral": 2.5, "symphony": 3, "symphonic": 2.5, "baroque": 3, "waltz": 2,
        "sonata": 3, "nocturne": 3, "chamber": 2.5, "string quartet": 3, "strings": 1, "violin": 1.2, "cello": 1.5,
        "mozart": 3,
        "bach": 3, "chopin": 3, "beethoven": 3, "cinematic": 1.5, "film score": 2, "soundtrack": 1.2, "epic": 1,
        "ballet": 2,
        "opera": 2, "romantic": 0.6, "solo piano": 2.5, "piano": 0.8, "elegant": 0.8, "concerto": 3, "fairy tale": 1,
        "lullaby": 1.2,
    },
    "house": {
        "house": 2.5, "deep house": 3.5, "tech house": 3.5, "edm": 3, "techno": 3, "dance": 1.5, "club": 2,
        "disco": 2, "trance": 3,
        "electronic": 1, "electronica": 1.5, "four on the floor": 3, "party": 1, "rave": 2.5, "dancefloor": 2.5,
        "dj": 1.5,
        "dubstep": 2, "drum and bass": 2, "dnb": 2, "ibiza": 2.5, "workout": 1.2, "gym": 1.2, "remix": 1,
        "bass drop": 2,
        "garage": 1.2, "festival": 1, "summer": 0.3, "groove": 0.8, "groovy": 0.8,
    },
    "folk": {
        "folk": 3, "acoustic": 2, "acoustic guitar": 2.5, "singer-songwriter": 3, "singer songwriter": 3,
        "country": 2.5,
        "bluegrass": 3, "celtic": 2.5, "irish": 2.5, "campfire": 3, "banjo": 2.5, "americana": 3, "ballad": 1,
        "fiddle": 2,
        "mandolin": 2, "ukulele": 2, "fingerpicking": 2.5, "fingerpicked": 2.5, "mountains": 1, "meadow": 1.2,
        "forest": 1,
        "autumn": 0.6, "home": 0.3, "road": 0.4, "river": 0.6, "sea shanty": 3, "shanty": 2.5, "medieval": 1.5,
        "tavern": 1.5,
    },
}  # fmt: skip

# word: (energy, brightness); energy moves tempo and density, brightness below 0 asks for a minor key.
MOODS: Mapping[str, tuple[float, float]] = {
    "sad": (-0.4, -0.9), "melancholy": (-0.3, -0.8), "melancholic": (-0.3, -0.8), "lonely": (-0.3, -0.8),
    "heartbreak": (-0.2, -0.8),
    "dark": (0.0, -0.9), "gloomy": (-0.3, -0.9), "moody": (-0.1, -0.6), "mysterious": (-0.1, -0.7), "sorrow": (-0.4,
    -0.9),
    "haunting": (-0.2, -0.8), "nostalgic": (-0.1, -0.2), "wistful": (-0.3, -0.3), "bittersweet": (-0.1, -0.3),
    "tense": (0.4, -0.7),
    "ominous": (0.1, -1.0), "scary": (0.2, -1.0), "angry": (0.7, -0.8), "aggressive": (0.8, -0.7), "night": (0.0, -0.3),
    "rainy": (-0.3, -0.3), "rain": (-0.2, -0.3), "stormy": (0.4, -0.6), "storm": (0.4, -0.6), "winter": (-0.2, -0.3),
    "happy": (0.4, 0.9), "joyful": (0.5, 1.0), "joy": (0.4, 0.9), "cheerful": (0.4, 1.0), "sunny": (0.3, 0.9),
    "bright": (0.2, 0.8),
    "uplifting": (0.5, 0.8), "hopeful": (0.1, 0.7), "summer": (0.3, 0.7), "fun": (0.4, 0.8), "playful": (0.3, 0.8),
    "warm": (-0.1, 0.4), "love": (0.0, 0.4), "romantic": (-0.2, 0.2), "spring": (0.2, 0.7), "triumphant": (0.5, 0.7),
    "morning": (0.0, 0.5), "sunrise": (-0.1, 0.5), "sunset": (-0.2, 0.2), "dreamy": (-0.3, 0.2), "euphoric": (0.6, 0.7),
    "calm": (-0.6, 0.1), "relaxing": (-0.6, 0.2), "relaxed": (-0.5, 0.2), "chill": (-0.4, 0.1), "mellow": (-0.4, 0.1),
    "peaceful": (-0.6, 0.3), "gentle": (-0.6, 0.3), "soft": (-0.5, 0.1), "quiet": (-0.6, 0.0), "slow": (-0.9, 0.0),
    "sleepy": (-0.8, 0.1), "lazy": (-0.5, 0.3), "tender": (-0.5, 0.2), "lullaby": (-0.7, 0.4),
    "fast": (0.9, 0.0), "energetic": (0.8, 0.3), "upbeat": (0.6, 0.6), "driving": (0.6, 0.0), "intense": (0.7, -0.3),
    "epic": (0.5, -0.1), "powerful": (0.6, 0.0), "heavy": (0.5, -0.5), "hard": (0.5, -0.3), "wild": (0.7, 0.1),
    "party": (0.6, 0.6),
    "dance": (0.5, 0.4), "frantic": (1.0, -0.1), "groovy": (0.3, 0.4), "workout": (0.8, 0.2), "uptempo": (0.8, 0.2),
}  # fmt: skip

# word: the instrument that is to carry the tune
LEADS: Mapping[str, str] = {
    "piano": "piano", "rhodes": "epiano", "electric piano": "epiano", "keys": "epiano", "guitar": "nylon",
    "nylon": "nylon",
    "acoustic guitar": "steel", "vibraphone": "vibes", "vibes": "vibes", "marimba": "kalimba", "kalimba": "kalimba",
    "music box": "bell", "bell": "bell", "bells": "bell", "flute": "flute", "whistle": "whistle", "pan flute": "flute",
    "violin": "fiddle", "fiddle": "fiddle", "cello": "cello", "strings": "strings", "trumpet": "trumpet",
    "horn": "trumpet",
    "sax": "sax", "saxophone": "sax", "harmonica": "harmonica", "harp": "harp", "choir": "choir", "voice": "voice",
    "vocals": "voice", "synth": "lead", "organ": "organ", "banjo": "banjo", "clarinet": "clarinet", "oboe": "clarinet",
}  # fmt: skip

TEXTURES: Mapping[str, str] = {
    "rain": "rain", "rainy": "rain", "raining": "rain", "storm": "rain", "stormy": "rain", "drizzle": "rain",
    "thunder": "rain",
    "ocean": "waves", "sea": "waves", "waves": "waves", "beach": "waves", "wind": "wind", "windy": "wind",
    "snow": "wind",
    "vinyl": "vinyl", "crackle": "vinyl", "dusty": "vinyl", "cassette": "vinyl", "tape": "vinyl",
}  # fmt: skip
