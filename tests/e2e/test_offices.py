"""Journeys of offices: a clerk answers one comment and several; a resident near a border is asked."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from mobility.accounts.demo import CLERK, CLERK_OFFICE, PASSWORD
from mobility.accounts.services import save_account
from mobility.answers.sampling import give_office
from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, SLUG, Town
from tests.e2e.steps import describe_comment, preview_comment, read_receipt, send_comment_from_list, sign_in

INBOX = f"{PLAN}/desk/inbox"
BORDER = (13.36495, 38.1157)
RULES = """
INSERT INTO competence (plan_id, office_id, topic_id, area, area_name, priority)
SELECT p.id, o.id, t.id,
  CASE WHEN v.west IS NULL THEN NULL ELSE ST_Multi(ST_MakeEnvelope(v.west, 38.0, v.east, 38.3, 4326)) END,
  jsonb_build_object('en', v.name, 'it', v.name), v.priority
FROM (VALUES ('mobilita-urbana', 'cycling', NULL::float, NULL::float, '', 9),
             ('centro-storico', 'deliveries', 13.0, 13.365, 'West', 9),
             ('verde-pubblico', 'deliveries', 13.365, 13.9, 'East', 9))
  AS v (office, topic, west, east, name, priority)
JOIN office o ON o.slug = v.office JOIN plan p ON p.slug = 'palermo-centro'
JOIN topic t ON t.plan_id = p.id AND t.slug = v.topic
"""


@pytest.fixture(scope="module")
def offices(e2e_database: str, town: Town) -> Town:
    """One office for cycling with a clerk; two that meet in the middle of the plan for deliveries."""
    engine = create_engine(e2e_database)
    with Session(engine) as session:
        session.execute(text(RULES))
        save_account(session, email=CLERK, name="Bea Lupo", password=PASSWORD, role="clerk")
        give_office(session, slug=SLUG, address=CLERK, office=CLERK_OFFICE)
        session.commit()
    engine.dispose()
    return town


@pytest.mark.parametrize(("size", "javascript"), [("phone", False), ("desktop", True)])
def test_a_clerk_answers_and_the_resident_reads_it(
    visit: Visit, offices: Town, size: str, javascript: bool
) -> None:
    resident = visit("phone")
    words = f"The cycle lane ends in a wall, seen from the {size}"
    code = send_comment_from_list(resident, words, place=f"segment:{offices.segment}")
    expect(resident.locator("#case")).to_contain_text("Urban mobility office")
    clerk = visit(size, javascript=javascript)
    sign_in(clerk, offices, CLERK, then=INBOX)
    clerk.goto(f"{INBOX}?q=wall+{size}")
    clerk.get_by_role("link", name="Open the comment").first.click()
    clerk.get_by_role("textbox", name="Answer", exact=True).fill("The wall goes in March.")
    clerk.get_by_role("button", name="Look at it before publishing").click()
    expect(clerk.locator(".answer")).to_contain_text("The wall goes in March.")
    clerk.get_by_role("button", name="Publish").click()
    expect(clerk.locator("main")).to_contain_text("The answer is public under 1 comment.")
    resident.goto(f"/receipts/{code}")
    expect(resident.locator(".answer")).to_contain_text("The wall goes in March.")


def test_one_answer_for_comments_that_say_the_same(visit: Visit, offices: Town) -> None:
    codes = [
        send_comment_from_list(
            visit("phone"), f"Bollards block the cargo bikes here{tail}", place=f"segment:{offices.segment}"
        )
        for tail in ("", " every day")
    ]
    clerk = visit("desktop")
    sign_in(clerk, offices, CLERK, then=INBOX)
    clerk.goto(f"{INBOX}?q=cargo+bikes")
    clerk.get_by_role("link", name="Open the comment").first.click()
    clerk.get_by_role("textbox", name="Answer", exact=True).fill("We move the bollards.")
    clerk.locator("label.cluster__item").filter(has_text="cargo bikes").first.click()
    clerk.get_by_label("Name of the group").fill("Bollards")
    clerk.get_by_role("button", name="Look at it before publishing").click()
    expect(clerk.locator("main")).to_contain_text("It answers 2 comments")
    clerk.get_by_role("button", name="Publish").click()
    expect(clerk.locator("main")).to_contain_text("under 2 comments")
    resident = visit("phone")
    for code in codes:
        resident.goto(f"/receipts/{code}")
        expect(resident.locator(".answer")).to_contain_text("We move the bollards.")


def test_near_a_border_a_resident_says_which_office_is_meant(visit: Visit, offices: Town) -> None:
    page = visit("phone", javascript=False)
    page.goto(f"{PLAN}/comments/new?lon={BORDER[0]}&lat={BORDER[1]}")
    describe_comment(page, "Vans stand here all morning", topic="deliveries")
    preview_comment(page, "Vans stand here all morning")
    expect(page.get_by_role("radio", name="I do not know")).to_be_checked()
    page.get_by_label("Parks and gardens office").check()
    page.get_by_role("button", name="Send").click()
    read_receipt(page)
    expect(page.locator("#case")).to_contain_text("Parks and gardens office")
    expect(page.locator("#case")).to_contain_text("chosen by the author")
