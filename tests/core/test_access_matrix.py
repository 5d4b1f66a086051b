"""Every address with every kind of person, against the table in `access_table.py`."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mobility.accounts.models import (
    EMAIL,
    Account,
    Delegation,
    Participant,
    ParticipantToken,
    StaffRole,
    StakeholderGroup,
)
from mobility.accounts.permissions import PLAN_ROLES, STAFF_ROLES, may
from mobility.accounts.services import token_hash
from mobility.consultation.models import Comment, Phase, Topic
from mobility.extensions import db
from mobility.plans.models import Plan
from tests.consultation.browser import forget_request
from tests.core.access_table import (
    DELEGATE,
    EXPECTED,
    GROUP,
    OWN,
    OWN_GUARD,
    PUBLIC,
    SECRET,
    SIGNED_IN,
    SPECIAL,
    VALUES,
)

ANONYMOUS, PARTICIPANT, MEMBER, FOR_GROUP = "anonymous", "participant with e-mail", "member", "delegate"
HERE = {f"{role} here": role for role in PLAN_ROLES}
ELSEWHERE = {f"{role} elsewhere": role for role in PLAN_ROLES}
PEOPLE = [ANONYMOUS, PARTICIPANT, MEMBER, FOR_GROUP, *HERE, *ELSEWHERE, "administrator"]
TOKEN = "a-token-of-the-access-test"
LET_IN, SIGN_IN, REFUSED = "let in", "asked to sign in", "refused"


@dataclass(frozen=True)
class Town:
    """The rows that addresses name, and the plan in which some people have their roles."""

    plan: Plan
    other: Plan
    comment: Comment
    group: StakeholderGroup


@pytest.fixture
def town(session: Session) -> Town:
    plan = session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()
    columns = {column.key: getattr(plan, column.key) for column in Plan.__mapper__.column_attrs}
    other = Plan(**{**columns, "id": None, "slug": "another-plan"})
    group = session.scalars(select(StakeholderGroup).where(StakeholderGroup.slug == VALUES["group"])).one()
    phase = session.scalars(select(Phase).where(Phase.plan_id == plan.id)).first()
    topic = session.scalars(select(Topic).where(Topic.plan_id == plan.id)).first()
    assert phase
    assert topic
    comment = Comment(
        plan_id=plan.id,
        phase_id=phase.id,
        topic_id=topic.id,
        stance="for",
        text="A bench here, please.",
        geom="SRID=4326;POINT(13.3615 38.1157)",
        place={"it": "Quattro Canti", "en": "Quattro Canti"},
        language="en",
        receipt="ACCESSTESTXX",
        idempotency_key=uuid.uuid4(),
    )
    session.add_all([other, comment])
    session.flush()
    return Town(plan, other, comment, group)


def account_of(session: Session, who: str, town: Town) -> Account | None:
    """The account of this kind of person, None for visitors."""
    if who in (ANONYMOUS, PARTICIPANT):
        return None
    role = "administrator" if who == "administrator" else "member"
    account = Account(email="access@example.org", name="Access", password_hash="none", role=role)
    session.add(account)
    session.flush()
    if who == FOR_GROUP:
        session.add(Delegation(group_id=town.group.id, account_id=account.id))
    for roles, plan in ((HERE, town.plan), (ELSEWHERE, town.other)):
        if who in roles:
            session.add(StaffRole(account_id=account.id, plan_id=plan.id, role=roles[who]))
    session.commit()
    return account


def expected(endpoint: str, who: str, in_plan: bool) -> set[str]:
    """What the table says should happen to this person at this address."""
    rule = EXPECTED[endpoint]
    visitor = who in (ANONYMOUS, PARTICIPANT)
    roles = {name for name in STAFF_ROLES if who in (name, f"{name} here")}
    if not in_plan and who in ELSEWHERE:
        roles = {ELSEWHERE[who]}
    if rule == SIGNED_IN:
        return {SIGN_IN} if visitor else {LET_IN}
    if rule == DELEGATE:
        allowed = who == FOR_GROUP or may(roles, "recognise_groups")
    elif rule == GROUP:
        allowed = who == FOR_GROUP
    elif rule == OWN:
        return {LET_IN, REFUSED, SIGN_IN}
    elif rule in (PUBLIC, SECRET):
        return {LET_IN}
    else:
        allowed = may(roles, rule)
    if allowed:
        return {LET_IN}
    return {SIGN_IN, REFUSED} if visitor else {REFUSED}


def outcome(answer: TestResponse) -> str:
    if answer.status_code >= 500:
        return f"crashed with {answer.status_code}"
    if answer.status_code in (401, 403):
        return REFUSED
    if 300 <= answer.status_code < 400 and urlsplit(answer.headers["Location"]).path == "/sign-in":
        return SIGN_IN
    return LET_IN


def walks(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint not in OWN_GUARD
    ]


def address(app: Flask, rule: Rule, numbers: dict[str, object]) -> str:
    values = {**VALUES, **numbers, **SPECIAL.get(rule.endpoint, {})}
    given = {name: values[name] for name in rule.arguments}
    built = rule.build(given, append_unknown=False)
    assert built
    return built[1]


@pytest.fixture
def open_forms(app: Flask) -> Iterator[None]:
    """Forms without their secret: access must not hang on it."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


Ask = Callable[[Rule, str], TestResponse]


def asking(app: Flask, town: Town, account: Account | None, who: str) -> Ask:
    """Each question is asked by a browser of its own; what it changed is taken back."""
    numbers: dict[str, object] = {
        argument: 1
        for rule in app.url_map.iter_rules()
        for argument in rule.arguments
        if argument not in VALUES
    }
    numbers |= {"comment_id": town.comment.id, "account_id": account.id if account else 1}
    identity, connection = account.get_id() if account else None, db.session.connection()

    def ask(rule: Rule, method: str) -> TestResponse:
        before = connection.begin_nested()
        client = app.test_client()
        if identity:
            with client.session_transaction() as kept:
                kept["_user_id"], kept["_fresh"] = identity, True
                kept["proved"] = [int(time.time()), "password"]
        elif who == PARTICIPANT:
            client.set_cookie("participant", TOKEN)
        special = {"code": town.comment.receipt} if rule.rule.startswith("/receipts/") else {}
        forget_request()
        try:
            return client.open(address(app, rule, numbers | special), method=method)
        finally:
            db.session.rollback()
            db.session.expire_all()
            before.rollback()

    return ask


def test_every_address_is_in_the_table(app: Flask) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert known - EXPECTED.keys() - OWN_GUARD == set(), "write a line for them in tests/core/access_table.py"
    assert (EXPECTED.keys() | OWN_GUARD) - known == set(), "these addresses are gone"


@pytest.mark.parametrize("who", PEOPLE)
def test_who_reaches_what(app: Flask, session: Session, town: Town, open_forms: None, who: str) -> None:
    account = account_of(session, who, town)
    if who == PARTICIPANT:
        person = Participant(identity_level=EMAIL, email="participant@example.org")
        session.add(person)
        session.flush()
        session.add(ParticipantToken(token_hash=token_hash(TOKEN), participant_id=person.id))
        session.commit()
    ask = asking(app, town, account, who)
    wrong = []
    for rule, method in walks(app):
        if rule.endpoint in EXPECTED:
            got, wanted = (
                outcome(ask(rule, method)),
                expected(rule.endpoint, who, "slug" in rule.arguments),
            )
            if got not in wanted:
                wrong.append(
                    f"{method} {rule.rule} ({rule.endpoint}): {got}, not {' or '.join(sorted(wanted))}"
                )
    assert not wrong, "\n".join(["", *wrong])
