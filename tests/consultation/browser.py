"""A browser without JavaScript: it reads the forms of a page and sends them as a person would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import g, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PLAN = "/plans/palermo-centro"


@dataclass
class Form:
    """One form: where it goes, how, and what it would send untouched."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._area: str | None = None
        self._select: str | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pairs = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(pairs.get("action", ""), pairs.get("method", "get").lower()))
            self._inside = True
        elif not self._inside:
            return
        elif tag == "input":
            self._input(pairs, dict(attrs))
        elif tag == "textarea":
            self._area = pairs.get("name", "")
            self.forms[-1].fields[self._area] = ""
        elif tag == "select":
            self._select = pairs.get("name", "")
        elif tag == "option" and self._select is not None:
            first = self._select not in self.forms[-1].fields
            if first or "selected" in dict(attrs):
                self.forms[-1].fields[self._select] = pairs.get("value", "")

    def _input(self, pairs: dict[str, str], given: dict[str, str | None]) -> None:
        if pairs.get("type") in ("radio", "checkbox") and "checked" not in given:
            return
        if pairs.get("name"):
            self.forms[-1].fields[pairs["name"]] = pairs.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.forms[-1].fields[self._area] += data


def read_forms(page: str) -> list[Form]:
    """The forms of a page; textareas without the line end that follows their tag."""
    reader = _Reader()
    reader.feed(page)
    for form in reader.forms:
        for name, value in form.fields.items():
            form.fields[name] = value.removeprefix("\n")
    return reader.forms


def forget_request() -> None:
    """Tests keep one application context open; what the last request left in it must not reach the next."""
    if has_app_context():
        for name in [name for name in g if name != "_sqlalchemy_sessions"]:
            g.pop(name)


class Browser:
    """Keeps cookies, asks in English unless told otherwise."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client = client
        self.headers = {"Accept-Language": language, "Accept": "text/html"}

    def get(self, path: str, **headers: str) -> TestResponse:
        forget_request()
        return self.client.get(path, headers=self.headers | headers)

    def form(self, path: str, ending: str) -> Form:
        """The form on a page whose address ends like this."""
        page = self.get(path).text
        return form_in(page, ending)

    def send(self, form: Form, *, follow: bool = True, to: str = "", **typed: str) -> TestResponse:
        """Sends the form with some fields typed differently."""
        fields = form.fields | typed
        forget_request()
        answer = self.client.post(to or form.action, data=fields, headers=self.headers)
        follows = follow and 300 <= answer.status_code < 400
        return self.get(answer.headers["Location"]) if follows else answer

    def vote(self, code: str, position: object, **typed: str) -> TestResponse:
        """Opens the card of a segment (P1-03) or measure (P1), chooses a position, sends."""
        card = card_path(code)
        return self.send(self.form(card, "/vote"), position=str(position), **typed)

    def write(self, **typed: str) -> TestResponse:
        """Fills in the comment form; the answer is the preview."""
        form = self.form(f"{PLAN}/comments/new", "/comments/new")
        return self.send(form, **(GOOD | typed))

    def comment(self, **typed: str) -> TestResponse:
        """Fills in the form, looks at the preview, sends; the answer is the receipt."""
        return self.send(form_in(self.write(**typed).text, "/comments"))


GOOD = {
    "place": "segment:P1-03",
    "stance": "for",
    "topic": "walking",
    "text": "More benches, please.",
}


def card_path(code: str) -> str:
    """The page of a segment or measure."""
    return f"{PLAN}/{'segments' if '-' in code else 'measures'}/{code}"


def form_in(page: str, ending: str) -> Form:
    """The form of a page whose address ends like this and that is sent by POST."""
    for form in read_forms(page):
        if form.method == "post" and form.action.split("#")[0].endswith(ending):
            return form
    raise AssertionError(f"no form to {ending}")
