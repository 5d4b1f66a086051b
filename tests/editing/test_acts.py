"""Acts on the segments of a draft: nothing of a line is lost, codes are never used twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mobility.editing import acts, shaping
from mobility.editing.document import descents, find_part, next_codes
from mobility.errors import Invalid, NotFound
from mobility.spatial.crs import metric

RULER = metric(32633)
LINE = [[13.36, 38.11], [13.361, 38.111], [13.363, 38.1115]]


def document(*lines: list[list[float]]) -> dict:
    """A draft of P1 with these lines as its published segments."""
    parts = [
        {"code": f"P1-{n:02d}", "street": "Via Roma", "span": {"en": "", "it": ""}, "side": "left"}
        | {"direction": "forward", "source": "survey", "accuracy_m": 5.0, "origins": [f"P1-{n:02d}"]}
        | {"geometry": {"type": "LineString", "coordinates": line}}
        for n, line in enumerate(lines, 1)
    ]
    return {"measure": {"code": "P1"}, "segments": parts}


def length(part: dict) -> float:
    return RULER.length(shaping.line_of(part["geometry"]))


@hypothesis_settings(max_examples=60, deadline=None)
@given(share=st.floats(0.02, 0.98))
def test_divided_and_joined_a_line_is_as_long_as_before(share: float) -> None:
    before = document(LINE)
    divided, codes = acts.divide(before, "P1-01", RULER, taken=["P1-01", "P1-07"], share=share)
    assert codes == ["P1-08", "P1-09"]
    whole = length(before["segments"][0])
    one, two = (find_part(divided, code) for code in codes)
    assert length(one) + length(two) == pytest.approx(whole, abs=0.05)
    assert one["geometry"]["coordinates"][-1] == two["geometry"]["coordinates"][0]
    assert [each.fate for each in descents(["P1-01"], divided["segments"])] == ["split"]
    joined, code = acts.merge(divided, codes[1], codes[0], RULER)
    assert code == "P1-01"
    assert length(find_part(joined, code)) == pytest.approx(whole, abs=0.05)
    assert [each.fate for each in descents(["P1-01"], joined["segments"])] == ["kept"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_line_drawn_the_other_way_keeps_its_side_on_the_ground(turned: bool) -> None:
    first, second = LINE[:2], LINE[1:]
    draft = document(first, second[::-1] if turned else second)
    if turned:
        draft["segments"][1] |= {"side": "right", "direction": "backward"}
    joined, code = acts.merge(draft, "P1-01", "P1-02", RULER)
    part = find_part(joined, code)
    assert (part["side"], part["direction"]) == ("left", "forward")
    assert part["geometry"]["coordinates"] == LINE
    assert [each.fate for each in descents(["P1-01", "P1-02"], joined["segments"])] == ["kept", "merged"]


def test_what_does_not_fit_is_not_joined() -> None:
    far = [[13.38, 38.12], [13.381, 38.12]]
    for change, other in (({}, far), ({"street": "Via Maqueda"}, LINE[1:]), ({"side": "both"}, LINE[1:])):
        draft = document(LINE[:2], other)
        draft["segments"][1] |= change
        with pytest.raises(Invalid):
            acts.merge(draft, "P1-01", "P1-02", RULER)
    with pytest.raises(NotFound):
        acts.merge(document(LINE), "P1-01", "P1-09", RULER)


def test_a_side_is_where_one_clicks_along_the_line() -> None:
    draft = document([[13.36, 38.11], [13.37, 38.11]])
    north, south, on = (
        acts.take_side(draft, "P1-01", (13.365, lat), RULER) for lat in (38.111, 38.109, 38.11)
    )
    assert [find_part(each, "P1-01")["side"] for each in (north, south)] == ["left", "right"]
    assert find_part(on, "P1-01")["side"] in ("both", "left", "right")


@pytest.mark.parametrize("place", [(13.36, 38.11), (13.35, 38.1), (float("nan"), 38.11)])
def test_a_line_is_not_divided_at_its_end(place: tuple[float, float]) -> None:
    with pytest.raises(Invalid):
        acts.divide(document(LINE), "P1-01", RULER, taken=[], place=place)


def test_directions_go_round_and_documents_are_never_changed_in_place() -> None:
    draft = document(LINE)
    ways = []
    for _ in range(3):
        draft = acts.turn(draft, "P1-01")
        ways.append(find_part(draft, "P1-01")["direction"])
    assert ways == ["backward", "both", "forward"]
    before = document(LINE)
    acts.remove(before, "P1-01")
    acts.reshape(before, "P1-01", {"type": "LineString", "coordinates": LINE[:2]}, RULER)
    assert before == document(LINE)


def test_codes_that_were_ever_used_are_not_free() -> None:
    assert next_codes("P1", ["P1-03", "P1-99", "P10-200"], 2) == ["P1-100", "P1-101"]
