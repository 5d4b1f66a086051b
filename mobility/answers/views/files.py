"""Files beside answers: handed out so that a browser only saves them."""

from __future__ import annotations

from urllib.parse import quote

from flask import make_response
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.answers import papers
from mobility.answers.models import AnswerFile
from mobility.answers.views.blueprint import bp
from mobility.answers.views.drafting import check_mine
from mobility.consultation.views.frame import open_frame
from mobility.errors import NotFound
from mobility.extensions import db


@bp.get("/plans/<slug>/answers/files/<int:file_id>")
def file(slug: str, file_id: int) -> ResponseReturnValue:
    """A file beside an answer: everybody's once it is published, before that for those who answer."""
    frame = open_frame(slug)
    found, answer = papers.find_file(db.session, plan_id=frame.plan.id, file_id=file_id)
    if answer.state != "published":
        if not web.may("answer", frame.plan.id):
            raise NotFound
        check_mine(frame, answer)
    return send_file(found)


def send_file(found: AnswerFile) -> ResponseReturnValue:
    """The PDF as something to save: never opened inside this site."""
    data = papers.read_file(found)
    if data is None:
        raise NotFound
    response = make_response(data)
    response.headers["Content-Type"] = "application/pdf"
    quoted = f"UTF-8''{quote(found.name + '.pdf')}"
    response.headers["Content-Disposition"] = f'attachment; filename="document.pdf"; filename*={quoted}'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
