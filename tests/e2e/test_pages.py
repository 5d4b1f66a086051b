"""Every page, phone and desktop, light and dark: empty traps, nothing that axe finds, nothing too wide."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from mobility.settings import ROOT
from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import sign_in
from tests.e2e.traps import Traps

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async ([rules, mapToo]) => {
  const where = mapToo ? document : { exclude: [["[data-map]"]] };
  const { violations } = await axe.run(where, { runOnly: rules, resultTypes: ["violations"] });
  const onMap = (target) => document.querySelector(target[0])?.closest(".leaflet-map-pane");
  return violations.flatMap(({ id, nodes }) => nodes
    .filter(({ target }) => id !== "target-size" || !onMap(target))
    .map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`));
}"""
"""Signs on the map may touch: their places are essential, and the lists beside it hold the same links."""

PUBLIC = {
    "home": "/",
    "plan": PLAN,
    "comments": f"{PLAN}/comments",
    "comments side by side": f"{PLAN}/comments?view=columns",
    "results": f"{PLAN}/results",
    "agreement": f"{PLAN}/results?view=agreement",
    "version": PLAN + "/measures/{measure}/versions/1",
    "compare": PLAN + "/measures/{measure}/compare",
    "heritage": f"{PLAN}/heritage",
    "measure": PLAN + "/measures/{measure}",
    "segment": PLAN + "/segments/{segment}",
    "write": f"{PLAN}/comments/new",
    "comment": PLAN + "/comments/{comment}",
    "search": f"{PLAN}/search",
    "search words": f"{PLAN}/search?q=maqueda",
    "find receipt": "/receipts",
    "groups": f"{PLAN}/groups",
    "group": f"{PLAN}/groups/palermo-in-bici",
    "register a group": f"{PLAN}/groups/new",
    "about the plan": f"{PLAN}/about",
    "how the city moderates": f"{PLAN}/moderation",
    "sign in": "/sign-in",
    "help": "/help",
    "privacy": "/privacy",
    "accessibility": "/accessibility",
    "imprint": "/imprint",
    "exports": f"{PLAN}/exports/",
    "data dictionary": "/data-dictionary",
    "nothing there": "/nowhere",
}
DESK = {
    "account": "/account",
    "desk": f"{PLAN}/desk",
    "desk today": f"{PLAN}/desk/today",
    "desk checklist": f"{PLAN}/desk/checklist",
    "desk texts": f"{PLAN}/desk/texts?kind=measure",
    "desk text": f"{PLAN}/desk/texts/measure/P1",
    "desk details": f"{PLAN}/desk/details",
    "desk copy": f"{PLAN}/desk/copy",
    "plans": "/desk/plans",
    "new plan": "/desk/plans/new/palermo",
    "desk results": f"{PLAN}/desk/results",
    "desk phases": f"{PLAN}/desk/phases",
    "desk new phase": f"{PLAN}/desk/phases/new",
    "desk feedback": f"{PLAN}/desk/feedback",
    "desk comments": f"{PLAN}/desk/comments",
    "desk comment": PLAN + "/desk/comments/{comment}",
    "desk all comments": f"{PLAN}/desk/comments?state=all",
    "desk replies": f"{PLAN}/desk/replies",
    "desk appeals": f"{PLAN}/desk/appeals",
    "desk blocks": f"{PLAN}/desk/blocks",
    "desk anomalies": f"{PLAN}/desk/anomalies",
    "desk groups": f"{PLAN}/desk/groups",
    "delegates of a group": f"{PLAN}/groups/palermo-in-bici/manage",
    "desk words": f"{PLAN}/desk/words",
}


@pytest.fixture(scope="module")
def planner(browser: Browser, town: Town) -> dict[str, Any]:
    """The cookies of a planner who has signed in."""
    context = browser.new_context(base_url=town.origin)
    try:
        sign_in(context.new_page(), town, town.planner, then=f"{PLAN}/desk")
        return dict(context.storage_state())
    finally:
        context.close()


def go(page: Page, town: Town, address: str, traps: Traps) -> None:
    """Opens a page and waits for its map, if it has one."""
    if address == "/nowhere":
        traps.allow(r"status of 404")
    page.goto(address.format(measure=town.measure, segment=town.segment, comment=town.comment))
    if page.locator("[data-map]").count():
        expect(page.locator("[data-map].is-ready")).to_be_attached()
        page.wait_for_load_state("networkidle")


def findings(page: Page, *, map_too: bool = False) -> str:
    """What axe finds in light, and which contrasts it finds too weak in dark. Many pages share one map."""
    page.evaluate(AXE.read_text("utf-8"))
    found = []
    for scheme, rules in (
        ("light", {"type": "tag", "values": WCAG}),
        ("dark", {"type": "rule", "values": ["color-contrast"]}),
    ):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found += [f"{scheme}: {each}" for each in page.evaluate(RUN, [rules, map_too])]
    return "\n".join(found)


@pytest.mark.parametrize("screen", ["phone", "desktop"])
@pytest.mark.parametrize("name", PUBLIC)
def test_page_is_accessible(name: str, screen: str, visit: Visit, town: Town, traps: Traps) -> None:
    page = visit(screen)
    go(page, town, PUBLIC[name], traps)
    expect(page.locator("h1")).to_have_count(1)
    assert findings(page, map_too=name == "plan" and screen == "phone") == ""


@pytest.mark.parametrize("screen", ["phone", "desktop"])
@pytest.mark.parametrize("name", DESK)
def test_desk_is_accessible(
    name: str, screen: str, visit: Visit, planner: dict[str, Any], town: Town, traps: Traps
) -> None:
    page = visit(screen, storage_state=planner)
    go(page, town, DESK[name], traps)
    assert findings(page) == ""
