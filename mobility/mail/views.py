"""The letter box of a demonstration: messages nobody receives can be read, their links followed."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, render_template
from flask.typing import ResponseReturnValue

from mobility.errors import NotFound
from mobility.extensions import db
from mobility.mail.files import letters

bp = Blueprint("mail", __name__)


@bp.get("/demo/mail")
def demo() -> ResponseReturnValue:
    """Only in a demonstration, where every person and every address is invented."""
    if not current_app.config["DEMO"]:
        raise NotFound
    found = letters(db.session, current_app.config["MAIL_DIR"])
    answer = make_response(render_template("mail/letters.html", letters=found))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
