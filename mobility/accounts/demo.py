"""The people of the demonstration: who they are called, and the password everybody may know."""

from __future__ import annotations

PASSWORD = "quattro-canti"  # noqa: S105 (shown to everybody who runs the demonstration)
DOMAIN = "demo.example"
PLANNER = f"planner@{DOMAIN}"
