"""The words of the map in the language of the moment: controls, legend, descriptions for screen readers."""

from __future__ import annotations

from flask_babel import gettext as _

from mobility.consultation.agreement import KINDS as AGREEMENT_KINDS
from mobility.consultation.models import STANCES
from mobility.consultation.voices import kind_label as accord_label
from mobility.consultation.wording import position_label, stance_label
from mobility.plans.models import MEASURE_KINDS
from mobility.plans.words import kind_label


def scene_texts() -> dict[str, str]:
    """Every word a scene may need, by the key the bundle asks for."""
    return _controls() | _legend() | _speech()


def _controls() -> dict[str, str]:
    return {
        "map": _("Map of the plan. Move with the arrow keys, zoom with plus and minus."),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "locate": _("Show where I am"),
        "locate_missing": _("This device cannot say where it is."),
        "locate_denied": _("Your browser may not tell where you are. You can allow it in its settings."),
        "locate_slow": _("Finding your place takes too long. Move the map by hand or try again."),
        "locate_failed": _("Your place could not be found. Move the map by hand or try again."),
        "full_screen": _("Full screen"),
        "leave_full_screen": _("Leave full screen"),
        "layers": _("Layers"),
        "sources": _("Sources"),
        "layer_context": _("Base map"),
        "layer_heritage": _("World Heritage"),
        "layer_areas": _("Squares and zones"),
        "layer_segments": _("Stretches of street"),
        "layer_comments": _("Comments"),
        "layer_cells": _("Comments counted"),
        "layer_import": _("Import"),
        "layer_shapes": _("Cases and areas"),
    }


def _legend() -> dict[str, str]:
    return {
        "legend": _("Legend"),
        "legend_measures": _("Measures of the plan"),
        "legend_results": _("Support for the measures"),
        "legend_agreement": _("Agreement between groups"),
        "legend_group": _("Votes of the group"),
        "legend_scale": _("oppose – support"),
        "legend_place": _("World Heritage part"),
        "legend_buffer": _("its surroundings (illustrative)"),
        "legend_contested": _("contested"),
        "legend_few": _("few votes"),
        "legend_bubble": _("comments, against and for"),
        "oppose": _("oppose"),
        "support": _("support"),
        **{f"accord_{kind}": accord_label(kind) for kind in AGREEMENT_KINDS},
        **{f"kind_{kind}": kind_label(kind) for kind in MEASURE_KINDS},
    }


def picture_legend(view: str) -> list[tuple[str, str]]:
    """The lines of the legend in the static map: what is drawn, and its words."""
    if view == "agreement":
        return [(kind, accord_label(kind)) for kind in AGREEMENT_KINDS]
    lines = [(str(position), position_label(position)) for position in (2, 1, 0, -1, -2)]
    if view == "group":
        return lines
    return [*lines, ("contested", _("contested")), ("few", _("few votes"))]


def _speech() -> dict[str, str]:
    return {
        "comments": _("{n} comments"),
        "one_comment": _("1 comment"),
        "count_for": _("for: {n}"),
        "count_against": _("against: {n}"),
        "count_idea": _("ideas: {n}"),
        "count_question": _("questions: {n}"),
        "more": _("There are more comments here than can be shown. Zoom in to see them all."),
        "failed": _("Comments could not be loaded. Move the map to try again."),
        "place_failed": _("The place could not be described. You can send the comment all the same."),
        "contested": _("contested"),
        "no_votes": _("no votes yet"),
        "voices": _("{n} voices"),
        "one_voice": _("1 voice"),
        "result": _("{result}, {n} votes"),
        **{f"support_{position}": position_label(position) for position in (-2, -1, 0, 1, 2)},
        **{f"stance_{stance}": stance_label(stance) for stance in STANCES},
    }
