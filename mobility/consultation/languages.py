"""In which language a text is written, and what languages are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock, Thread
from typing import Any

from babel import Locale, UnknownLocaleError

from mobility.plans.words import _

WRITTEN = (
    "it", "en", "fr", "de", "es", "pt", "ro", "nl", "pl", "cs", "sk", "sl", "hr", "hu", "bg", "el", "sq",
    "sv", "da", "fi", "et", "lv", "lt", "ga", "mt", "ca", "uk", "ru", "tr", "ar", "bn", "ta", "zh",
)  # fmt: skip
"""Languages that people in European cities write to their city."""
SHORT = 24
"""Texts with fewer letters say too little: the language of the page is taken."""
SURE = 0.85
SURE_OTHER = 0.95
"""How sure the guess must be for a language of the plan, and for any other."""

_lock = Lock()


@dataclass(frozen=True)
class Guess:
    """A language tag, and whether the text itself says so."""

    tag: str
    sure: bool


@cache
def _identifier() -> Any:
    """The model, read once; it knows the languages of `WRITTEN` only."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(list(WRITTEN))
    return found


def warm() -> None:
    """Begins to read the model, which takes a second, while somebody is still writing."""
    if not _identifier.cache_info().currsize and not _lock.locked():
        Thread(target=_load, name="languages", daemon=True).start()


def _load() -> None:
    with _lock:
        _identifier()


def detect(text: str, *, page: str, plan: Sequence[str]) -> Guess:
    """The language of a text written on a page in language `page`, about a plan in the languages `plan`."""
    letters = sum(ch.isalpha() for ch in text)
    with _lock:
        tag, chance = _identifier().classify(text) if letters else (page, 0.0)
    dense = not text.isascii() and tag in ("zh", "ar", "bn", "ta", "ru", "uk", "bg", "el")
    needed = SURE if tag in plan else SURE_OTHER
    if (letters < SHORT and not (dense and letters >= 6)) or chance < needed:
        return Guess(page, sure=False)
    return Guess(str(tag), sure=True)


def choose(typed: str | None, *, guess: Guess, plan: Sequence[str]) -> str:
    """The language the writer chose, if it is one that is offered; else the guess."""
    return typed if typed in offered(plan) else guess.tag


def offered(plan: Sequence[str]) -> list[str]:
    """The languages one can choose: those of the plan first."""
    return [*plan, *(tag for tag in WRITTEN if tag not in plan)]


def language_name(tag: str, page: str) -> str:
    """What a language is called in the language of the page; the tag itself for one that nobody knows."""
    try:
        return str(Locale.parse(tag).get_language_name(page) or tag)
    except (UnknownLocaleError, ValueError):
        return tag


def language_note(tag: str, page: str) -> str:
    """Such as "in Italian" for a text that is not in the language of the page; empty for one that is."""
    if not tag or tag == page:
        return ""
    return _("in %(language)s", language=language_name(tag, page))
