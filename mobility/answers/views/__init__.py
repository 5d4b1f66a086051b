"""Pages of the offices: inbox, case, answers, offices and their competences; answers for everybody."""

from __future__ import annotations

from mobility.answers.views import (
    cases,
    competences,
    drafting,
    files,
    gaps,
    handling,
    inbox,
    offices,
    public,
    templates,
)
from mobility.answers.views.blueprint import bp

__all__ = [
    "bp",
    "cases",
    "competences",
    "drafting",
    "files",
    "gaps",
    "handling",
    "inbox",
    "offices",
    "public",
    "templates",
]
