"""Pages of the offices: inbox, case, answers, offices and their competences; answers for everybody."""

from __future__ import annotations

from mobility.answers.views import cases, drafting, files, inbox, public
from mobility.answers.views.blueprint import bp

__all__ = ["bp", "cases", "drafting", "files", "inbox", "public"]
