"""The properties that tell what people said and voted about a segment or a measure."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from mobility.consultation.agreement import KINDS as ACCORDS
from mobility.exports.dictionary_parts import Property, row
from mobility.exports.results import COUNTS, LEVELS, SCORES


def _by_level(suffix: str) -> tuple[str, ...]:
    return tuple(f"{level}_{suffix}" for level in LEVELS)


SPOKEN = (
    row("comments", "integer", _l("Published comments about it, within the filter.")),
    row("comments_for", "integer", _l("Of these, for it.")),
    row("comments_against", "integer", _l("Of these, against it.")),
    row("comments_idea", "integer", _l("Of these, ideas.")),
    row("comments_question", "integer", _l("Of these, questions.")),
)
_SCORE_TEXTS = {
    "n": _l("Votes people cast for themselves, at this identity level."),
    "mean": _l("Mean position of these votes, from -2 (strongly oppose) to 2 (strongly support)."),
    "low": _l("Lower end of the 95 % interval of the mean (Wilson)."),
    "high": _l("Upper end of the 95 % interval of the mean (Wilson)."),
}
_COUNT_TEXTS = {
    "minus2": _l("How many of them strongly oppose."),
    "minus1": _l("How many of them oppose."),
    "zero": _l("How many of them are neutral."),
    "plus1": _l("How many of them support."),
    "plus2": _l("How many of them strongly support."),
}
RESULTS = (
    row(
        "results_shown",
        "boolean",
        _l("False while the phase does not show results; all that follow are null."),
    ),
    row("contested", "boolean", _l("Whether people or groups disagree; null without votes."), null=True),
    row("contested_within", "number", _l("How divided the votes of one capacity are."), "0–1", null=True),
    row("voices", "integer", _l("Groups that voted, and one more for five or more own votes."), null=True),
    row(
        "agreement",
        "number",
        _l("How close the voices stand together: 1 all alike, 0 half at each end; null below two voices."),
        "0–1",
        null=True,
    ),
    row(
        "conflict",
        "number",
        _l(
            "Twice the strength of the weaker side of the voices; contested from 0.25; null below two voices."
        ),
        "0–1",
        null=True,
    ),
    row(
        "agreement_kind",
        "string",
        _l("What the voices come to."),
        null=True,
        values=ACCORDS,
    ),
    *(
        Property(
            _by_level(score),
            "integer" if score == "n" else "number",
            _SCORE_TEXTS[score],
            "" if score == "n" else "-2–2",
            nullable=True,
        )
        for score in SCORES
    ),
    *(Property(_by_level(count), "integer", _COUNT_TEXTS[count], nullable=True) for count in COUNTS),
    row(
        "groups",
        "array",
        _l("Each stakeholder group that voted: group, name, kind and position (-2 to 2). One vote a group."),
        null=True,
    ),
)
