"""Reply templates: words in braces are replaced by what is known of a case. Pure.

Only whole known words in braces are replaced; everything else stays as it is typed, so that a template can
reach nothing but what it is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FIELDS = ("place", "street", "topic", "measure", "office", "day", "number")
"""place, street, topic and measure of the comment, its day and number, and the office that answers."""
WORD = re.compile(r"\{([a-z]+)\}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in; unknown ones stay in their braces."""

    def known(found: re.Match[str]) -> str:
        name = found.group(1)
        return str(values.get(name, "")) if name in FIELDS else found.group(0)

    return WORD.sub(known, template)


def unknown_fields(template: str) -> list[str]:
    """Words in braces that are no field, in their order."""
    return [name for name in WORD.findall(template) if name not in FIELDS]
