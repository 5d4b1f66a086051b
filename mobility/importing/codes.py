"""Codes of new things: that of the file where it can be one, else the next free number. Pure."""

from __future__ import annotations

from collections.abc import Collection

from mobility.importing.mapping import CODE, plain


class Codes:
    """Gives each new thing a code that nothing has or had; the same things in the same order get the same."""

    def __init__(self, taken: Collection[str]) -> None:
        self.taken = set(taken)

    def take(self, code: str) -> str:
        self.taken.add(code)
        return code

    def given(self, code: str) -> str:
        """The code of the file when it is one and nothing else has it, else empty."""
        return self.take(code) if CODE.fullmatch(code) and code not in self.taken else ""

    def numbered(self, stem: str, *, width: int = 2, start: int = 1) -> str:
        """The stem with the first free number, such as P1-07."""
        number = start
        while (code := f"{stem}-{number:0{width}d}") in self.taken:
            number += 1
        return self.take(code)

    def part(self, whole: str) -> str:
        """The code of a part of something, such as P1-07-2."""
        return self.numbered(whole, width=1)

    def named(self, name: str, kind: str) -> str:
        """A code made of a name, such as via-maqueda, else of the kind and a number."""
        word = plain(name).replace("_", "-")[:48].strip("-")
        if not word:
            return self.numbered(kind, width=3)
        return self.take(word) if word not in self.taken else self.numbered(word, width=1, start=2)
