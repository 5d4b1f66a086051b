"""Personal data that somebody may not have meant to publish. Hints only: the writer decides. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import phonenumbers

PHONE, EMAIL, PLATE, NAME = "phone", "email", "plate", "name"

_EMAIL = re.compile(
    r"[\w.+-]+(?:@|\s?[(\[]\s?(?:at|chiocciola)\s?[)\]]\s?)(?:[\w-]+(?:\.|\s?[(\[]\s?(?:dot|punto)\s?[)\]]\s?))+[a-z]{2,}",
    re.IGNORECASE,
)
_L = "[A-HJ-NPR-TV-Z]"
_PLATES = re.compile(
    rf"""\b(?:
      {_L}{{2}}[ -]?\d{{3}}[ -]?{_L}{{2}}        # Italy since 1994, France: AB 123 CD
    | [A-Z]{{2}}[ ](?:[A-Z]\d{{5}}|\d{{6}})      # Italy before: PA 123456
    | [A-ZÄÖÜ]{{1,3}}-[A-Z]{{1,2}}[ -]?\d{{1,4}}[EH]?  # Germany: B-MW 1234
    | \d{{4}}[ -]?[BCDFGHJ-NPR-TV-Z]{{3}}        # Spain: 1234 BCD
    | [A-Z]{{2}}\d{{2}}[ ][A-Z]{{3}}             # United Kingdom: AB12 CDE
    | [A-Z]{{2}}-\d{{2}}-[A-Z]{{2}} | \d{{2}}-[A-Z]{{2,3}}-\d{{1,2}}  # Portugal, the Netherlands
    )\b""",
    re.VERBOSE,
)
_PLATE_TYPED_SMALL = re.compile(rf"\b{_L}{{2}} ?\d{{3}} ?{_L}{{2}}\b", re.IGNORECASE)
_ABBREVIATIONS = {"ZTL", "TPL", "PRG", "DPR", "DGR", "KMH", "BRT"}
"""Three letters that follow a year or a number in texts about traffic."""

_TITLES = (
    r"(?:[Ss]ignor(?:a|e|ina)?|[Ss]ig\.(?:\s?(?:ra|na))?|[Ss]igg\.|[Dd]ott\.(?:\s?ssa)?|[Dd]ottor(?:e|essa)?|"
    r"[Pp]rof\.(?:\s?ssa)?|[Pp]rofessor(?:e|essa)?|[Aa]vv\.|[Aa]vvocat[oa]|[Ii]ng\.|[Aa]rch\.|[Gg]eom\.|[Rr]ag\.|"
    r"Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?)"
)
_WORD = (
    r"(?:[A-ZÀ-ÖØ-Þ][’']?[a-zà-öø-ÿ]+(?:[’'-][A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]+)*|"
    r"[A-ZÀ-ÖØ-Þ]\.|[DO][’'][A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+)"
)
_PARTICLE = r"(?:(?:di|de|del|della|dello|lo|la|li|van|von|da)\s+)"
_FULL = rf"{_WORD}(?:\s+{_PARTICLE}?{_WORD}){{0,3}}"
_NAMED = re.compile(rf"\b{_TITLES}\s+(?P<name>{_FULL})")
_INTRODUCED = re.compile(
    rf"\b(?:[Mm]i\s+chiamo|[Ii]l\s+mio\s+nome\s+è|[Mm]y\s+name\s+is)\s+(?P<name>{_FULL})"
)
_STREET_BEFORE = re.compile(
    r"\b(?:via|viale|piazza|piazzale|piazzetta|corso|largo|vicolo|cortile|ponte|salita|discesa|passaggio|"
    r"scuola|istituto|liceo|ospedale|teatro|villa|palazzo|school|hospital|bridge)\s+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, order=True)
class Hint:
    """Words that look like personal data, and where they stand in the text."""

    start: int
    end: int
    kind: str
    words: str


def find_hints(text: str, *, country: str, places: Iterable[str] = ()) -> list[Hint]:
    """What may be personal data, in the order of the text, nothing twice.

    `country` (two letters) is where a telephone number without its prefix belongs; `places` are names of
    streets and squares that are never taken for people.
    """
    known = {name.casefold() for name in places if name}
    found: list[Hint] = []
    for hint in (*_emails(text), *_phones(text, country), *_plates(text), *_names(text, known)):
        if not any(hint.start < other.end and other.start < hint.end for other in found):
            found.append(hint)
    return sorted(found)


def _emails(text: str) -> Iterator[Hint]:
    for match in _EMAIL.finditer(text):
        yield Hint(match.start(), match.end(), EMAIL, match[0])


def _phones(text: str, country: str) -> Iterator[Hint]:
    for match in phonenumbers.PhoneNumberMatcher(text, country.upper()):
        yield Hint(match.start, match.end, PHONE, match.raw_string)


def _plates(text: str) -> Iterator[Hint]:
    for pattern in (_PLATES, _PLATE_TYPED_SMALL):
        for match in pattern.finditer(text):
            if not _is_measure(match[0]):
                yield Hint(match.start(), match.end(), PLATE, match[0])


def _is_measure(words: str) -> bool:
    """Whether a number with three letters is a year or an amount with an abbreviation: 2026 ZTL."""
    digits, letters = words[:4], words[-3:]
    return digits.isdigit() and (letters in _ABBREVIATIONS or 1900 <= int(digits) < 2100)


def _names(text: str, places: set[str]) -> Iterator[Hint]:
    for pattern in (_NAMED, _INTRODUCED):
        for match in pattern.finditer(text):
            name = match["name"].casefold()
            is_place = any(name in place or place in match[0].casefold() for place in places)
            if not is_place and not _STREET_BEFORE.search(text[: match.start()]):
                start = match.start() if pattern is _NAMED else match.start("name")
                yield Hint(start, match.end(), NAME, text[start : match.end()])
