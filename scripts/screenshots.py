"""Pictures of the running demo for the README: `make screenshots` (BASE names another address).

Usage: screenshots.py ADDRESS [DIRECTORY]. Writes docs/pictures/<page>-<device>.png.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PLAN = "/plans/palermo-centro"
PAGES = {
    "home": "/",
    "plan": PLAN,
    "measure": f"{PLAN}/segments/P1-03",
    "comments": f"{PLAN}/comments",
    "results": f"{PLAN}/results",
    "agreement": f"{PLAN}/results?view=agreement",
    "group": f"{PLAN}/groups/palermo-in-bici",
    "identity": "/identity",
    "answers": f"{PLAN}/answers",
    "downloads": f"{PLAN}/exports/",
    "heritage": f"{PLAN}/heritage",
}
DESK = {
    "desk": f"{PLAN}/desk/results",
    "today": f"{PLAN}/desk/today",
    "checklist": f"{PLAN}/desk/checklist",
    "texts": f"{PLAN}/desk/texts/measure/P1",
    "phases": f"{PLAN}/desk/phases",
    "imports": f"{PLAN}/desk/imports",
    "measures": f"{PLAN}/desk/measures",
    "inbox": f"{PLAN}/desk/inbox",
    "offices": f"{PLAN}/desk/offices",
    "screening": f"{PLAN}/desk/screening",
    "conclusion": f"{PLAN}/desk/conclusion",
    "feedback": f"{PLAN}/desk/feedback",
    "moderation": f"{PLAN}/desk/comments?state=all",
}
WALKS = {
    "editor": (f"{PLAN}/desk/measures", "main .row button, main li button, main form button"),
    "case": (f"{PLAN}/desk/inbox", "main a[href*='/desk/cases/']"),
}
"""Pages without an address of their own: where one begins, and what is pressed there."""
DEVICES = {"desktop": (1440, 900, 1), "phone": (390, 844, 2)}
DESK_HEIGHT = 1200
"""Pages of the desk begin with menus: a higher window shows what is below them."""
PLANNER, PASSWORD = "planner@demo.example", "quattro-canti"  # shown to everybody who runs the demo


def chromium() -> str:
    """The system's browser; CHROMIUM names another."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise SystemExit("No Chromium here. Install the package chromium, or set CHROMIUM to its path.")
    return found


def take(browser: Browser, base: str, device: str, folder: Path) -> None:
    """Every page on one device, the planner's desk on the desktop only."""
    width, height, scale = DEVICES[device]
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        is_mobile=device == "phone",
        has_touch=device == "phone",
        locale="en-GB",
        reduced_motion="reduce",
    )
    page = context.new_page()
    shoot(page, PAGES, device, folder)
    if device == "desktop":
        page.goto("/sign-in")
        page.fill("[name=email]", PLANNER)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/account")
        page.set_viewport_size({"width": width, "height": DESK_HEIGHT})
        shoot(page, DESK, device, folder)
        for name, (address, press) in WALKS.items():
            page.goto(address, wait_until="networkidle")
            page.locator(press).first.click()
            picture(page, name, device, folder)
    context.close()


def shoot(page: Page, pages: dict[str, str], device: str, folder: Path) -> None:
    """One picture a page, when everything it asked for has come and stands still."""
    for name, address in pages.items():
        page.goto(address, wait_until="networkidle")
        picture(page, name, device, folder)


def picture(page: Page, name: str, device: str, folder: Path) -> None:
    """What the window shows, once everything has come."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)
    page.screenshot(path=folder / f"{name}-{device}.png")
    print(f"  {name}-{device}.png")


def main() -> None:
    base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else "docs/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for device in DEVICES:
            take(browser, base, device, folder)
        browser.close()


if __name__ == "__main__":
    main()
