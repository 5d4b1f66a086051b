"""People of the desk, as the tests of the consultation know them."""

from tests.consultation.conftest import sign_in

__all__ = ["sign_in"]
