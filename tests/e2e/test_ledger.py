"""What became of a comment, read on a phone without script; the planner's page that ends a consultation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import expect

from mobility.accounts.demo import PLANNER
from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import open_map, sign_in
from tests.e2e.traps import Traps

DESK = f"{PLAN}/desk/conclusion"
ANSWERED = """
WITH o AS (SELECT id FROM office ORDER BY id LIMIT 1), a AS (
  INSERT INTO answer (plan_id, office_id, state, language, text, published_at)
  SELECT c.plan_id, o.id, 'published', 'en', 'Twelve marzipan benches come in spring.', now()
  FROM comment c, o WHERE c.id = %(comment)s RETURNING id, plan_id, office_id),
 k AS (INSERT INTO comment_case (comment_id, plan_id, office_id, state, answer_id, received_at, answered_at)
  SELECT %(comment)s, plan_id, office_id, 'answered', id, now(), now() FROM a
  ON CONFLICT (comment_id) DO UPDATE SET state = 'answered', closing = NULL,
    answer_id = excluded.answer_id, answered_at = now())
INSERT INTO answer_comment SELECT id, %(comment)s FROM a
"""


@pytest.fixture
def answered(town: Town, e2e_database: str) -> Iterator[int]:
    """A comment that has its answer."""
    with psycopg.connect(e2e_database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(ANSWERED, {"comment": town.comment})
        yield town.comment


@pytest.mark.parametrize("javascript", [True, False])
def test_a_resident_reads_what_became_of_a_comment(visit: Visit, answered: int, javascript: bool) -> None:
    page = visit("phone", javascript=javascript)
    if javascript:
        open_map(page)
        page.get_by_role("navigation", name="Parts of the plan").get_by_role("link", name="Answers").click()
    else:
        page.goto(f"{PLAN}/answers")
    expect(page.get_by_role("heading", name="You said, we did")).to_be_visible()
    expect(page.get_by_text(re.compile("need an answer have one|has one"))).to_be_visible()
    page.locator("summary").filter(has_text="Filter the answers").click()
    page.get_by_label("Status").select_option("answered")
    page.get_by_role("button", name="Filter", exact=True).click()
    line = page.locator(f"#comment-{answered}")
    expect(line).to_contain_text("Twelve marzipan benches come in spring.")
    line.locator("h3 a").click()
    expect(page.get_by_text("Answered on").first).to_be_visible()


def test_a_planner_decides_and_sees_what_is_missing(visit: Visit, town: Town, traps: Traps) -> None:
    traps.allow("status of 422")
    page = visit("desktop")
    sign_in(page, town, PLANNER, then=DESK)
    expect(page.get_by_role("heading", name="What is missing")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("comments have no answer"))).to_be_visible()
    expect(page.get_by_role("button", name="Conclude now")).to_have_count(0)
    page.get_by_role("link", name=f"Decide {town.measure}", exact=True).click()
    page.locator("label.choice--changed").click()
    page.get_by_label("Why, in English").fill("You asked for benches.")
    page.get_by_role("button", name="Keep the outcome").click()
    expect(page.get_by_text("Say why, in every language of the plan.").first).to_be_visible()
    page.get_by_label("Why, in Italian").fill("Avete chiesto panchine.")
    page.get_by_role("button", name="Keep the outcome").click()
    expect(page.get_by_text(f"The outcome of {town.measure} is kept and public.")).to_be_visible()
    page.goto(f"{PLAN}/answers/measures")
    expect(page.locator(f"#measure-{town.measure}")).to_contain_text("You asked for benches.")
