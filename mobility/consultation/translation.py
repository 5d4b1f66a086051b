"""The hook for translations of comments. Off unless a city names a translator in its settings.

A translator is any class with the method `translate`. It is named by the setting `translator` as
``package.module:Class`` and made without arguments. Nothing here calls a third party.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol


class Translator(Protocol):
    def translate(self, text: str, *, source: str, target: str) -> str | None:
        """The text in the language `target`; None when this translator cannot or may not do it."""


class Off:
    """No translations."""

    def translate(self, text: str, *, source: str, target: str) -> str | None:  # noqa: ARG002
        return None


def make_translator(name: str) -> Translator:
    """The translator of that name; `Off` without a name. Raises ValueError when it cannot be made."""
    if not name:
        return Off()
    module, colon, attribute = name.partition(":")
    try:
        made: Any = getattr(import_module(module), attribute)() if colon else None
    except (ImportError, AttributeError) as error:
        raise ValueError(f"the translator {name!r} cannot be loaded: {error}") from error
    if not callable(getattr(made, "translate", None)):
        raise ValueError(f"the translator {name!r} must be package.module:Class with a method translate")
    translator: Translator = made
    return translator
