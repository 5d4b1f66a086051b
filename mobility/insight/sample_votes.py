"""Invented opinions: who would vote how on which subject. Pure: numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KINDS = (
    "pedestrian_street", "pedestrian_square", "limited_traffic_zone", "cycle_lane", "tram", "bus_lane",
    "parking", "coach_bay", "crossing", "speed_limit",
)  # fmt: skip
LEANINGS: dict[str, tuple[float, ...]] = {
    "residents": (0.7, 0.9, 0.6, 0.4, 0.5, 0.4, -0.4, -0.8, 1.0, 0.9),
    "traders": (-0.9, -0.3, -1.4, -0.5, -0.4, -0.4, 1.2, 0.8, 0.3, -0.3),
    "disability": (0.1, 0.3, -0.8, -0.2, 0.9, 0.7, 0.8, 0.2, 1.6, 1.3),
    "cycling": (1.4, 1.2, 1.3, 1.8, 0.8, 0.2, -1.2, -0.7, 1.1, 1.6),
    "heritage": (1.5, 1.6, 1.2, 0.5, -0.6, 0.2, -1.4, -1.3, 0.6, 1.1),
    "school": (1.0, 1.0, 0.6, 0.9, 0.8, 0.7, -0.2, -0.8, 1.8, 1.7),
    "transport": (0.3, 0.2, 0.7, 0.1, 1.7, 1.6, -0.6, 0.1, 0.5, 0.3),
    "tourism": (0.8, 0.9, -0.5, 0.2, 0.6, 0.0, 0.3, 1.6, 0.4, 0.0),
    "other": (0.2, 0.2, 0.0, 0.1, 0.3, 0.2, 0.2, -0.1, 0.6, 0.4),
}
"""How each kind of group leans on each kind of measure: -2 against to 2 in favour."""
CROWD = ("residents", "traders", "cycling", "disability", "school", "heritage", "transport", "tourism")
SHARES = (0.38, 0.18, 0.12, 0.07, 0.1, 0.06, 0.06, 0.03)
"""Which people take part, and in what proportion."""
SPREAD = 0.9
LEVEL_SHARES = (0.68, 0.2, 0.05, 0.07)


@dataclass(frozen=True)
class Subjects:
    """What can be voted on: parallel arrays of kinds (index into KINDS), local bias and how known it is."""

    kinds: Ints
    bias: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.kinds)


def make_subjects(rng: np.random.Generator, kinds: list[str]) -> Subjects:
    """Subjects of these measure kinds; some streets are dearer to people, and better known, than others."""
    index = np.array([KINDS.index(kind) for kind in kinds], dtype=np.int64)
    return Subjects(index, rng.normal(0.25, 0.75, len(index)), rng.gamma(1.6, 1.0, len(index)) + 0.05)


def leaning_table() -> Floats:
    """Rows: the kinds of people in CROWD; columns: the kinds of measures in KINDS."""
    return np.array([LEANINGS[kind] for kind in CROWD])


def positions(rng: np.random.Generator, leaning: Floats, bias: Floats) -> Ints:
    """Votes from -2 to 2 of people with these leanings on subjects with this bias."""
    felt = leaning + bias + rng.normal(0.0, SPREAD, leaning.shape)
    return np.clip(np.rint(felt), -2, 2).astype(np.int64)


def ballots(rng: np.random.Generator, subjects: Subjects, people: int, votes: int) -> tuple[Ints, Ints, Ints]:
    """`votes` votes of `people` people as parallel arrays: person, subject, position.

    Nobody votes twice on a subject; Raises ValueError when there are more
    votes than pairs of person and subject.
    """
    if votes > people * len(subjects):
        raise ValueError(f"{people} people cannot cast {votes} votes on {len(subjects)} subjects")
    each = np.full(people, votes // max(people, 1), dtype=np.int64)
    each[: votes - int(each.sum())] += 1
    _vary(rng, each, len(subjects))
    appeal = np.log(subjects.weight) + rng.gumbel(size=(people, len(subjects)))
    order = np.argsort(-appeal, axis=1)
    chosen = np.arange(len(subjects)) < each[:, None]
    person = np.repeat(np.arange(people), each)
    subject = order[chosen]
    crowd = rng.choice(len(CROWD), size=people, p=SHARES)
    leaning = leaning_table()[crowd[person], subjects.kinds[subject]]
    return person, subject, positions(rng, leaning, subjects.bias[subject])


def _vary(rng: np.random.Generator, each: Ints, most: int) -> None:
    """Moves votes between neighbours in the list, so that some people vote often and others once."""
    half = len(each) // 2
    room = np.minimum(each[:half] - 1, most - each[half : 2 * half]).clip(0)
    moved = rng.integers(0, room + 1)
    each[:half] -= moved
    each[half : 2 * half] += moved


def group_position(rng: np.random.Generator, group_kind: str, subject_kind: int, bias: float) -> int:
    """The vote of a stakeholder group, which wavers less than a person and knows the street it speaks of."""
    felt = LEANINGS.get(group_kind, LEANINGS["other"])[subject_kind] + 1.6 * bias + rng.normal(0.0, 0.2)
    return int(np.clip(np.rint(felt), -2, 2))
