"""Checks of texts in several languages."""

from __future__ import annotations

from typing import Any

from mobility.plans.bundles.faults import Spot
from mobility.plans.bundles.values import BAD, Check, listing, shown, text, wrong_type


def i18n(limit: int) -> Check:
    """One plain text for each language of the plan."""
    return _in_languages("i18n", text(limit))


def i18n_list(limit: int) -> Check:
    """One list of plain texts for each language, all of the same length."""
    by_language = _in_languages("i18n-list", listing(text(limit), least=0, distinct=False))

    def check(value: Any, spot: Spot) -> Any:
        found = by_language(value, spot)
        if found is not BAD and len({len(each) for each in found.values()}) > 1:
            spot.report("uneven-lists")
            return BAD
        return found

    return check


def _in_languages(kind: str, item: Check) -> Check:
    def check(value: Any, spot: Spot) -> Any:
        if not isinstance(value, dict):
            return wrong_type(value, kind, spot)
        wanted = spot.languages if spot.languages is not None else tuple(value)
        sound = True
        for language in wanted:
            if language not in value:
                spot.report("missing-language", language=language)
                sound = False
        clean: dict[str, Any] = {}
        for language, said in value.items():
            if language not in wanted:
                spot.report("unknown-language", language=shown(str(language)))
                sound = False
                continue
            clean[language] = item(said, spot.at(language))
        return clean if sound and BAD not in clean.values() else BAD

    return check
