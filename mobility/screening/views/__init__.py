"""Pages of this feature: the experts' matrix and forms, the city's attributes, the card on a measure."""

from mobility.screening.views import attributes, grades, matrix, public
from mobility.screening.views.blueprint import bp

__all__ = ["attributes", "bp", "grades", "matrix", "public"]
