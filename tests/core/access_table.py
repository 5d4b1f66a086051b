"""Who may reach which address: one line for every endpoint. A new address needs a line here.

PUBLIC      everybody, the same for all
OWN         everybody; what is shown or changed belongs to whoever asks (their browser, receipt, account);
            who has nothing there may be refused or asked to sign in
SECRET      whoever holds the secret part of the address
SIGNED_IN   an account; visitors are asked to sign in
DELEGATE    the delegates of the group in the address, and staff who may `recognise_groups`
GROUP       the delegates of the group in the address alone
an action   staff with this action of `mobility.accounts.permissions` in the plan of the address (an action
            without a plan in the address: in any plan); visitors are asked to sign in, others are refused
"""

from __future__ import annotations

PUBLIC, OWN, SECRET, SIGNED_IN = "public", "own", "secret", "signed in"
DELEGATE, GROUP = "delegate", "group"

VALUES: dict[str, object] = {
    "slug": "palermo-centro",
    "scene": "plan",
    "language": "it",
    "filename": "nothing.css",
    "name": "nothing.jpg",
    "what": "comments",
    "kind": "segments",
    "kinds": "segments",
    "code": "P1-03",
    "group": "palermo-in-bici",
    "act": "confirm",
    "_part": "endorse",
    "token": "not-a-token",
    "secret": "not-a-secret",
    "photo_key": "nothing",
    "city": "palermo",
}
"""What stands in an address for a parameter. Numbers come from the test's own rows, else 1."""

SPECIAL: dict[str, dict[str, object]] = {
    "consultation.measure": {"code": "P1"},
    "consultation.measure_vote": {"code": "P1"},
    "consultation.measure_withdraw": {"code": "P1"},
    "groups.edit_position": {"code": "P1"},
    "groups.save_position": {"code": "P1"},
    "groups.decide_position": {"code": "P1", "act": "publish"},
    "groups.remove_document": {"code": "P1"},
    "setup.text": {"kind": "measure", "code": "P1"},
    "setup.save_text": {"kind": "measure", "code": "P1"},
}
"""Endpoint → parameters that must be something else there."""

_SITE = {
    "static": PUBLIC,
    "health.healthz": PUBLIC,
    "health.readyz": PUBLIC,
    "pages.home": PUBLIC,
    "pages.help": PUBLIC,
    "pages.privacy": PUBLIC,
    "pages.accessibility": PUBLIC,
    "pages.imprint": PUBLIC,
    "pages.favicon": PUBLIC,
    "pages.manifest": PUBLIC,
    "pages.robots": PUBLIC,
    "mail.demo": PUBLIC,
    "offline.page": PUBLIC,
    "offline.token": OWN,
    "offline.addresses": PUBLIC,
    "offline.worker": PUBLIC,
}

_ACCOUNTS = {
    "accounts.sign_in": PUBLIC,
    "accounts.sign_in_submit": PUBLIC,
    "accounts.second_step": OWN,
    "accounts.second_step_submit": OWN,
    "accounts.sign_out": OWN,
    "accounts.forgot": PUBLIC,
    "accounts.forgot_submit": PUBLIC,
    "accounts.new_password": SECRET,
    "accounts.new_password_submit": SECRET,
    "accounts.prove_again": SIGNED_IN,
    "accounts.prove_again_submit": SIGNED_IN,
    "accounts.security": SIGNED_IN,
    "accounts.change_password": SIGNED_IN,
    "accounts.change_password_submit": SIGNED_IN,
    "accounts.end_sessions": SIGNED_IN,
    "accounts.second_factor": SIGNED_IN,
    "accounts.second_factor_begin": SIGNED_IN,
    "accounts.second_factor_set_up": SIGNED_IN,
    "accounts.second_factor_confirm": SIGNED_IN,
    "accounts.second_factor_remove": SIGNED_IN,
    "accounts.recovery_codes": SIGNED_IN,
    "insight.account": SIGNED_IN,
}

_STAFF = {
    "staff.people": "manage_staff",
    "staff.invite": "manage_staff",
    "staff.invite_submit": "manage_staff",
    "staff.person": "manage_staff",
    "staff.give_role": "manage_staff",
    "staff.end_role": "manage_staff",
    "staff.send_link": "manage_staff",
    "staff.close": "manage_staff",
    "staff.reopen": "manage_staff",
    "staff.audit_log": "read_audit",
    "staff.audit_csv": "read_audit",
    "staff.audit_json_lines": "read_audit",
}

_IDENTITY = {
    "identity.index": OWN,
    "identity.bring": OWN,
    "identity.bring_submit": OWN,
    "identity.change_email": OWN,
    "identity.change_email_submit": OWN,
    "identity.email": OWN,
    "identity.email_submit": OWN,
    "identity.email_sent": OWN,
    "identity.leave": OWN,
    "identity.leave_everywhere": OWN,
    "identity.link": SECRET,
    "identity.link_use": SECRET,
    "identity.verified": OWN,
    "identity.verified_submit": OWN,
    "identity.verify": OWN,
    "identity.verify_return": OWN,
    "identity.invitation": SECRET,
    "identity.invitation_submit": SECRET,
}

_PERSONAL = {
    "personal.mine": OWN,
    "personal.data": OWN,
    "personal.data_json": OWN,
    "personal.erase": OWN,
    "personal.erase_submit": OWN,
    "personal.erased": OWN,
}

_CONSULTATION = {
    "consultation.plan": PUBLIC,
    "consultation.measure": PUBLIC,
    "consultation.measure_version": PUBLIC,
    "consultation.segment": PUBLIC,
    "consultation.heritage": PUBLIC,
    "consultation.results": PUBLIC,
    "consultation.comments": PUBLIC,
    "consultation.comment": PUBLIC,
    "consultation.back_to_comment": PUBLIC,
    "consultation.photo": PUBLIC,
    "consultation.vote_address": PUBLIC,
    "consultation.proposal_address": PUBLIC,
    "consultation.segment_vote": OWN,
    "consultation.segment_withdraw": OWN,
    "consultation.measure_vote": OWN,
    "consultation.measure_withdraw": OWN,
    "consultation.write": OWN,
    "consultation.preview": OWN,
    "consultation.send": OWN,
    "consultation.add_photo": OWN,
    "consultation.remove_photo": OWN,
    "consultation.endorse": OWN,
    "consultation.endorse_withdraw": OWN,
    "consultation.outline": PUBLIC,
    "consultation.reply": OWN,
    "consultation.edit_reply": OWN,
    "consultation.change_reply": OWN,
    "consultation.withdraw_reply": OWN,
    "consultation.report": OWN,
    "consultation.send_report": OWN,
    "consultation.receipts": PUBLIC,
    "consultation.receipt": SECRET,
    "consultation.edit_receipt": SECRET,
    "consultation.save_edit": SECRET,
    "consultation.withdraw_receipt": SECRET,
    "plans.place": PUBLIC,
    "plans.search": PUBLIC,
}

_MAPS = {
    "maps.scene": PUBLIC,
    "maps.static_map": PUBLIC,
    "maps.cells": PUBLIC,
    "maps.comments": PUBLIC,
    "maps.context": PUBLIC,
    "maps.heritage": PUBLIC,
    "maps.segments": PUBLIC,
    "exports.index": PUBLIC,
    "exports.download": PUBLIC,
    "exports.data_dictionary": PUBLIC,
}

_DESK = {
    "insight.overview": "see_desk",
    "insight.results": "see_desk",
    "insight.feedback": "see_desk",
    "insight.codes_of_plan": "issue_codes",
    "insight.make_codes": "issue_codes",
    "insight.codes_csv": "issue_codes",
    "insight.revoke_codes": "issue_codes",
    "consultation.phase_list": "plan_phases",
    "consultation.edit_phase": "plan_phases",
    "consultation.change_phase": "plan_phases",
    "consultation.ask_removal": "plan_phases",
    "consultation.drop_phase": "plan_phases",
    "consultation.new_phase": "plan_phases",
    "consultation.add_phase": "plan_phases",
    "groups.desk": "recognise_groups",
    "groups.registration": "recognise_groups",
    "groups.decline_group": "recognise_groups",
    "groups.recognise_group": "recognise_groups",
    "groups.statute": "recognise_groups",
}

_MODERATION = {
    "moderation.transparency": PUBLIC,
    "moderation.set_aside": PUBLIC,
    "moderation.decision": SECRET,
    "moderation.own_decision": OWN,
    "moderation.blocked": OWN,
    "moderation.queue": "see_desk",
    "moderation.item": "see_desk",
    "moderation.replies": "see_desk",
    "moderation.decide_replies": "moderate",
    "moderation.moderation": "see_desk",
    "moderation.approve": "moderate",
    "moderation.hide": "moderate",
    "moderation.restore": "moderate",
    "moderation.decide": "moderate",
    "moderation.block": "moderate",
    "moderation.save_block": "moderate",
    "moderation.blocks": "see_desk",
    "moderation.end_block": "moderate",
    "moderation.words": "see_desk",
    "moderation.save_words": "moderate",
    "moderation.appeals": "see_desk",
    "moderation.appeal": "see_desk",
    "moderation.decide_appeal": "decide_appeal",
    "moderation.anomalies": "see_desk",
    "moderation.choose_aside": "set_aside",
    "moderation.save_aside": "set_aside",
    "moderation.undo_aside": "set_aside",
}

_NOTICES = {
    "notices.mine": OWN,
    "notices.change": OWN,
    "notices.change_own": OWN,
    "notices.follow_page": OWN,
    "notices.follow": OWN,
    "notices.stop_page": SECRET,
    "notices.stop": SECRET,
}

_GROUPS = {
    "groups.index": PUBLIC,
    "groups.group": PUBLIC,
    "groups.document": PUBLIC,
    "groups.register": PUBLIC,
    "groups.register_submit": OWN,
    "groups.registered": PUBLIC,
    "groups.confirm": SECRET,
    "groups.confirm_submit": SECRET,
    "groups.invitation": SECRET,
    "groups.accept_invitation": SECRET,
    "groups.waiting": PUBLIC,
    "groups.manage": DELEGATE,
    "groups.invite_delegate": DELEGATE,
    "groups.end_delegation": DELEGATE,
    "groups.take_back_invitation": DELEGATE,
    "groups.change_rule": DELEGATE,
    "groups.edit_position": GROUP,
    "groups.save_position": GROUP,
    "groups.decide_position": GROUP,
    "groups.remove_document": GROUP,
    "groups.take_down_document": "recognise_groups",
    "consultation.confirm_proposal": OWN,
    "consultation.decline_proposal": OWN,
}

_SETUP = {
    "setup.about": PUBLIC,
    "setup.document": PUBLIC,
    "setup.plans": "manage_plan",
    "setup.new": "manage_plan",
    "setup.create": "manage_plan",
    "setup.copy_form": "manage_plan",
    "setup.copy": "manage_plan",
    "setup.today": "see_desk",
    "setup.checklist": "manage_plan",
    "setup.open_": "manage_plan",
    "setup.withdraw": "manage_plan",
    "setup.archive": "manage_plan",
    "setup.reopen": "manage_plan",
    "setup.preview": "manage_plan",
    "setup.texts": "manage_plan",
    "setup.text": "manage_plan",
    "setup.save_text": "manage_plan",
    "setup.details": "manage_plan",
    "setup.save_contact": "manage_plan",
    "setup.add_document": "manage_plan",
    "setup.remove_document": "manage_plan",
}

EXPECTED: dict[str, str] = {
    **_SITE,
    **_ACCOUNTS,
    **_STAFF,
    **_IDENTITY,
    **_PERSONAL,
    **_CONSULTATION,
    **_MAPS,
    **_DESK,
    **_MODERATION,
    **_NOTICES,
    **_GROUPS,
    **_SETUP,
}

OWN_GUARD = {"staff.reset_second_factor"}
"""Endpoints whose rule has more to it than a role; tests of their own walk them."""
