"""Opening hours in OpenStreetMap's syntax."""

import pytest

from mobility.plans.bundles.hours import unreadable_part


@pytest.mark.parametrize(
    "hours",
    [
        "24/7",
        "Mo-Fr 08:00-20:00",
        "Mo-Fr 08:00-20:00; Sa 08:00-13:00",
        "Fr,Sa 23:00-06:00",
        "Mo-Su,PH 10:00-24:00",
        "May-Oct Mo-Su 20:00-06:00",
        "May 01-Oct 31: Fr-Su 20:00-30:00",
        "Nov-Apr: Fr,Sa 23:00-06:00; May-Oct: Mo-Su 20:00-06:00",
        "Mo-Sa 07:00-10:00,14:00-16:00; PH off",
        "sunrise-sunset",
        "(sunset-01:00)-23:00",
        "Sa[1] 09:00-12:00",
        "2026 Aug 01-2026 Aug 31 off",
        "week 1-10 Mo 08:00-12:00",
        'Mo-Fr 08:00-18:00 "except August"',
        "Mo-Fr 08:00-12:00, Sa 09:00-11:00",
        "off",
        "17:00+",
        'Mo-Fr 08:00-20:00 || "on request"',
    ],
)
def test_readable(hours):
    assert unreadable_part(hours) is None


@pytest.mark.parametrize(
    ("hours", "part"),
    [
        ("Mo-Fr 8-20", "Mo-Fr 8-20"),
        ("Lun-Ven 08:00-20:00", "Lun-Ven 08:00-20:00"),
        ("Mo-Fr 08:00-20:00; Sab 08:00-13:00", "Sab 08:00-13:00"),
        ("Mo-Fr 08:60-20:00", "Mo-Fr 08:60-20:00"),
        ("Mo-Fr 49:00-50:00", "Mo-Fr 49:00-50:00"),
        ("Mo-Fr 08.00-20.00", "Mo-Fr 08.00-20.00"),
        ("always", "always"),
        ("Mo-Fr 08:00-20:00;", "Mo-Fr 08:00-20:00;"),
    ],
)
def test_unreadable(hours, part):
    assert unreadable_part(hours) == part
