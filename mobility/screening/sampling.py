"""Sample screenings for a demonstration: every grade says that it is made up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mobility.plans.queries import find_plan
from mobility.screening.defaults import add_usual
from mobility.screening.models import HeritageGrade
from mobility.screening.queries import attributes_of, screenings_of
from mobility.screening.services import GradeDraft, grade

BODY = {"it": "Ufficio di esempio (dati inventati)", "en": "Sample office (made-up data)"}
PATTERN: tuple[tuple[str, str | None], ...] = (
    ("moderate", "positive"),
    ("minor", "negative"),
    ("major", "positive"),
    ("neutral", None),
    ("minor", "positive"),
    ("moderate", "negative"),
)
REASONS = {
    "it": {
        "positive": "Esempio: con meno traffico il luogo si vede e si vive meglio.",
        "negative": "Esempio: segnali, pali o lavori disturbano il luogo.",
        "neutral": "Esempio: la misura non cambia questo attributo.",
        "mitigation": "Esempio: arredi sobri, posa fuori dalle visuali, controlli durante i lavori.",
    },
    "en": {
        "positive": "Example: with less traffic the place is better seen and lived in.",
        "negative": "Example: signs, poles or works disturb the place.",
        "neutral": "Example: the measure does not change this attribute.",
        "mitigation": "Example: sober furniture, kept out of sight lines, checks during the works.",
    },
}


def sample_screenings(session: Session, *, slug: str, now: datetime) -> list[HeritageGrade]:
    """Grades every attribute that is missing, by a fixed pattern. Safe to repeat: then nothing is added."""
    plan, city = find_plan(session, slug=slug, drafts=True)
    add_usual(session, city=city, account_id=None)
    language = city.default_language if city.default_language in REASONS else "en"
    attributes = {one.code: one for one in attributes_of(session, city_id=city.id)}
    made = []
    for row, (code, screening) in enumerate(screenings_of(session, plan=plan).items()):
        for column, name in enumerate(screening.verdict.missing):
            extent, direction = PATTERN[(row + column) % len(PATTERN)]
            words = REASONS[language]
            harm = direction == "negative"
            draft = GradeDraft(
                extent=extent,
                direction=direction,
                reason=words[direction or "neutral"],
                mitigation=words["mitigation"] if harm else "",
                body=BODY[language],
                language=language,
            )
            attribute = attributes[name]
            made.append(
                grade(
                    session,
                    plan=plan,
                    code=code,
                    attribute=attribute,
                    draft=draft,
                    account_id=None,
                    now=now,
                )
            )
    return made
