"""Who may reach the addresses of offices, answers and the ledger; a part of `access_table`."""

from __future__ import annotations

PUBLIC, OWN, SECRET = "public", "own", "secret"

ANSWERS = {
    "answers.file": PUBLIC,
    "answers.ask_again": SECRET,
    "answers.inbox": "answer",
    "answers.cases_map": "answer",
    "answers.case": "answer",
    "answers.save": "answer",
    "answers.reassign": "answer",
    "answers.close": "answer",
    "answers.reopen": "answer",
    "answers.add_note": "answer",
    "answers.answer": "answer",
    "answers.publish": "answer",
    "answers.ask_approval": "answer",
    "answers.send_back": "answer",
    "answers.discard": "answer",
    "answers.templates": "answer",
    "answers.save_template": "answer",
    "answers.drop_template": "answer",
    "answers.desk": "manage_offices",
    "answers.gaps_map": "manage_offices",
    "answers.new_office": "manage_offices",
    "answers.add_office": "manage_offices",
    "answers.office": "manage_offices",
    "answers.save_office": "manage_offices",
    "answers.join_office": "manage_offices",
    "answers.leave_office": "manage_offices",
    "answers.new_competence": "manage_offices",
    "answers.save_competence": "manage_offices",
    "answers.drop_competence": "manage_offices",
}

LEDGER = {
    "ledger.answers": PUBLIC,
    "ledger.by_measure": PUBLIC,
    "ledger.answers_csv": PUBLIC,
    "ledger.answers_pdf": PUBLIC,
    "ledger.answers_print": PUBLIC,
    "ledger.official_file": PUBLIC,
    "ledger.letter": SECRET,
    "ledger.conclusion": "conclude",
    "ledger.conclude": "conclude",
    "ledger.edit_outcome": "conclude",
    "ledger.save_outcome": "conclude",
    "ledger.make_list": "conclude",
    "ledger.reopen": "reopen_plan",
}

REPLIES = {"moderation.reply_decision": OWN}

PICTURES = {"maps.sketch_map": "import_data"}

OFFICES = {**ANSWERS, **LEDGER, **REPLIES, **PICTURES}
