"""Licences by their short names: the page that explains each, and its name in the authority table of the EU.

Source: https://op.europa.eu/en/web/eu-vocabularies/concept-scheme/-/resource?uri=http://publications.europa.eu/resource/authority/licence
"""

from __future__ import annotations

AUTHORITY = "http://publications.europa.eu/resource/authority/licence/"
PAGES = {
    "CC-BY-4.0": ("CC_BY_4_0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC-BY-SA-4.0": ("CC_BYSA_4_0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "CC0-1.0": ("CC0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODbL-1.0": ("ODC_BL", "https://opendatacommons.org/licenses/odbl/1-0/"),
    "ODC-By-1.0": ("ODC_BY", "https://opendatacommons.org/licenses/by/1-0/"),
}


def licence_page(licence: str) -> str:
    """Where a licence is explained; empty when it is not known."""
    return PAGES.get(licence, ("", ""))[1]


def licence_uri(licence: str) -> str:
    """The licence in the authority table; empty when it is not in it."""
    name = PAGES.get(licence, ("", ""))[0]
    return f"{AUTHORITY}{name}" if name else ""
