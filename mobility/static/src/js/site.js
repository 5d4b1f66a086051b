/**
 * The script of every page. Each part adds comfort to a page that works without it.
 */
import { startDisclosures } from "./site/disclosure.js";
import { dropDrafts, startForms } from "./site/forms.js";
import { watchConnection } from "./site/live.js";
import { startPanel } from "./site/panel.js";
import { startSheet } from "./site/sheet.js";

startDisclosures();
startForms();
startSheet();
startPanel();
watchConnection();
if (document.querySelector("[data-sent]")) dropDrafts();
