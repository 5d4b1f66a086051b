"""The session in a signed cookie, written only when it says something new.

A page asks for its map beside other things, and each answer that carried the session would put back what it
was when that request began: a choice kept meanwhile would be gone, whoever signed out would be in again.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from flask import Flask, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

ONLY_OF_ACCOUNTS = ("_fresh", "_id")
"""What Flask-Login writes for everybody, though it says something of people signed in only."""


class Session(SecureCookieSession):
    """A session that knows what it held when the request came."""

    def __init__(self, initial: Any = None) -> None:
        super().__init__(initial)
        self.came_with = deepcopy(dict(self))


class Sessions(SecureCookieSessionInterface):
    """Flask's own, but for when it is written."""

    session_class = Session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Writes what changed. Unchanged, only a page prolongs the session of somebody signed in."""
        if isinstance(session, Session):
            if "_user_id" not in session and session.modified:
                for name in ONLY_OF_ACCOUNTS:
                    session.pop(name, None)
            session.modified = dict(session) != session.came_with
            if not session.modified and response.mimetype != "text/html":
                if session.accessed:
                    response.vary.add("Cookie")
                return
        super().save_session(app, session, response)
