"""CQL2 text read into CQL2 JSON: the one form that `filtering` turns into SQL.

Written from the grammar of OGC 21-065. Words of the language are read in capitals and small letters alike.
What is long or deep is refused before it costs anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NoReturn

from flask_babel import lazy_gettext as _l

from mobility.errors import Invalid

LENGTH, DEPTH = 8_000, 24
"""Characters of a filter, and levels of brackets and conditions within each other."""
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<string>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<word>[^\W\d][\w.:]*)
  | (?P<sign><>|<=|>=|[=<>(),])
  )""",
    re.VERBOSE,
)
COMPARED = ("=", "<>", "<", ">", "<=", ">=")
SHAPES = ("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON")
_NAMES = dict(
    zip(
        SHAPES,
        ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"),
        strict=True,
    )
)
_LEVELS = {
    "POINT": 0,
    "LINESTRING": 1,
    "MULTIPOINT": 1,
    "POLYGON": 2,
    "MULTILINESTRING": 2,
    "MULTIPOLYGON": 3,
}
"""How many brackets hold the positions of a shape, besides its own."""
Node = dict[str, Any]


class Unreadable(Invalid):
    """A filter that cannot be read; the message says where."""

    def __init__(self, reason: Any) -> None:
        super().__init__("filter", reason)


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else ""


def read_text(typed: str) -> Node:
    """The filter as CQL2 JSON. Raises Unreadable."""
    if len(typed) > LENGTH:
        raise Unreadable(_l("The filter is too long."))
    reader = _Reader(_tokens(typed))
    found = reader.either(0)
    if reader.here.kind != "end":
        reader.fail()
    return found


def _tokens(typed: str) -> list[Token]:
    found, at, end = [], 0, len(typed.rstrip())
    while at < end:
        match = _TOKEN.match(typed, at)
        if match is None or match.lastgroup is None:
            _fail(typed[at : at + 12].strip(), at)
        kind = match.lastgroup
        found.append(Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*found, Token("end", "", at)]


def _fail(text: str, at: int) -> NoReturn:
    if not text:
        raise Unreadable(_l("The filter ends too early."))
    reason = _l("The filter cannot be read at character %(at)s: %(text)s", at=at + 1, text=text)
    raise Unreadable(reason)


class _Reader:
    """Reads one token after the other, downwards from `either`."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.called_within = 0

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        found = self.here
        self.at += found.kind != "end"
        return found

    def took(self, *texts: str) -> bool:
        """Whether the next token is one of these signs or words, which is passed."""
        if self.here.kind not in ("sign", "word") or self.here.text.upper() not in texts:
            return False
        self.at += 1
        return True

    def fail(self) -> NoReturn:
        _fail(self.here.text, self.here.at)

    def want(self, text: str) -> None:
        if not self.took(text):
            self.fail()

    def either(self, depth: int) -> Node:
        if depth > DEPTH:
            raise Unreadable(_l("The filter has too many levels."))
        parts = [self.all(depth)]
        while self.took("OR"):
            parts.append(self.all(depth))
        return parts[0] if len(parts) == 1 else {"op": "or", "args": parts}

    def all(self, depth: int) -> Node:
        parts = [self.one(depth)]
        while self.took("AND"):
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else {"op": "and", "args": parts}

    def one(self, depth: int) -> Node:
        if depth > DEPTH:
            raise Unreadable(_l("The filter has too many levels."))
        if self.took("NOT"):
            return {"op": "not", "args": [self.one(depth + 1)]}
        if self.here.text == "(":
            self.take()
            found = self.either(depth + 1)
            self.want(")")
            return found
        word = self.here.word
        if word.startswith(("S_", "T_")) and self.tokens[self.at + 1].text == "(":
            self.take()
            return {"op": word.lower(), "args": self.between_brackets()}
        return self.comparison()

    def comparison(self) -> Node:
        left = self.value()
        if self.here.text in COMPARED:
            return {"op": self.take().text, "args": [left, self.value()]}
        if self.took("IS"):
            negated = self.took("NOT")
            self.want("NULL")
            return _maybe_not({"op": "isNull", "args": [left]}, negated)
        negated = self.took("NOT")
        if self.took("LIKE"):
            return _maybe_not({"op": "like", "args": [left, self.value()]}, negated)
        if self.took("BETWEEN"):
            low = self.value()
            self.want("AND")
            return _maybe_not({"op": "between", "args": [left, low, self.value()]}, negated)
        if self.took("IN"):
            return _maybe_not({"op": "in", "args": [left, self.between_brackets()]}, negated)
        return self.fail()

    def between_brackets(self) -> list[Any]:
        self.want("(")
        found = [self.value()]
        while self.took(","):
            found.append(self.value())
        self.want(")")
        return found

    def value(self) -> Any:
        token = self.take()
        if token.kind == "number":
            return float(token.text) if re.search(r"[.eE]", token.text) else int(token.text)
        if token.kind == "string":
            return token.text[1:-1].replace("''", "'")
        if token.kind == "quoted":
            return {"property": token.text[1:-1].replace('""', '"')}
        if token.kind != "word":
            _fail(token.text, token.at)
        if token.word in ("TRUE", "FALSE"):
            return token.word == "TRUE"
        if self.here.text == "(" or (token.word in SHAPES and self.here.word == "Z"):
            return self.called(token)
        return {"property": token.text}

    def called(self, token: Token) -> Any:
        self.called_within += 1
        if self.called_within > DEPTH:
            raise Unreadable(_l("The filter has too many levels."))
        found = self.function(token)
        self.called_within -= 1
        return found

    def function(self, token: Token) -> Any:
        if token.word in ("DATE", "TIMESTAMP"):
            return {token.word.lower(): self.single()}
        if token.word == "INTERVAL":
            return {"interval": self.between_brackets()}
        if token.word == "CASEI":
            return {"op": "casei", "args": self.between_brackets()}
        if token.word in ("BBOX", "ENVELOPE"):
            return {"bbox": self.between_brackets()}
        if token.word in SHAPES:
            return {"type": _NAMES[token.word], "coordinates": self.shape(token.word)}
        _fail(token.text, token.at)

    def single(self) -> Any:
        found = self.between_brackets()
        if len(found) != 1:
            self.fail()
        return found[0]

    def shape(self, word: str) -> Any:
        """The coordinates of a shape in well-known text."""
        self.took("Z")
        if word == "POINT":
            self.want("(")
            found: Any = self.position()
            self.want(")")
            return found
        return self.positions(_LEVELS[word], loose=word == "MULTIPOINT")

    def positions(self, level: int, *, loose: bool = False) -> list[Any]:
        self.want("(")
        found: list[Any] = []
        while True:
            if level > 1:
                found.append(self.positions(level - 1))
            elif loose and self.took("("):
                found.append(self.position())
                self.want(")")
            else:
                found.append(self.position())
            if not self.took(","):
                break
        self.want(")")
        return found

    def position(self) -> list[float]:
        found = []
        while self.here.kind == "number":
            found.append(float(self.take().text))
        if not 2 <= len(found) <= 3:
            self.fail()
        return found


def _maybe_not(node: Node, negated: bool) -> Node:
    return {"op": "not", "args": [node]} if negated else node
