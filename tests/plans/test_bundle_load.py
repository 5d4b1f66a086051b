"""Loading a bundle: once, again, changed."""

import copy
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from mobility.errors import Conflict
from mobility.plans.bundles import load_bundle, read_bundle
from tests.factories.bundles import feature, segment, square

NOW = datetime(2026, 4, 20, 10, tzinfo=UTC)
NAME = {"it": "Nome", "en": "Name"}
SHARES = "SELECT code, share FROM segment_heritage JOIN segment ON id = segment_id"


def load(session, files, **options):
    return load_bundle(session, read_bundle(files.write()), now=options.pop("now", NOW), **options)


def rows(session, sql, **values):
    plan = "(SELECT id FROM plan WHERE slug = 'testville-centre')"
    found = session.execute(text(sql.replace(":plan", plan)), values).mappings()
    return [dict(row) for row in found]


def snapshot(session):
    """Every row a bundle writes, ids included."""
    tables = ("city", "office", "stakeholder_group", "context_feature", "heritage_place", "heritage_zone")
    tables += (
        "plan",
        "plan_group",
        "phase",
        "topic",
        "measure_package",
        "measure",
        "segment",
        "segment_heritage",
    )
    return {name: rows(session, f"SELECT t.* FROM {name} t ORDER BY t") for name in tables}


def test_a_first_load_writes_everything(session, files):
    report = load(session, files)
    assert report.changed
    assert report.revision == 1
    assert report.changes.of("segment").created == 4
    plan = rows(session, "SELECT *, ST_GeometryType(boundary) AS kind FROM plan WHERE id = :plan")[0]
    assert plan["title"] == {"it": "Centro", "en": "Centre"}
    assert plan["kind"] == "ST_MultiPolygon"
    assert [
        row["slug"] for row in rows(session, "SELECT slug FROM topic WHERE plan_id = :plan ORDER BY position")
    ] == [
        "walking",
        "noise",
    ]
    groups = (
        "SELECT g.slug FROM plan_group p JOIN stakeholder_group g ON g.id = p.group_id WHERE plan_id = :plan"
    )
    assert rows(session, groups) == [{"slug": "residents"}]


def test_segments_are_measured_in_metres(session, files):
    load(session, files)
    found = rows(session, "SELECT * FROM segment WHERE plan_id = :plan ORDER BY position")
    straight, east, area, bay = found
    assert straight["length_m"] == pytest.approx(222, abs=1)
    assert straight["bearing_deg"] == pytest.approx(0, abs=2)
    assert east["bearing_deg"] == pytest.approx(90, abs=2)
    assert area["area_m2"] == pytest.approx(9731, abs=10)
    assert area["bearing_deg"] is None
    assert (bay["length_m"], bay["area_m2"]) == (None, None)


def test_lengths_agree_with_the_database(session, files):
    load(session, files)
    sql = """SELECT length_m, ST_Length(ST_Transform(geom, 32633)) AS metres FROM segment
             WHERE plan_id = :plan AND ST_Dimension(geom) = 1"""
    assert all(row["length_m"] == pytest.approx(row["metres"], abs=0.01) for row in rows(session, sql))


def test_the_share_in_heritage_zones_agrees_with_the_database(session, files):
    load(session, files)
    sql = """SELECT s.code, h.length_m, h.area_m2, h.share,
               ST_Length(ST_Intersection(ST_Transform(s.geom, 32633), ST_Transform(z.geom, 32633))) AS metres
             FROM segment_heritage h JOIN segment s ON s.id = h.segment_id
             JOIN heritage_zone z ON z.id = h.zone_id WHERE s.plan_id = :plan ORDER BY s.code"""
    inside = {row["code"]: row for row in rows(session, sql)}
    assert set(inside) == {"P1-02", "P2-02"}
    assert inside["P1-02"]["length_m"] == pytest.approx(inside["P1-02"]["metres"], abs=0.01)
    assert inside["P1-02"]["share"] == pytest.approx(0.75, abs=0.001)
    assert inside["P2-02"]["share"] == 1


def test_loading_again_changes_nothing(session, files):
    load(session, files)
    before = snapshot(session)
    report = load(session, files)
    assert not report.changed
    assert report.revision == 1
    assert snapshot(session) == before


def test_a_change_updates_one_row_and_the_revision(session, files):
    load(session, files)
    files.measures["measure"][0]["title"]["en"] = "Another title"
    report = load(session, files)
    assert report.revision == 2
    assert {name for name, change in report.changes.by_table.items() if change} == {
        "measure",
        "measure_version",
    }
    found = rows(session, "SELECT code, version, title FROM measure WHERE plan_id = :plan ORDER BY code")
    assert [(row["code"], row["version"]) for row in found] == [("P1", 2), ("P2", 1)]
    assert found[0]["title"]["en"] == "Another title"


def test_a_moved_zone_changes_the_shares(session, files):
    load(session, files)
    files.features("heritage_zones")[0]["geometry"] = square(13.3595, 38.11, 13.364, 38.116)
    report = load(session, files)
    assert report.revision == 2
    assert str(report.changes.of("segment_heritage")) == "1 new, 1 changed, 0 removed"
    found = rows(session, f"{SHARES} WHERE plan_id = :plan")
    assert {row["code"]: row["share"] for row in found} == {
        "P1-01": 1.0,
        "P1-02": 1.0,
        "P2-02": 1.0,
    }


def test_what_nobody_spoke_about_is_removed(session, files):
    files.features("segments").append(segment("P2-03", square(13.367, 38.114, 13.368, 38.115)))
    files.features("context").append(
        feature("park", square(13.36, 38.11, 13.37, 38.12), kind="green", name=NAME)
    )
    files.city["topic"].append({"slug": "other", "label": NAME})
    load(session, files)
    files.features("segments").pop()
    files.features("context").pop()
    files.city["topic"].pop()
    files.layers["heritage_zones"]["features"] = []
    files.layers["heritage_places"]["features"] = []
    report = load(session, files)
    removed = {name for name, change in report.changes.by_table.items() if change.removed}
    assert removed == {"segment", "context_feature", "topic", "heritage_zone", "heritage_place"}
    assert (
        rows(
            session, "SELECT * FROM segment_heritage h JOIN segment ON id = segment_id WHERE plan_id = :plan"
        )
        == []
    )
    assert not load(session, files).changed


def test_a_removed_measure_goes_with_its_segments_and_package(session, files):
    files.city["package"].append({"code": "Q", "title": NAME, "summary": NAME})
    files.measures["measure"][1]["package"] = "Q"
    load(session, files)
    del files.measures["measure"][1], files.city["package"][1]
    del files.features("segments")[2:]
    report = load(session, files)
    assert {name: change.removed for name, change in report.changes.by_table.items() if change.removed} == {
        "segment": 2,
        "measure": 1,
        "measure_package": 1,
    }


def test_two_plans_of_one_city_stay_apart(session, files):
    load(session, files)
    other = copy.deepcopy(files)
    other.city["plan"]["slug"] = "testville-port"
    other.features("boundary")[0]["properties"]["code"] = "testville-port"
    load(session, other)
    count = "SELECT p.slug, count(*) AS n FROM segment s JOIN plan p ON p.id = s.plan_id GROUP BY p.slug"
    assert {row["slug"]: row["n"] for row in rows(session, count)}.items() >= {
        "testville-centre": 4,
        "testville-port": 4,
    }.items()


def test_a_plan_belongs_to_one_city(session, files):
    load(session, files)
    files.city["city"]["slug"] = "elsewhere"
    with pytest.raises(Conflict, match="testville-centre"):
        load(session, files)


def phases(session):
    found = rows(
        session, "SELECT slug, opens_at, closes_at FROM phase WHERE plan_id = :plan ORDER BY opens_at"
    )
    return {row["slug"]: (row["opens_at"], row["closes_at"]) for row in found}


def test_phases_are_in_local_time(session, files):
    load(session, files)
    assert phases(session) == {
        "ideas": (datetime(2026, 3, 1, 7, tzinfo=UTC), datetime(2026, 4, 1, 6, tzinfo=UTC)),
        "voting": (datetime(2026, 4, 1, 6, tzinfo=UTC), datetime(2026, 6, 1, 6, tzinfo=UTC)),
    }


def test_phases_may_move_over_each_other(session, files):
    load(session, files)
    first, second = files.city["phase"]
    first["opens_at"], first["closes_at"] = second["opens_at"], second["closes_at"]
    second["opens_at"] = second["closes_at"]
    second["closes_at"] = second["closes_at"].replace(month=8)
    assert load(session, files).changes.of("phase").updated == 2
    assert phases(session)["ideas"][0] == datetime(2026, 4, 1, 6, tzinfo=UTC)


def test_an_unused_phase_may_be_renamed(session, files):
    load(session, files)
    files.city["phase"][0]["slug"] = "listening"
    load(session, files)
    assert list(phases(session)) == ["listening", "voting"]


@pytest.mark.parametrize("now", [datetime(2027, 2, 3, 9, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)])
def test_open_now_shifts_all_phases_by_whole_days(session, files, now):
    load(session, files)
    before = phases(session)
    report = load(session, files, open_now=True, now=now)
    after = phases(session)
    opens, closes = after["voting"]
    assert opens <= now < closes
    assert report.shift_days == round((opens - before["voting"][0]).total_seconds() / 86400)
    assert after["ideas"][1] == opens
    assert not load(session, files, open_now=True, now=now).changed


def test_open_now_leaves_an_open_phase_alone(session, files):
    load(session, files)
    report = load(session, files, open_now=True)
    assert (report.shift_days, report.changed) == (0, False)


def test_a_short_phase_is_opened_too(session, files):
    phase = files.city["phase"][1]
    phase["closes_at"] = phase["opens_at"].replace(day=2)
    now = datetime(2026, 9, 1, 21, tzinfo=UTC)
    load(session, files, open_now=True, now=now)
    opens, closes = phases(session)["voting"]
    assert opens <= now < closes


def test_the_report_reads_well(session, files):
    first = str(load(session, files))
    assert first.startswith("testville-centre: loaded, revision 1\n")
    assert "  segment: 4 new, 0 changed, 0 removed" in first
    assert str(load(session, files)) == "testville-centre: nothing changed, revision 1"
