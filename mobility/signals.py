"""What rooms tell each other without knowing each other. A room that speaks sends; rooms to its right listen.

Every signal is sent with the session as its sender, inside the transaction: what a listener does is committed
with what caused it, or not at all. Listeners are connected in a room's `listeners.py`. Two of the signals are
questions: each listener returns its answer.
"""

from __future__ import annotations

from blinker import Namespace

_names = Namespace()

participants_merged = _names.signal("participants-merged")
"""kept_id, gone_id, now: one person proved to be two participants; move your rows from `gone` to `kept`."""

participant_raised = _names.signal("participant-raised")
"""participant_id, level, now: the city knows this person better than before; levels never fall."""

participant_erased = _names.signal("participant-erased")
"""participant_id, now: take away every text and file of this person; leave what only counts."""

comment_sent = _names.signal("comment-sent")
"""comment, now: a comment was written for the first time, published or waiting."""

comment_published = _names.signal("comment-published")
"""comment, now: a comment became public, at once or after somebody read it."""

comment_edited = _names.signal("comment-edited")
"""comment, now: its author changed words, topic or stance."""

comment_withdrawn = _names.signal("comment-withdrawn")
"""comment, now: its author took a comment back."""

comments_decided = _names.signal("comments-decided")
"""comments, action, account_id, now: staff hid, restored or approved comments, or decided on an appeal."""

reply_published = _names.signal("reply-published")
"""reply, comment, now: somebody replied to a comment."""

office_chosen = _names.signal("office-chosen")
"""comment, office_id, now: near a border of competence its author said which office is meant."""

route_asked = _names.signal("route-asked")
"""plan, city, topic_id, subject, language: a question; who would answer such a comment, as a dict."""

answer_published = _names.signal("answer-published")
"""answer, comment_ids, now: an office answered these comments in public."""

case_assigned = _names.signal("case-assigned")
"""comment_ids, office_id, how, now: these comments went to an office, for the first time or from another."""

version_published = _names.signal("version-published")
"""measure, version, now: a measure changed what it says."""

plan_concluded = _names.signal("plan-concluded")
"""plan, conclusion, now: the city concluded a consultation; nothing more is written in it."""

plan_reopened = _names.signal("plan-reopened")
"""plan, conclusion, now: an administrator opened a concluded consultation again."""

contributions_asked = _names.signal("contributions-asked")
"""participant_id: how much this person has said, as {"comments": 2, "votes": 5} of what a listener holds."""

levels_asked = _names.signal("levels-asked")
"""language, now: a list of the open and coming steps with the identity levels they ask for."""
