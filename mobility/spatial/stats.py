"""What many votes say: the mean with its interval, and whether they are divided among themselves.

A distribution maps a position, from -2 (strongly oppose) to 2 (strongly support), to a number of votes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

Distribution = Mapping[int, int]

POSITIONS = (-2, -1, 0, 1, 2)
FEW_VOTES = 10
"""Below this the result is shown as "few votes": the interval is wider than two positions."""

CONTESTED_WITHIN = 0.5

_LOWEST, _HIGHEST = POSITIONS[0], POSITIONS[-1]
_Z95 = 1.959963984540054


@dataclass(frozen=True)
class Support:
    """The mean position with its 95 % interval, all on the scale -2 to 2."""

    n: int
    mean: float
    low: float
    high: float

    @property
    def few(self) -> bool:
        """Whether there are too few votes to say much."""
        return self.n < FEW_VOTES


@dataclass(frozen=True)
class Split:
    """How divided one set of votes is: `within` runs from 0 (of one mind) to 1 (split into extremes)."""

    within: float
    contested: bool
    few: bool


def votes_in(distribution: Distribution) -> int:
    """The number of votes. Raises ValueError for unknown positions and negative counts."""
    for position, n in distribution.items():
        if position not in POSITIONS or n < 0:
            raise ValueError(f"{n} votes at {position}")
    return sum(distribution.values())


def mean(distribution: Distribution) -> float | None:
    """The mean position, or None without votes."""
    n = votes_in(distribution)
    return sum(position * count for position, count in distribution.items()) / n if n else None


def support(distribution: Distribution, z: float = _Z95) -> Support | None:
    """The mean position with its interval, or None without votes.

    The interval is Wilson's score interval (E. B. Wilson, "Probable inference", JASA 22, 1927) of the
    mean rescaled to 0–1. For positions inside a bounded scale the variance is never more than that of
    yes/no votes with the same mean (Bhatia and Davis, "A better bound on the variance", Amer. Math.
    Monthly 107, 2000), so it is never too narrow; it stays inside the scale and does not shrink to
    nothing when a handful of people all say the same.
    """
    middle = mean(distribution)
    if middle is None:
        return None
    n = votes_in(distribution)
    share = (middle - _LOWEST) / (_HIGHEST - _LOWEST)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = (_scaled(centre - half), _scaled(centre + half))
    return Support(n, middle, min(low, middle), max(high, middle))


def within_score(distribution: Distribution) -> float:
    """How evenly and strongly one set of votes is split into for and against, 0 to 1.

    Each vote weighs |position| / 2: strong votes 1, mild ones 1/2, neutral ones 0. The score is twice
    the weight of the smaller side divided by all votes.

    Examples: half +2, half -2 → 1. All neutral → 0. Half +1, half -1 → 0.5. Three quarters +2, one
    quarter -2 → 0.5. Nine tenths +2, one tenth -2 → 0.2.
    """
    n = votes_in(distribution)
    if not n:
        return 0.0
    above = sum(p / 2 * count for p, count in distribution.items() if p > 0)
    below = sum(-p / 2 * count for p, count in distribution.items() if p < 0)
    return 2 * min(above, below) / n


def contested(distribution: Distribution) -> Split:
    """Whether one set of votes is divided: a score within of at least 0.5, from at least ten votes."""
    within, few = within_score(distribution), votes_in(distribution) < FEW_VOTES
    return Split(within, within >= CONTESTED_WITHIN and not few, few)


def _scaled(share: float) -> float:
    return _LOWEST + min(max(share, 0.0), 1.0) * (_HIGHEST - _LOWEST)
