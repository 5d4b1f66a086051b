"""How statements are put together from pieces of our own."""

from __future__ import annotations

TEXT = """coalesce(nullif({column}->>%(language)s, ''), nullif({column}->>'en', ''),
    (SELECT v FROM jsonb_each_text({column}) AS e (k, v) WHERE v <> '' LIMIT 1))"""


def fill(statement: str, **parts: str) -> str:
    """`statement` with its ``{name}`` places filled by SQL of ours; values never come this way."""
    for name, part in parts.items():
        statement = statement.replace(f"{{{name}}}", part)
    return statement


def text_of(column: str) -> str:
    """The text of an i18n column in the language of the file, chosen as `mobility.text.pick` does."""
    return fill(TEXT, column=column)
