"""Whether voices agree: groups and the people who vote for themselves, side by side. Pure.

A voice is a number from -2 (strongly oppose) to 2 (strongly support). Each group is one voice. All people
who vote for themselves are together one more, their mean, from five of them on: so ten residents and one
group are two voices, not eleven.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

LOWEST, HIGHEST = -2.0, 2.0
DIGITS = 9
"""Scores are rounded before they are compared, so that the order of adding up decides nothing."""
FEWEST_PEOPLE = 5
"""From so many own votes on, their mean is a voice."""
CONTESTED_FROM = 0.25
"""Conflict from which a subject is contested: of two voices, one at +0.5 or more, one at -0.5 or less."""
AGREED_FROM = 0.6
"""Agreement from which voices that lean the same way agree."""
LEANS_FROM = 0.5
"""How far from neutral a voice stands on a side: nearer to "support" than to "neutral"."""

Kind = Literal["agreed_for", "agreed_against", "mixed", "contested", "neutral", "few"]
KINDS: tuple[Kind, ...] = ("agreed_for", "agreed_against", "mixed", "contested", "neutral", "few")


@dataclass(frozen=True)
class Agreement:
    """What some voices say together. Both scores run from 0 to 1; they are None below two voices."""

    voices: int
    agreement: float | None
    conflict: float | None
    kind: Kind

    @property
    def contested(self) -> bool:
        return self.kind == "contested"


def weigh(voices: Iterable[float]) -> Agreement:
    """Agreement, conflict and what they come to. Raises ValueError for a voice outside the scale.

    Agreement is 1 less the mean distance between two voices (Gini's mean difference: C. Gini, "Variabilità e
    mutabilità", 1912), divided by the largest that so many voices can have, half of them at each end. A mean
    or a variance would not do: opinions at both ends and opinions in the middle have the same mean (C. van
    der Eijk, "Measuring agreement in ordered rating scales", Quality & Quantity 35, 2001).

    Conflict is twice the strength of the weaker side. The strength of a side is the sum of its voices'
    distances from neutral, halved, over all voices. Like the measure of Esteban and Ray ("On the measurement
    of polarization", Econometrica 62, 1994) it is largest when two equally large sides stand at the ends, and
    does not change when each voice is there twice.

    Examples: +2, -2 → agreement 0, conflict 1, contested. 0, 0 → 1, 0, neutral. +2, +2, +2, -2 → 0.25, 0.5,
    contested. +1, -1 → 0.5, 0.5, contested. +2, +1 → 0.75, 0, agreed for. +2, 0 → 0.5, 0, mixed.
    """
    given = sorted(float(voice) for voice in voices)
    if any(not LOWEST <= voice <= HIGHEST for voice in given):
        raise ValueError(f"a voice outside {LOWEST:+g} to {HIGHEST:+g}")
    n = len(given)
    if n < 2:
        return Agreement(n, None, None, "few")
    agreement, conflict = agreement_of(given), conflict_of(given)
    return Agreement(n, agreement, conflict, _kind(given, agreement, conflict))


def agreement_of(ordered: Sequence[float]) -> float:
    """1 less the mean distance of two of at least two voices, in rising order, over the largest possible."""
    n = len(ordered)
    apart = sum((2 * rank - n + 1) * voice for rank, voice in enumerate(ordered))
    largest = (n // 2) * (n - n // 2) * (HIGHEST - LOWEST)
    return round(min(1.0, max(0.0, 1 - apart / largest)), DIGITS)


def conflict_of(voices: Sequence[float]) -> float:
    """Twice the strength of the weaker side, over all voices; there is at least one."""
    above = sum(voice for voice in voices if voice > 0) / HIGHEST
    below = sum(-voice for voice in voices if voice < 0) / HIGHEST
    return round(min(1.0, 2 * min(above, below) / len(voices)), DIGITS)


def _kind(ordered: Sequence[float], agreement: float, conflict: float) -> Kind:
    if conflict >= CONTESTED_FROM:
        return "contested"
    least, most = ordered[0], ordered[-1]
    if least > -LEANS_FROM and most < LEANS_FROM:
        return "neutral"
    middle = sum(ordered) / len(ordered)
    if agreement >= AGREED_FROM and abs(middle) >= LEANS_FROM:
        if middle > 0 and least > -LEANS_FROM:
            return "agreed_for"
        if middle < 0 and most < LEANS_FROM:
            return "agreed_against"
    return "mixed"
