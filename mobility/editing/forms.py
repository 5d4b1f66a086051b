"""Forms of drafts: what is typed is kept as it is; whether it may be published is asked elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Regexp

from mobility.consultation.phase_words import languages_label
from mobility.editing.document import Part, mark_of
from mobility.editing.reading import TEXTS
from mobility.plans.bundles.records import VEHICLES
from mobility.plans.models import DIRECTIONS, MEASURE_KINDS, MEASURE_STATUSES, SIDES, UVAR_BLOCKS
from mobility.plans.words import (
    _,
    direction_label,
    kind_label,
    side_label,
    status_label,
    uvar_label,
    vehicle_label,
)

LIMITS = {"title": 120, "summary": 600, "before": 400, "after": 400, "hours": 200}
SPARE = 2
"""Empty lines for further sources."""
MOST_SOURCES = 12
SOURCE = ("title", "date", "url")
NEEDED = (InputRequired(),)
"""Only a mark: drafts are saved complete or not, and checked before they are published."""
NOTE = 400


class BeginForm(FlaskForm):
    """A new measure: what cannot be changed later, and its kind."""

    code = StringField(
        _l("Code"),
        [
            InputRequired(_l("Write a code, such as P7.")),
            Regexp(
                r"^\s*[A-Z]{1,3}[0-9]{1,2}\s*$", message=_l("Up to three capital letters and a number: P7.")
            ),
        ],
    )
    package = SelectField(_l("Package"), [InputRequired(_l("Choose one."))])
    kind = SelectField(_l("Kind"), [InputRequired(_l("Choose one."))])

    def offer(self, packages: Iterable[tuple[str, str]]) -> BeginForm:
        self.package.choices = list(packages)
        self.kind.choices = [(kind, kind_label(kind)) for kind in MEASURE_KINDS]
        return self


class TextsForm(FlaskForm):
    """Attributes of a measure; `texts_form` adds the texts of each language and the sources."""

    mark = HiddenField()
    kind = SelectField(_l("Kind"), NEEDED)
    status = SelectField(_l("Status"), NEEDED)
    uvar_block = SelectField(_l("Access rule"))
    office = SelectField(_l("Office"), NEEDED)
    package = SelectField(_l("Package"), NEEDED)
    hours_osm = StringField(_l("Hours for machines"))
    vehicle_classes = SelectMultipleField(_l("Vehicles"), NEEDED)
    accuracy_m = StringField(_l("Accuracy on the map, in metres"), NEEDED)

    def offer(self, offices: Iterable[tuple[str, str]], packages: Iterable[tuple[str, str]]) -> None:
        """Fills the choices in the language of the page."""
        self.kind.choices = [(each, kind_label(each)) for each in MEASURE_KINDS]
        self.status.choices = [(each, status_label(each)) for each in MEASURE_STATUSES]
        self.uvar_block.choices = [("", _("none")), *((each, uvar_label(each)) for each in UVAR_BLOCKS)]
        self.vehicle_classes.choices = [(each, vehicle_label(each)) for each in VEHICLES]
        self.office.choices = [("", _("not chosen yet")), *offices]
        self.package.choices = list(packages)

    def read(self, measure: Mapping[str, Any], languages: Sequence[str], sources: int) -> dict[str, Any]:
        """The measure as typed, complete or not."""
        texts = {name: {tag: _line(self[f"{name}_{tag}"]) for tag in languages} for name in TEXTS}
        said = {
            "code": measure["code"],
            **texts,
            **{name: self[name].data or "" for name in ("kind", "status", "office", "package")},
            "uvar_block": self.uvar_block.data or "",
            "hours_osm": _line(self.hours_osm),
            "vehicle_classes": self._vehicles(measure.get("vehicle_classes") or ()),
            "exemptions": {tag: _lines(self[f"exemptions_{tag}"]) for tag in languages},
            "accuracy_m": _number(_line(self.accuracy_m)),
            "sources": self._sources(sources),
        }
        return {key: value for key, value in said.items() if value != "" or key in ("kind", "status")}

    def _vehicles(self, before: Sequence[str]) -> list[str]:
        """The chosen vehicles; those that were there keep their order, so that nothing seems to change."""
        chosen = self.vehicle_classes.data or ()
        return [each for each in dict.fromkeys((*before, *VEHICLES)) if each in chosen]

    def _sources(self, count: int) -> list[dict[str, Any]]:
        found = []
        for number in range(1, count + 1):
            typed = {name: _line(self[f"source_{number}_{name}"]) for name in SOURCE}
            if any(typed.values()):
                given = {name: value for name, value in typed.items() if value}
                found.append(given | {"illustrative": bool(self[f"source_{number}_illustrative"].data)})
        return found


def texts_form(
    measure: Mapping[str, Any],
    languages: Sequence[str],
    *,
    offices: Iterable[tuple[str, str]],
    packages: Iterable[tuple[str, str]],
    fresh: bool = False,
) -> tuple[TextsForm, int]:
    """The form, filled with what was posted, else with the draft; and how many sources it has room for.

    A `fresh` form shows the draft whatever was posted.
    """
    labels = {
        "title": _l("Title"),
        "summary": _l("Summary"),
        "before": _l("Before"),
        "after": _l("After"),
        "hours": _l("When"),
        "exemptions": _l("Except (one a line)"),
    }
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {name: measure.get(name) or "" for name in _PLAIN}
    data |= {"vehicle_classes": measure.get("vehicle_classes") or [], "mark": mark_of(measure)}
    for tag in languages:
        for name, label in labels.items():
            kind = StringField if name in ("title", "hours") else TextAreaField
            words = _l("%(field)s, %(language)s", field=label, language=languages_label([tag]))
            fields[f"{name}_{tag}"] = kind(words, () if name == "exemptions" else NEEDED)
        data |= {f"{name}_{tag}": (measure.get(name) or {}).get(tag, "") for name in TEXTS}
        data[f"exemptions_{tag}"] = "\n".join((measure.get("exemptions") or {}).get(tag, ()))
    sources = measure.get("sources") or []
    count = min(len(sources) + SPARE, MOST_SOURCES)
    for number in range(1, count + 1):
        fields |= _source_fields(number)
        given = sources[number - 1] if number <= len(sources) else {}
        data |= {f"source_{number}_{name}": given.get(name) for name in (*SOURCE, "illustrative")}
    posted = {"formdata": None} if fresh else {}
    form: TextsForm = type("MeasureTextsForm", (TextsForm,), fields)(data=data, **posted)
    form.offer(offices, packages)
    return form, count


_PLAIN = ("kind", "status", "uvar_block", "office", "package", "hours_osm", "accuracy_m")


def _source_fields(number: int) -> dict[str, Any]:
    return {
        f"source_{number}_title": StringField(_l("Source %(number)s", number=number)),
        f"source_{number}_date": StringField(_l("Date (year, or year-month-day)")),
        f"source_{number}_url": StringField(_l("Address (https://…)")),
        f"source_{number}_illustrative": BooleanField(_l("Example written for the consultation")),
    }


class StretchForm(FlaskForm):
    """Words, side, direction and outline of a segment; `stretch_form` adds the span in each language."""

    mark = HiddenField()
    street = StringField(_l("Street or place"), NEEDED)
    side = RadioField(_l("Side of the street"), NEEDED)
    direction = RadioField(_l("Direction"), NEEDED)
    source = TextAreaField(_l("Where the outline comes from"), NEEDED)
    accuracy_m = StringField(_l("Accuracy of the outline, in metres"), NEEDED)
    geometry = TextAreaField(_l("Outline"), NEEDED)

    def read(self, languages: Sequence[str]) -> dict[str, Any]:
        """The words as typed; the outline is read apart."""
        return {
            "street": _line(self.street),
            "span": {tag: _line(self[f"span_{tag}"]) for tag in languages},
            "side": self.side.data if self.side.data in SIDES else "both",
            "direction": self.direction.data if self.direction.data in DIRECTIONS else "both",
            "source": _line(self.source),
            "accuracy_m": _number(_line(self.accuracy_m)),
        }


def stretch_form(part: Part, languages: Sequence[str], *, bearing: float | None, typed: str) -> StretchForm:
    """The form of a segment; sides and directions by the compass. `typed` is its outline in words."""
    fields = {
        f"span_{tag}": StringField(
            _l("%(field)s, %(language)s", field=_l("Between what and what"), language=languages_label([tag])),
            NEEDED,
        )
        for tag in languages
    }
    data = {name: part.get(name) for name in ("street", "side", "direction", "source", "accuracy_m")}
    data |= {f"span_{tag}": part["span"].get(tag, "") for tag in languages}
    form: StretchForm = type("PlanStretchForm", (StretchForm,), fields)(
        data=data | {"geometry": typed, "mark": mark_of(part)}
    )
    form.side.choices = [(side, side_label(side, bearing) or side) for side in SIDES]
    form.direction.choices = [(way, direction_label(way, bearing) or way) for way in DIRECTIONS]
    return form


def words_form(name: str, label: Any, languages: Sequence[str]) -> FlaskForm:
    """One text in each language, all of them needed: what changes, why a measure leaves."""
    fields = {
        f"{name}_{tag}": TextAreaField(
            _l("%(field)s, %(language)s", field=label, language=languages_label([tag])),
            [
                InputRequired(_l("Write it in %(language)s too.", language=languages_label([tag]))),
                Length(max=NOTE, message=_l("At most %(max)d characters.")),
            ],
        )
        for tag in languages
    }
    made: FlaskForm = type("WordsForm", (FlaskForm,), fields)()
    return made


def words_of(form: FlaskForm, name: str, languages: Sequence[str]) -> dict[str, str]:
    """What was typed, by language."""
    return {tag: _line(form[f"{name}_{tag}"]) for tag in languages}


def _line(field: Any) -> str:
    return (field.data or "").strip()


def _lines(field: Any) -> list[str]:
    return [line.strip() for line in (field.data or "").splitlines() if line.strip()]


def _number(typed: str) -> float | str:
    """A typed number; what is none stays as typed, so that it is shown again with its fault."""
    try:
        return float(typed.replace(",", "."))
    except ValueError:
        return typed
