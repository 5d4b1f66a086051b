"""Publishing a draft: the next version, with votes, comments, heritage and followers where they belong."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import AuditEntry
from mobility.consultation.counting import recount
from mobility.consultation.models import Comment, Vote
from mobility.editing import acts, drafts
from mobility.editing.document import find_part
from mobility.editing.models import MeasureDraft
from mobility.editing.publishing import (
    fates,
    follow_up,
    publish_draft,
    publishing_blockers,
)
from mobility.editing.reading import document_of, taken_codes
from mobility.errors import Conflict, Invalid
from mobility.heritage.models import HeritageZone
from mobility.plans.models import Measure, MeasureVersion, SegmentHeritage, SegmentLineage
from mobility.plans.versions import differences
from tests.editing.conftest import NOW

NOTE = {"it": "Di notte soltanto.", "en": "At night only."}


@pytest.fixture
def publish(session, plan, city, draft, account):
    def do(note: dict[str, str] = NOTE, **values: Any):
        wanted = {"seen": draft.step, "account_id": account.id, "now": NOW} | values
        return publish_draft(session, plan=plan, city=city, draft=draft, note=note, **wanted)

    return do


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int]]]:
    told: list[tuple[str, int]] = []

    def listen(_session: Session, *, measure: Measure, version: int, now: datetime) -> None:
        told.append((measure.code, version))

    with signals.version_published.connected_to(listen):
        yield told


def reworded(draft: MeasureDraft) -> dict[str, Any]:
    content = copy.deepcopy(draft.content)
    content["measure"]["hours"] = {"it": "Ogni notte", "en": "Every night"}
    return content


def test_nothing_is_public_before_it_is_published(session, plan, draft, measure, change, client):
    change(reworded(draft))
    session.commit()
    assert "Every night" not in client.get("/plans/palermo-centro/measures/P1?lang=en").text
    session.refresh(measure)
    assert measure.hours["en"] != "Every night"


def test_texts_become_the_next_version(session, plan, draft, measure, change, publish, heard):
    revision = plan.revision
    change(reworded(draft))
    done = publish()
    assert (done.version, measure.version, measure.hours["en"]) == (2, 2, "Every night")
    kept = session.get_one(MeasureVersion, (measure.id, 2))
    assert kept.note == NOTE
    assert heard == [("P1", 2)]
    assert plan.revision == revision + 1
    assert session.scalars(select(MeasureDraft)).all() == []
    (line,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "measure.publish"))
    assert line.details == {"code": "P1", "version": 2}


def test_without_a_note_in_every_language_nothing_is_published(draft, change, publish):
    change(reworded(draft))
    with pytest.raises(Invalid) as refused:
        publish({"it": "Di notte.", "en": " "})
    assert refused.value.field == "note_en"


def test_a_draft_that_changed_since_its_preview_is_not_published(draft, change, publish):
    change(reworded(draft))
    with pytest.raises(drafts.Overtaken):
        publish(seen=draft.step - 1)


def test_what_says_the_same_is_not_published(session, plan, city, draft, publish):
    assert [each.code for each in publishing_blockers(session, plan=plan, city=city, draft=draft)] == ["same"]
    with pytest.raises(Conflict):
        publish()


def test_a_missing_text_stands_against_publishing(session, plan, city, draft, change):
    content = copy.deepcopy(draft.content)
    content["measure"]["title"]["en"] = ""
    content["measure"]["hours_osm"] = "whenever"
    content["segments"][0]["span"]["it"] = ""
    change(content)
    (blocker,) = publishing_blockers(session, plan=plan, city=city, draft=draft)
    assert str(blocker.message) == "3 things are missing or wrong."


def test_a_divided_stretch_keeps_its_votes_and_hands_on_its_comments(
    session, plan, draft, change, publish, ruler, segment, cast, say
):
    old = segment("P1-03")
    vote = cast("P1-03", 2)
    (lon, lat), *_rest, (east, north) = find_part(draft.content, "P1-03")["geometry"]["coordinates"]
    first, last = (
        say(x, y, segment_id=old.id, measure_id=old.measure_id) for x, y in ((lon, lat), (east, north))
    )
    content, codes = acts.divide(draft.content, "P1-03", ruler, taken=taken_codes(session, plan.id))
    change(content, "split")
    assert [(each.code, each.fate) for each in fates(session, draft)] == [("P1-03", "split")]
    publish()
    assert segment("P1-03").retired_at == NOW
    assert session.get_one(Vote, vote.id, populate_existing=True).segment_id == old.id
    about = [session.get_one(Comment, each.id, populate_existing=True).segment_id for each in (first, last)]
    assert about == [segment(code).id for code in codes]
    lengths = [segment(code).length_m for code in codes]
    assert sum(lengths) == pytest.approx(old.length_m, abs=0.1)
    zones = select(func.count()).where(SegmentHeritage.segment_id.in_([segment(code).id for code in codes]))
    whole = select(func.count()).where(SegmentHeritage.segment_id == old.id)
    assert session.scalar(zones) >= session.scalar(whole) > 0
    assert recount(session) == []


def test_joined_stretches_carry_their_votes(
    session, plan, city, draft, change, publish, ruler, segment, cast, account
):
    taken = taken_codes(session, plan.id)
    content, (one, two) = acts.divide(draft.content, "P1-03", ruler, taken=taken)
    change(content, "split")
    publish()
    cast_on = {code: segment(code) for code in (one, two)}
    for each in cast_on.values():
        voter = cast("P1-01", 0)
        voter.segment_id = each.id
    session.flush()
    measure = session.get_one(Measure, cast_on[one].measure_id)
    again, _lost = drafts.begin_draft(session, plan=plan, measure=measure, account_id=account.id, now=NOW)
    merged, code = acts.merge(again.content, one, two, ruler)
    assert code == one
    drafts.keep(session, again, merged, act="merge", account_id=account.id, now=NOW)
    assert [(each.code, each.fate, each.heirs) for each in fates(session, again)] == [(two, "merged", (one,))]
    values = {"seen": again.step, "note": NOTE, "account_id": account.id, "now": NOW}
    done = publish_draft(session, plan=plan, city=city, draft=again, **values)
    assert (done.carried.votes, done.version) == (1, 3)
    votes = select(func.count()).where(Vote.segment_id == segment(one).id)
    assert session.scalar(votes) == 2
    assert recount(session) == []


def test_a_part_put_together_again_is_the_old_stretch(session, plan, draft, ruler):
    content, (one, two) = acts.divide(
        draft.content, "P1-03", ruler, taken=taken_codes(session, plan.id), share=0.3
    )
    merged, code = acts.merge(content, two, one, ruler)
    assert code == "P1-03"
    part = find_part(merged, "P1-03")
    assert part["origins"] == ["P1-03"]
    before = find_part(draft.content, "P1-03")["geometry"]["coordinates"]
    assert part["geometry"]["coordinates"][0] == before[0]
    assert part["geometry"]["coordinates"][-1] == before[-1]


def test_a_removed_stretch_is_kept_where_somebody_spoke(draft, change, publish, segment, cast):
    cast("P1-03", 2)
    change(acts.remove(acts.remove(draft.content, "P1-03"), "P1-04"), "remove")
    publish()
    assert segment("P1-03").retired_at == NOW
    assert segment("P1-04") is None


def test_a_moved_line_is_written_down_and_is_a_version(
    session, draft, change, publish, ruler, segment, measure
):
    geometry = copy.deepcopy(find_part(draft.content, "P1-03")["geometry"])
    geometry["coordinates"][0][0] += 0.0001
    change(acts.reshape(draft.content, "P1-03", geometry, ruler), "reshape")
    publish()
    (line,) = session.scalars(select(SegmentLineage))
    assert (line.kind, line.old_id) == ("moved", segment("P1-03").id)
    assert 5 < line.moved_m < 12
    old, new = (session.get_one(MeasureVersion, (measure.id, number)).snapshot for number in (1, 2))
    first = old["drawn"]["segments"]["P1-03"]["geometry"]["coordinates"][0]
    assert first[0] == pytest.approx(geometry["coordinates"][0][0] - 0.0001)
    assert new["drawn"]["segments"]["P1-03"]["geometry"]["coordinates"][0] == geometry["coordinates"][0]
    assert differences(old, new, "en")


def test_a_new_measure_is_public_as_its_first_version(session, plan, city, draft, account):
    fresh = drafts.begin_new(
        session, plan=plan, code="P9", package="P", kind="cycle_lane", account_id=account.id, now=NOW
    )
    content = copy.deepcopy(draft.content)
    content["measure"]["code"] = "P9"
    content["segments"] = [{**content["segments"][0], "code": "P9-01", "origins": []}]
    drafts.keep(session, fresh, content, act="words", account_id=account.id, now=NOW)
    done = publish_draft(
        session, plan=plan, city=city, draft=fresh, seen=fresh.step, note={}, account_id=account.id, now=NOW
    )
    assert (done.measure.code, done.version) == ("P9", 1)
    assert [part["code"] for part in document_of(session, done.measure)["segments"]] == ["P9-01"]


def test_what_others_published_meanwhile_must_be_seen_first(
    session, plan, city, draft, measure, change, publish
):
    change(reworded(draft))
    measure.version = 5
    session.flush()
    (blocker,) = publishing_blockers(session, plan=plan, city=city, draft=draft)
    assert blocker.code == "overtaken"
    follow_up(session, draft, now=NOW)
    assert publishing_blockers(session, plan=plan, city=city, draft=draft) == []


def test_an_older_version_comes_back_as_a_draft(
    session, plan, city, draft, change, publish, ruler, measure, segment, account, cast
):
    vote = cast("P1-03", 2)
    content, codes = acts.divide(reworded(draft), "P1-03", ruler, taken=taken_codes(session, plan.id))
    change(content, "split")
    publish()
    old, lost = drafts.begin_draft(
        session, plan=plan, measure=measure, account_id=account.id, now=NOW, version=1
    )
    assert lost == []
    assert old.content["measure"]["hours"]["en"] != "Every night"
    assert find_part(old.content, "P1-03")["origins"] == codes
    assert {each.fate for each in fates(session, old)} == {"merged"}
    done = publish_draft(
        session, plan=plan, city=city, draft=old, seen=old.step, note=NOTE, account_id=account.id, now=NOW
    )
    assert done.version == 3
    assert segment("P1-03").retired_at is None
    assert session.get_one(Vote, vote.id, populate_existing=True).segment_id == segment("P1-03").id
    assert [segment(code).retired_at for code in codes] == [NOW, NOW]


def test_what_touches_heritage_is_not_published_unscreened(session, plan, city, draft, change, screened):
    zone = select(func.ST_AsGeoJSON(func.ST_PointOnSurface(HeritageZone.geom))).where(
        HeritageZone.city_id == city.id, HeritageZone.kind == "buffer"
    )
    lon, lat = json.loads(session.scalars(zone.limit(1)).one())["coordinates"]
    line = {"type": "LineString", "coordinates": [[lon, lat], [lon + 0.0002, lat]]}
    content = reworded(draft)
    content["segments"].append({**content["segments"][0], "code": "P1-90", "geometry": line, "origins": []})
    change(content)
    assert publishing_blockers(session, plan=plan, city=city, draft=draft) == []
    for statement in screened:
        session.delete(statement)
    session.flush()
    (blocker,) = publishing_blockers(session, plan=plan, city=city, draft=draft)
    assert blocker.code == "screening"
