"""The people of these pages are those of the desk."""

from tests.insight.conftest import cast, groups, now, phase, plan, planner, say, visit

__all__ = ["cast", "groups", "now", "phase", "plan", "planner", "say", "visit"]
