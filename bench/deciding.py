"""Two hundred decisions of a moderator: together in one statement, against one after the other."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime

from sqlalchemy import select

from bench.reports import Report
from bench.scratch import PLAN, application, fill, scratch
from mobility.accounts.services import save_account
from mobility.consultation.models import Comment
from mobility.db import unit_of_work
from mobility.moderation.decisions import decide
from mobility.plans.models import Plan

ITEMS, ROUNDS = 200, 5
SECONDS, RATIO = 2.0, 5.0


def hide(plan_id: int, account_id: int, groups: list[list[int]]) -> float:
    """Seconds to hide each group of comments in a transaction of its own."""
    begun = time.perf_counter()
    for ids in groups:
        with unit_of_work() as session:
            decide(
                session, plan_id=plan_id, ids=ids, action="hide", account_id=account_id,
                reason="spam", note="Please write about the plan.", now=datetime.now(UTC),
            )  # fmt: skip
    return time.perf_counter() - begun


def restore(plan_id: int, account_id: int, ids: list[int]) -> None:
    with unit_of_work() as session:
        decide(
            session, plan_id=plan_id, ids=ids, action="restore", account_id=account_id, now=datetime.now(UTC)
        )


def measure() -> list[tuple[float, float]]:
    """Seconds of both sides, round by round; who goes first changes each time."""
    found = []
    with unit_of_work() as session:
        account = save_account(
            session, email="bench@example.org", name="Bench", password="benchmark-password"
        )
        account_id = account.id
        plan_id = session.scalars(select(Plan.id).where(Plan.slug == PLAN)).one()
        ids = list(session.scalars(select(Comment.id).where(Comment.status == "published").limit(ITEMS)))
    sides = {"together": [ids], "apart": [[key] for key in ids]}
    for number in range(ROUNDS + 1):
        seconds = {}
        for name in ("together", "apart") if number % 2 else ("apart", "together"):
            seconds[name] = hide(plan_id, account_id, sides[name])
            restore(plan_id, account_id, ids)
        if number:
            found.append((seconds["together"], seconds["apart"]))
    return found


def run() -> list[Report]:
    with scratch("deciding") as url:
        fill(url, comments=3_000)
        with application(url):
            rounds = measure()
    ratio = statistics.median(apart / together for together, apart in rounds)
    slowest = max(together for together, _apart in rounds)
    return [
        Report(
            "deciding",
            "Deciding on 200 comments",
            f"Hiding {ITEMS} comments takes less than {SECONDS:.0f} s, with history, record and notice.",
            ("round", "together, ms", "one by one, ms", "ratio"),
            [
                (str(number), f"{1000 * ours:.0f}", f"{1000 * theirs:.0f}", f"{theirs / ours:.1f}")
                for number, (ours, theirs) in enumerate(rounds, 1)
            ],
            f"slowest {slowest:.2f} s, median ratio {ratio:.1f}, wanted at least {RATIO:.0f}",
            slowest < SECONDS and ratio >= RATIO,
            ["Among 3,000 comments. One by one means the same function, one comment a transaction."],
        )
    ]
