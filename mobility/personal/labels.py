"""What the sections, fields and codes of one's personal data are called on the page."""

from __future__ import annotations

from mobility.answers.models import CLOSINGS
from mobility.answers.words import closing_label
from mobility.answers.words import state_label as case_label
from mobility.consultation.models import CHANNELS, STANCES
from mobility.consultation.wording import channel_label, stance_label
from mobility.plans.words import _


def section_labels() -> dict[str, str]:
    """Section of the data → its title."""
    return {
        "comments": _("Comments"),
        "cases": _("Where your comments are with the offices"),
        "votes": _("Votes"),
        "earlier_votes": _("Votes changed or withdrawn"),
        "browsers": _("Browsers that speak for you"),
        "messages": _("Messages sent to you"),
        "replies": _("Replies"),
        "endorsements": _("Comments you agreed with"),
        "reports": _("Reports of abuse you made"),
        "appeals": _("Appeals"),
        "follows": _("What you follow"),
        "photos": _("Photos"),
        "invitations": _("Invitation codes you used"),
        "sign_ins": _("Confirmations and sign-ins"),
        "notices": _("Notices of what you follow"),
        "blocks": _("When the city blocked you"),
    }


def field_labels() -> dict[str, str]:
    """Field of the data → its name; a field that is not here is shown as it is called in the file."""
    return {
        "plan": _("Plan"),
        "created_at": _("Made on"),
        "edited_at": _("Changed by you on"),
        "cast_at": _("First cast on"),
        "changed_at": _("Last changed on"),
        "ended_at": _("Ended on"),
        "at": _("When"),
        "since": _("Since"),
        "until": _("Until"),
        "used_at": _("Used on"),
        "decided_at": _("Decided on"),
        "stopped_at": _("Stopped on"),
        "label": _("Label"),
        "reply": _("Reply number"),
        "width": _("Width"),
        "height": _("Height"),
        "ending": _("How it ended"),
        "expires_at": _("Valid until"),
        "sent_at": _("Sent on"),
        "status": _("State"),
        "state": _("State"),
        "stance": _("Stance"),
        "topic": _("Topic"),
        "text": _("Text"),
        "alt": _("Description"),
        "note": _("Note"),
        "reason": _("Reason"),
        "condition": _("Condition"),
        "language": _("Language"),
        "scope": _("About"),
        "place": _("Place"),
        "geometry": _("Coordinates"),
        "segment": _("Stretch"),
        "measure": _("Measure"),
        "measure_version": _("Version of the measure"),
        "perceived_effect": _("Effect you expect"),
        "heritage_place": _("Monument"),
        "relation": _("Who you are here"),
        "channel": _("Channel"),
        "receipt": _("Receipt"),
        "hidden_reason": _("Why it is hidden"),
        "hidden_note": _("Note of the city"),
        "for_group": _("Cast for the group"),
        "position": _("Position"),
        "identity_level": _("Level of identity"),
        "set_aside": _("Set aside, not counted"),
        "subject": _("Subject line"),
        "side": _("Side"),
        "comment": _("Comment number"),
        "kind": _("Kind"),
        "outcome": _("Outcome"),
        "frequency": _("How often"),
        "place_shown_roughly": _("Place shown to others roughly only"),
        "office": _("Office"),
        "closing": _("How it was closed"),
        "received_at": _("Received on"),
        "due_at": _("Answer due by"),
        "answered_at": _("Answered on"),
        "published_at": _("Published on"),
        "reopened_at": _("Opened again on"),
        "asked_again": _("What you asked again"),
        "answers": _("Answers"),
    }


def status_label(status: str) -> str:
    """The state of a comment or reply for its author."""
    return _statuses().get(status, status)


def _statuses() -> dict[str, str]:
    return {
        "published": _("Everybody can read it"),
        "pending": _("Waiting to be read by the city"),
        "hidden": _("Hidden"),
        "withdrawn": _("Withdrawn"),
    }


def value_labels() -> dict[str, dict[str, str]]:
    """Field of the data → its codes in words; a code that is not here is shown as it is."""
    return {
        "status": _statuses(),
        "state": {name: case_label(name) for name in ("received", "in_progress", "answered", "closed")},
        "closing": {name: closing_label(name) for name in CLOSINGS},
        "stance": {name: stance_label(name) for name in STANCES},
        "channel": {name: channel_label(name) for name in CHANNELS if channel_label(name)},
        "side": {"for": _("For"), "against": _("Against")},
        "perceived_effect": {"helps": _("It helps"), "harms": _("It harms"), "neither": _("Neither")},
        "relation": {
            "lives": _("I live here"),
            "works": _("I work here"),
            "studies": _("I study here"),
            "trades": _("I have a shop or business here"),
            "visits": _("I visit"),
        },
    }
