/** Which addresses the service worker keeps, and how it puts a kept panel into the kept page of the plan. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compose, isKeptData, isPublic, keptName, planOf, stamp } from "../../mobility/static/src/js/worker/addresses.js";

const at = (path) => new URL(path, "https://city.example");

test("only pages that are the same for everybody are kept", () => {
  const kept = ["/", "/help", "/privacy", "/plans/p", "/plans/p/comments", "/plans/p/comments/7", "/plans/p/comments/new", "/plans/p/segments/A-1"];
  const never = [
    "/account", "/sign-in", "/receipts", "/receipts/ABCD", "/outbox/token", "/plans/p/desk", "/plans/p/desk/comments", "/plans/p/exports/",
    "/me", "/plans/p/segments/A-1/vote", "/plans/p/offline.json", "/data-dictionary",
  ];
  assert.deepEqual(kept.filter((path) => !isPublic(at(path), "")), []);
  assert.deepEqual(never.filter((path) => isPublic(at(path), "")), []);
});

test("what the map of a plan draws is kept, its comments too", () => {
  assert.ok(isKeptData(at("/plans/p/features/segments.json?lang=it"), ""));
  assert.ok(isKeptData(at("/maps/p/plan.it.js"), ""));
  assert.ok(isKeptData(at("/plans/p/features/comments.json?bbox=1"), ""));
  assert.ok(!isKeptData(at("/plans/p/features/draft.json"), ""));
  assert.equal(planOf(at("/maps/p/plan.it.js")), planOf(at("/plans/p/comments/7")));
});

test("a site below a path keeps what is below it", () => {
  assert.ok(isPublic(at("/town/plans/p"), "/town"));
  assert.ok(!isPublic(at("/plans/p"), "/town"));
});

test("a copy has a name for each language and part, whatever the order of its arguments", () => {
  assert.equal(keptName(at("/plans/p/comments?b=2&lang=en&a=1"), "it", "panel"), keptName(at("/plans/p/comments?a=1&b=2"), "it", "panel"));
  assert.notEqual(keptName(at("/help"), "it", "whole"), keptName(at("/help"), "en", "whole"));
  assert.equal(keptName(at("/plans/p/comments/new?segment=A"), "it", "panel"), keptName(at("/plans/p/comments/new"), "it", "panel"));
});

test("a panel is put into the page of its plan with its title and its view", () => {
  const shell = '<html lang="it"><title>Plan</title><div class="panel" id="panel" tabindex="-1" data-view="list"><!--panel-->old<!--/panel--></div><i></i>';
  const panel = '\n<div data-fragment data-title="A &amp; $1" data-view="card">\n<b>new</b> $& <div>x</div>\n</div>\n';
  const page = compose(shell, panel);
  assert.match(page, /<title>A &amp; \$1<\/title>/);
  assert.match(page, /data-view="card"><!--panel-->\n<b>new<\/b> \$& <div>x<\/div>\n<!--\/panel--><\/div><i>/);
  assert.ok(!page.includes("old"));
  assert.equal(compose(shell, "<html>an error</html>"), undefined);
});

test("the moment of a copy is written on page and panel", () => {
  assert.match(stamp('<html lang="it"><div data-fragment x>', "T offline"), /^<html data-kept="T offline" lang="it"><div data-fragment x>$/);
  assert.match(stamp("<div data-fragment x>", "T offline"), /^<div data-fragment data-kept="T offline" x>$/);
});
