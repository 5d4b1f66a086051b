"""Rows as the trees of Open311: services, definitions, requests. No names, addresses or receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mobility.consultation.exact import place_words
from mobility.consultation.models import STANCES
from mobility.consultation.wording import stance_label
from mobility.ledger.wording import closing_label, state_label
from mobility.open311.queries import service_code
from mobility.plans.words import _
from mobility.text import pick

Tree = dict[str, Any]


def service_tree(row: Any, offices: Mapping[tuple[int, int | None], Any], language: str) -> Tree:
    """A topic of an open plan; its group is the office that answers it."""
    office = offices.get((row.plan_id, row.id)) or offices.get((row.plan_id, None)) or row.city_name
    plan = str(pick(row.plan_title, language))
    return {
        "service_code": service_code(row.plan_slug, row.slug),
        "service_name": pick(row.label, language),
        "description": _("A comment on: %(plan)s", plan=plan),
        "metadata": True,
        "type": "batch" if row.pre else "realtime",
        "keywords": ", ".join((str(pick(row.label, language)), plan)),
        "group": pick(office, language),
    }


def definition_tree(row: Any, measures: Sequence[Any], language: str) -> Tree:
    """What a report about this service says besides its words and place."""
    stances = [{"key": each, "name": stance_label(each)} for each in STANCES]
    known = [{"key": each.code, "name": f"{each.code} · {pick(each.title, language)}"} for each in measures]
    return {
        "service_code": service_code(row.plan_slug, row.slug),
        "attributes": [
            attribute(1, "stance", _("Are you for it, against it, is it an idea or a question?"), stances,
                      required=True),
            attribute(2, "measure", _("Which measure, when no place is sent?"), known, required=False),
        ],
    }  # fmt: skip


def attribute(order: int, code: str, label: str, values: list[Tree], *, required: bool) -> Tree:
    return {
        "variable": True,
        "code": code,
        "datatype": "singlevaluelist",
        "required": required,
        "datatype_description": "",
        "order": order,
        "description": label,
        "values": values,
    }


def request_tree(row: Any, language: str) -> Tree:
    """A public comment with where it stands; of hidden, withdrawn and erased ones not the words."""
    public = row.status == "published" and row.erased_at is None
    closed = row.state in ("answered", "closed")
    return {
        "service_request_id": str(row.id),
        "status": "closed" if closed else "open",
        "status_notes": status_notes(row),
        "service_name": pick(row.topic_label, language),
        "service_code": service_code(row.plan_slug, row.topic_slug),
        "description": row.text if public else "",
        "agency_responsible": pick(row.office_name, language) or None,
        "service_notice": None,
        "requested_datetime": moment(row.created_at),
        "updated_datetime": moment(row.updated_at),
        "expected_datetime": moment(row.due_at) if not closed else None,
        "address": place_words(row.place, language),
        "address_id": f"segment:{row.segment_code}" if row.segment_code else None,
        "zipcode": None,
        "lat": row.lat if public else None,
        "long": row.long if public else None,
        "media_url": None,
    }


def status_notes(row: Any) -> str:
    """The answer, or in words where it stands."""
    if row.state == "answered":
        return str(row.answer_text)
    if row.state == "closed":
        return _("Closed without an answer: %(why)s.", why=closing_label(row.closing))
    return state_label(row.state)


def moment(at: datetime | None) -> str | None:
    """As the W3C note has it, in UTC, to the second."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
