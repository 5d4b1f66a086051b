"""What holds on every page: two languages, narrow screens, limits, and traps that close."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.server import PLAN, Town
from tests.e2e.steps import describe_comment, open_map, preview_comment
from tests.e2e.test_pages import PUBLIC, go
from tests.e2e.traps import Traps

OWN_WORDS = "[lang]:not(html), [dir=auto], [translate=no], cite, code, script, style, noscript, [data-map]"
TEXTS = """(own) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim();
    if (words && !walker.currentNode.parentElement.closest(own)) found.push(words);
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const node of document.querySelectorAll(`[${name}]`))
      if (!node.closest(own)) found.push(node.getAttribute(name));
  return found;
}"""
ENGLISH = re.compile(r"\b(the|and|of|with|your|you|are|this|these|from|for|to)\b")
WIDTH = """() => {
  const wide = document.documentElement.clientWidth;
  const beyond = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > wide + 1;
  });
  const over = document.documentElement.scrollWidth - wide;
  const seen = beyond.slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
  return over > 0 ? [`${over} px too wide`, ...seen] : [];
}"""


@pytest.mark.parametrize("name", PUBLIC)
def test_page_is_italian_in_italian(name: str, visit: Visit, town: Town, traps: Traps) -> None:
    page = visit("desktop", language="it")
    go(page, town, PUBLIC[name], traps)
    expect(page.locator("html")).to_have_attribute("lang", "it")
    left = [words for words in page.evaluate(TEXTS, OWN_WORDS) if ENGLISH.search(words)]
    assert left == []


def test_language_is_chosen_and_kept(visit: Visit) -> None:
    page = visit("desktop", language="it")
    open_map(page)
    expect(page.get_by_role("link", name="Misure", exact=True)).to_be_visible()
    page.get_by_role("link", name="Commenti", exact=True).click()
    page.wait_for_url(re.compile("/comments$"))
    page.get_by_role("link", name="English").click()
    page.wait_for_url(re.compile(r"/comments\?lang=en$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="Measures", exact=True)).to_be_visible()
    page.goto("/help")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Italiano").click()
    expect(page.locator("html")).to_have_attribute("lang", "it")


def test_narrow_screens_scroll_one_way(visit: Visit, town: Town, traps: Traps) -> None:
    page = visit("phone", viewport={"width": 320, "height": 640})
    found = {}
    for name, address in PUBLIC.items():
        go(page, town, address, traps)
        found[name] = page.evaluate(WIDTH)
    assert {name: beyond for name, beyond in found.items() if beyond} == {}


def test_too_many_comments_are_stopped_and_nothing_is_lost(
    visit: Visit, strict_origin: str, town: Town, traps: Traps
) -> None:
    traps.origins.add(strict_origin)
    traps.allow(r"status of 429")
    page, words = visit("desktop", javascript=False), "The thirteenth comment."
    page.goto(f"{strict_origin}{PLAN}/comments/new?segment={town.quiet_segment}")
    describe_comment(page, words)
    preview_comment(page, words)
    send = page.locator("form[action*='/comments']").filter(has=page.get_by_role("button", name="Send"))
    pairs = send.evaluate("(form) => Object.fromEntries(new FormData(form))")
    address = f"{strict_origin}{PLAN}/comments"
    answers = {page.request.post(address, form=pairs, max_redirects=0).status for _time in range(12)}
    assert answers == {303}
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-error-summary], [role=alert], .error-summary").first).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_have_value(words)


def spring(page: Page) -> None:
    """Does what no page may do, in four ways."""
    page.goto("/help")
    page.evaluate(
        "() => { document.body.append(Object.assign(document.createElement('script'), { text: '1' })); }"
    )
    page.evaluate("() => { setTimeout(() => { throw new Error('broken on purpose'); }); }")
    page.evaluate("() => fetch('http://other.example/').catch(() => {})")
    page.evaluate("() => console.warn('careful')")
    page.wait_for_timeout(200)


def test_traps_close(browser: object, town: Town) -> None:
    traps = Traps({town.origin})
    context: BrowserContext = traps.watch(browser.new_context(base_url=town.origin))  # type: ignore[attr-defined]
    try:
        spring(context.new_page())
    finally:
        context.close()
    caught = "\n".join(traps.faults())
    assert "policy: script-src" in caught
    assert "uncaught" in caught
    assert "broken on purpose" in caught
    assert "other.example" in caught
    assert "console warning" in caught
