// The page /try: two buttons, a status, and the list of what went over the wire.

import { permission } from "./authenticator.js";
import { pair, signIn, startOver } from "./ceremony.js";
import { openSession } from "./server.js";
import { Stop } from "./stop.js";
import { PROGRESS, problem } from "./words.js";

const byId = (id) => document.getElementById(id);
const status = byId("status");
const buttons = ["pair", "sign-in", "start-over"].map(byId);
const demo = {
  environment: document.body.dataset.environment,
  user: document.body.dataset.user,
  policy: document.body.dataset.policy,
  port: Number(document.body.dataset.port),
};

let cancel = null;
let next = byId("pair");

/** `state` is one of ready, working, waiting, paired, signed-in, problem. */
function say(state, title, text, code = "") {
  status.dataset.state = state;
  status.dataset.code = code;
  byId("status-title").textContent = title;
  byId("status-text").textContent = text;
}

function busy(yes) {
  for (const button of buttons) button.disabled = yes;
  byId("cancel").hidden = !yes;
}

function progress(step) {
  const [title, text] = PROGRESS[step];
  say(step.endsWith("-ask") ? "waiting" : "working", title, text);
}

/** Marks which of the two steps is next, and lets the keyboard go on there. */
function nextStep(id) {
  next = byId(id);
  for (const step of ["pair", "sign-in"]) byId(step).classList.toggle("primary", step === id);
}

/** Explains the browser's question before it comes, and waits for a click. */
async function explained(signal) {
  if ((await permission()) !== "prompt") return;
  byId("permission").hidden = false;
  const button = byId("continue");
  button.focus();
  await new Promise((resolve, reject) => {
    button.addEventListener("click", resolve, { once: true });
    signal.addEventListener("abort", () => reject(new Stop("CANCELLED")), { once: true });
  }).finally(() => {
    byId("permission").hidden = true;
  });
}

async function run(button, work) {
  next = button;
  cancel = new AbortController();
  busy(true);
  try {
    await work(cancel.signal);
  } catch (error) {
    const stop = error instanceof Stop ? error : new Stop("UNEXPECTED");
    if (stop !== error) console.error(error);
    const paired = stop.code === "ALREADY_REGISTERED";
    if (paired) nextStep("sign-in");
    if (stop.code === "NO_USABLE_DEVICES") nextStep("pair");
    say(paired ? "paired" : "problem", ...problem(stop, button.id), stop.code);
  } finally {
    cancel = null;
    busy(false);
    // Disabling took the focus away from whoever works with the keyboard.
    if (document.activeElement === document.body) next.focus();
  }
}

byId("pair").addEventListener("click", () =>
  run(byId("pair"), async (signal) => {
    byId("paired").hidden = true;
    await explained(signal);
    const number = await pair(demo, signal, progress);
    byId("check-number").textContent = number;
    byId("paired").hidden = false;
    nextStep("sign-in");
    say(
      "paired",
      "This computer is paired",
      "Now sign in with it. The terminal shows the same check number as this page:",
    );
  }),
);

byId("sign-in").addEventListener("click", () =>
  run(byId("sign-in"), async (signal) => {
    byId("paired").hidden = true;
    await explained(signal);
    const authenticators = await signIn(demo, signal, progress);
    say(
      "signed-in",
      "Signed in",
      `The server accepted the signature of this computer (${authenticators.join(", ")}). An application would let you in now. You can sign in again as often as you like.`,
    );
  }),
);

byId("start-over").addEventListener("click", () =>
  run(byId("start-over"), async () => {
    progress("start-over");
    await startOver(demo);
    byId("paired").hidden = true;
    nextStep("pair");
    say("ready", "Ready", "Begin with pairing this computer.");
  }),
);

byId("cancel").addEventListener("click", () => cancel?.abort());

async function open() {
  const code = new URLSearchParams(location.search).get("code");
  if (code !== null) {
    // The code is worth nothing after this; keep it out of the history all the same.
    history.replaceState(null, "", "/try");
    await openSession(code);
  }
  busy(false);
  byId("cancel").hidden = true;
  say("ready", "Ready", "Begin with pairing this computer.");
}

open().catch((error) => {
  const stop = error instanceof Stop ? error : new Stop("SERVER_UNREACHABLE");
  say("problem", ...problem(stop), stop.code);
});
