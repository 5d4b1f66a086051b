"""Plans and cities as planners list them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.errors import NotFound
from mobility.plans.models import Plan
from mobility.plans.queries import check_code

MOST = 200


def plans_with_cities(session: Session) -> list[tuple[Plan, City]]:
    """Every plan, the newest first."""
    query = select(Plan, City).join(City, City.id == Plan.city_id).order_by(Plan.id.desc()).limit(MOST)
    return [(row[0], row[1]) for row in session.execute(query)]


def cities(session: Session) -> list[City]:
    """Every city of the installation."""
    return list(session.scalars(select(City).order_by(City.slug).limit(MOST)))


def find_city(session: Session, *, slug: str) -> City:
    """The city of this name. Raises NotFound."""
    check_code(slug)
    found = session.scalar(select(City).where(City.slug == slug))
    if found is None:
        raise NotFound
    return found
