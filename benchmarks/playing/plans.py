"""What is measured in which order: the presets, and plans made of options. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

Place = tuple[str, int]  # a player and how many guilds it plays for


@frozen
class Plan:
    """`compared` are measured in every round, one after the other; `once` in the last round only.

    `tries` of each latency, none where it is 0; `beside` guilds play meanwhile in its second half.
    """

    compared: tuple[Place, ...]
    once: tuple[Place, ...] = ()
    rounds: int = 1
    window_s: float = 8.0
    window_once_s: float = 6.0
    warm_up_s: float = 1.5
    tries: int = 0
    beside: int = 0
    song_s: float = 180.0
    seconds_at_most: float = 18 * 60.0  # no round is begun again after this, and no row of `once` begun

    def order(self, number: int) -> tuple[Place, ...]:
        """Of round `number` (1, 2, ...): each begins with another player, so that none is always first."""
        start = (number - 1) * len(self.compared) // max(1, self.rounds)
        turned = self.compared[start:] + self.compared[:start]
        return turned + self.once if number == self.rounds else turned


FULL = Plan(
    compared=(
        ("engine-aes", 1000),
        ("pycord-pcm", 20),
        ("floor-c", 1000),
        ("engine-dave", 1000),
        ("pycord-pcm-nofec", 20),
        ("engine-python", 1000),
        ("engine-xchacha", 1000),
        ("pycord-copy", 100),
        ("floor", 1000),
        ("adapter-pycord", 400),
        ("pycord-threads", 100),
        ("pycord-opus", 10),
        ("songbird", 200),
    ),
    once=(
        *(("engine-aes", n) for n in (1, 10, 100, 400)),
        ("engine-dave", 100),
        ("engine-aes-v50", 1000),
        ("engine-aes-v50-each", 4),
        *(("engine-2proc", n) for n in (1000, 3000)),
        *(("engine-busy", n) for n in (200, 1000)),
        *(("engine-busy-proc", n) for n in (200, 1000)),
        ("adapter-pycord", 1000),
        *(("pycord-pcm", n) for n in (1, 40)),
        *(("pycord-copy", n) for n in (10, 200)),
        ("pycord-threads", 300),
        *(("songbird", n) for n in (10, 800)),
        ("floor-c", 3000),
    ),
    rounds=3,
    tries=30,
    beside=400,
)
QUICK = Plan(
    compared=(
        ("engine-aes", 1000),
        ("pycord-pcm", 10),
        ("floor-c", 1000),
        ("engine-dave", 200),
        ("pycord-pcm-nofec", 10),
        ("pycord-copy", 50),
        ("adapter-pycord", 200),
        ("songbird", 100),
    ),
    once=(("engine-aes", 100), ("engine-2proc", 1000), ("engine-busy-proc", 200)),
    window_s=4.0,
    window_once_s=3.0,
    warm_up_s=1.0,
    tries=8,
)
GATE = Plan(
    compared=(("engine-aes", 200), ("pycord-pcm", 5), ("floor", 200)),
    window_s=3.0,
    warm_up_s=1.0,
    song_s=30.0,
)


def planned(preset: Plan, players: Sequence[str], guilds: Sequence[int], rounds: int, window_s: float) -> Plan:
    """`preset` with what options say; a player that is named without `guilds` keeps the preset's."""
    plan = preset
    if players and guilds:
        plan = evolve(plan, compared=tuple((kind, n) for n in guilds for kind in players), once=())
    elif players:
        plan = evolve(
            plan,
            compared=tuple(place for place in plan.compared if place[0] in players),
            once=tuple(place for place in plan.once if place[0] in players),
        )
    elif guilds:
        kinds = dict.fromkeys(kind for kind, _ in plan.compared)
        plan = evolve(plan, compared=tuple((kind, n) for n in guilds for kind in kinds), once=())
    return evolve(
        plan,
        rounds=rounds or plan.rounds,
        window_s=window_s or plan.window_s,
        window_once_s=window_s or plan.window_once_s,
    )
