"""What no page may do, watched in every browser context while a test runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

POLICY = """
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
  console.error("policy:", violatedDirective, blockedURI, sourceFile, lineNumber));
"""
LOUD = {"error", "warning", "assert"}
BLOCKED = "Service Worker registration blocked by Playwright"
"""Most journeys are walked without a service worker, as in browsers that have none."""


@dataclass
class Traps:
    """Collects faults: content policy, console, uncaught errors, foreign requests, HTTP 500 and above."""

    origins: set[str]
    found: list[str] = field(default_factory=list)
    allowed: list[re.Pattern[str]] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> BrowserContext:
        context.add_init_script(POLICY)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)
        return context

    def allow(self, pattern: str) -> None:
        """A fault that the test provokes on purpose, such as the browser's own note about a status 404."""
        self.allowed.append(re.compile(pattern))

    def faults(self) -> list[str]:
        return [each for each in self.found if not any(fits.search(each) for fits in self.allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in LOUD and BLOCKED not in message.text:
            where = message.page.url if message.page else ""
            self.found.append(f"console {message.type} on {where}: {message.text}")

    def _error(self, error: WebError) -> None:
        self.found.append(f"uncaught on {error.page.url if error.page else ''}: {error.error}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if (
            parts.scheme in ("http", "https", "ws", "wss")
            and f"{parts.scheme}://{parts.netloc}" not in self.origins
        ):
            self.found.append(f"foreign request: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"HTTP {response.status}: {response.url}")
