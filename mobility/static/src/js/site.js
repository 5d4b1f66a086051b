/**
 * The script of every page. Each part adds comfort to a page that works without it.
 */
import { startAgreeing } from "./site/agree.js";
import { startDisclosures } from "./site/disclosure.js";
import { startForms } from "./site/forms.js";
import { startImporting } from "./site/importing.js";
import { startKept } from "./site/kept.js";
import { watchConnection } from "./site/live.js";
import { startOutgoing } from "./site/outgoing.js";
import { startPanel } from "./site/panel.js";
import { startPhotos } from "./site/photos.js";
import { startPrinting } from "./site/print.js";
import { startProgress } from "./site/progress.js";
import { startQueue } from "./site/queue.js";
import { startSheet } from "./site/sheet.js";
import { startWorker } from "./site/worker.js";

startAgreeing();
startDisclosures();
startImporting();
startKept();
startForms();
startSheet();
startQueue();
startPanel();
startPhotos();
startPrinting();
startProgress();
startOutgoing();
watchConnection();
startWorker();
