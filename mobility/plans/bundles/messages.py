"""The words of every fault, by key. The rules are those of docs/bundle.md."""

from __future__ import annotations

from mobility.plans.bundles import messages_city, messages_files, messages_geometry
from mobility.plans.bundles.message import Message
from mobility.plans.bundles.messages_files import KINDS_OF_VALUE

__all__ = ["KINDS_OF_VALUE", "MESSAGES"]

MESSAGES: dict[str, Message] = {
    **messages_files.MESSAGES,
    **messages_geometry.MESSAGES,
    **messages_city.MESSAGES,
}
