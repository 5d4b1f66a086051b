"""The groups of a plan, and one of them: who they are, their votes and positions, also on the map."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.accounts.models import GROUP_KINDS
from mobility.consultation.views.frame import Frame, open_frame, render_panel
from mobility.extensions import db
from mobility.groups import cards, queries
from mobility.groups.documents import documents_of
from mobility.groups.views.blueprint import bp
from mobility.groups.views.frame import speaks_for
from mobility.groups.wording import kind_label

SHOWN = ("published", "replaced", "withdrawn")


@bp.get("/plans/<slug>/groups")
def index(slug: str) -> ResponseReturnValue:
    frame = open_frame(slug)
    kind = request.args.get("kind", "")
    kind = kind if kind in GROUP_KINDS else ""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    rows, total = queries.groups_of(db.session, plan_id=frame.plan.id, kind=kind, page=page)
    counts = queries.kinds_of(db.session, plan_id=frame.plan.id)
    return render_panel(
        frame,
        "groups/index.html",
        tab="results",
        groups=[
            cards.group_card(row[0], slug=slug, language=frame.language)
            | {"votes": row.votes, "positions": row.positions}
            for row in rows
        ],
        shows=frame.shows_results(),
        kind=kind,
        kinds=[(each, kind_label(each), counts[each]) for each in GROUP_KINDS if each in counts],
        total=total,
        page=page,
        pages=max(1, -(-total // queries.PAGE)),
    )


@bp.get("/plans/<slug>/groups/<group>")
def group(slug: str, group: str) -> ResponseReturnValue:
    frame = open_frame(slug)
    found = queries.find_group(db.session, plan_id=frame.plan.id, slug=group)
    shows = frame.shows_results()
    votes = queries.votes_of(db.session, plan_id=frame.plan.id, group_id=found.id) if shows else []
    root, language = request.script_root, frame.language
    return render_panel(
        frame,
        "groups/group.html",
        tab="results",
        view="card",
        group=cards.group_card(found, slug=slug, language=language),
        votes=[cards.vote_card(vote, slug, language) for vote in votes],
        hidden="" if shows else frame.hidden_results_text(),
        delegate=speaks_for(found),
        staff=web.may("recognise_groups", frame.plan.id),
        scene_url=f"{root}/maps/{slug}/group.{language}.js?group={found.slug}",
        static_map_url=f"{root}/plans/{slug}/map.svg?group={found.slug}",
        **positions(frame, found),
    )


def positions(frame: Frame, group: Any) -> dict[str, Any]:
    """What the group says about measures now, with the versions before."""
    rows = queries.positions_of(db.session, plan_id=frame.plan.id, group_id=group.id, states=SHOWN)
    papers = documents_of(db.session, position_ids=[row[0].id for row in rows])
    found = [
        cards.position_card(
            position,
            measure,
            papers.get(position.id, []),
            slug=frame.plan.slug,
            group=group.slug,
            language=frame.language,
        )
        for position, measure in rows
    ]
    public = [card for card in found if card["state"] == "published"]
    live = {card["measure_code"] for card in public}
    for card in public:
        card["before"] = [
            each
            for each in found
            if each["measure_code"] == card["measure_code"] and each["state"] != "published"
        ]
    gone = [each for each in found if each["state"] == "withdrawn" and each["measure_code"] not in live]
    return {"positions": public, "withdrawn": gone}


@bp.app_template_global("group_positions")
def positions_on_card(frame: Frame, code: str) -> list[dict[str, Any]]:
    """What groups say about a measure, for the card of the measure."""
    rows = queries.positions_on(db.session, plan_id=frame.plan.id, code=code)
    shows = frame.shows_results() if rows else False
    return [
        cards.said_card(
            position, group, vote if shows else None, slug=frame.plan.slug, language=frame.language
        )
        for position, group, vote in rows
    ]
