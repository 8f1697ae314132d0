// The two ceremonies, as an integrator's page would run them. Requests for the authenticator come
// from the server's answer to this page's own call and from nowhere else.

import { ask } from "./authenticator.js";
import { checkNumber, decode } from "./jwt.js";
import { call, refusal } from "./server.js";
import { Stop } from "./stop.js";

const TYPE = "PINGID_DESKTOP_GEN2";
const ACTIVATE = "application/vnd.pingidentity.device.activate+json";
const SELECT = "application/vnd.pingidentity.device.select+json";
const CHECK = "application/vnd.pingidentity.assertion.check+json";

// What this page has under way; gone with the page.
let pairedDevice = null;
let openAuthentication = null;

function devicesPath(demo) {
  return `/v1/environments/${demo.environment}/users/${demo.user}/devices`;
}

/**
 * What a signed request says, after making sure that it belongs to this page: its user and the very
 * thing that this page has just started. A request from another session is not passed on.
 */
function own(demo, jwt, member, id) {
  const claims = decode(jwt)?.claims;
  if (claims?.env !== demo.environment || claims.sub !== demo.user || claims[member] !== id) {
    throw new Stop("FOREIGN_REQUEST");
  }
  return claims;
}

/** Pairs this computer. Gives the check number. `progress` is told what is going on. */
export async function pair(demo, cancelled, progress) {
  progress("pair-create");
  const created = await call(
    "Create a device for the user. It waits for activation; the answer carries a signed request for the authenticator.",
    "POST",
    devicesPath(demo),
    { type: TYPE, status: "ACTIVATION_REQUIRED", policy: { id: demo.policy } },
  );
  if (created.status !== 201) throw refusal(created.body);
  const device = `${devicesPath(demo)}/${created.body.id}`;
  try {
    const options = created.body.pingIdDesktopCredentialCreationOptions;
    const { timeout } = own(demo, options, "device", created.body.id);
    progress("pair-ask");
    const attestation = await ask(
      "Hand the request to the authenticator on this computer. It asks you, makes a key and signs.",
      demo.port,
      "/register",
      options,
      timeout,
      cancelled,
    );
    progress("pair-activate");
    const activated = await call(
      "Activate the device with what the authenticator signed.",
      "POST",
      device,
      { attestation },
      ACTIVATE,
    );
    if (activated.status !== 200) throw refusal(activated.body);
    pairedDevice = activated.body.id;
    openAuthentication = null;
    return await checkNumber(decode(attestation).header.kid);
  } catch (stop) {
    await forget(device);
    throw stop;
  }
}

/** Removes the device that was not activated; a failure of this does not hide the first one. */
async function forget(device) {
  try {
    await call("Remove the device that was not activated.", "DELETE", device);
  } catch {
    // It vanishes by itself after a day.
  }
}

async function started(demo) {
  if (openAuthentication !== null) {
    const again = await call(
      "Ask again within the sign-in that is still open.",
      "POST",
      openAuthentication.path,
      { device: { id: openAuthentication.device } },
      SELECT,
    );
    if (again.status === 200) return again.body;
    openAuthentication = null;
  }
  const begun = await call(
    "Start a sign-in for the user. The answer carries a signed request for the authenticator.",
    "POST",
    `/${demo.environment}/deviceAuthentications`,
    { user: { id: demo.user } },
  );
  if (begun.status !== 201) throw refusal(begun.body);
  if (begun.body.status !== "DEVICE_SELECTION_REQUIRED") return begun.body;
  return select(demo, begun.body);
}

async function select(demo, authentication) {
  const devices = authentication._embedded?.devices ?? [];
  const chosen = devices.find((device) => device.id === pairedDevice) ?? devices.at(-1);
  if (chosen === undefined) throw new Stop("NO_USABLE_DEVICES");
  const selected = await call(
    "The user has several devices: choose one.",
    "POST",
    `/${demo.environment}/deviceAuthentications/${authentication.id}`,
    { device: { id: chosen.id } },
    SELECT,
  );
  if (selected.status !== 200) throw refusal(selected.body);
  return selected.body;
}

/** Signs in with the paired computer. `progress` is told what is going on. */
export async function signIn(demo, cancelled, progress) {
  progress("sign-in-start");
  const authentication = await started(demo);
  if (authentication.status === "FAILED") {
    const away = authentication.error?.unavailableDevices ?? [];
    const code = authentication.error?.code ?? "SERVER_REFUSED";
    throw new Stop(code === "NO_USABLE_DEVICES" && away.length > 0 ? "DEVICE_UNAVAILABLE" : code);
  }
  const path = `/${demo.environment}/deviceAuthentications/${authentication.id}`;
  const options = authentication.pingIdDesktopCredentialRequestOptions;
  const { timeout } = own(demo, options, "authn", authentication.id);
  openAuthentication = { path, device: authentication.selectedDevice?.id };
  progress("sign-in-ask");
  const assertion = await ask(
    "Hand the request to the authenticator on this computer. It asks you and signs.",
    demo.port,
    "/authenticate",
    options,
    timeout,
    cancelled,
  );
  progress("sign-in-check");
  const checked = await call(
    "Let the server check what the authenticator signed.",
    "POST",
    path,
    { assertion, origin: location.origin },
    CHECK,
  );
  if (checked.status !== 200) throw refusal(checked.body);
  openAuthentication = null;
  if (checked.body.status !== "COMPLETED") throw new Stop("SERVER_REFUSED");
  return checked.body.authenticators ?? [];
}

/** Removes every device of the demo user, so that the whole thing can be tried from the start. */
export async function startOver(demo) {
  const listed = await call("Look up the user's devices.", "GET", devicesPath(demo));
  if (listed.status !== 200) throw refusal(listed.body);
  for (const device of listed.body._embedded?.devices ?? []) {
    const gone = await call("Remove a device.", "DELETE", `${devicesPath(demo)}/${device.id}`);
    if (gone.status >= 400 && gone.status !== 404) throw refusal(gone.body);
  }
  pairedDevice = null;
  openAuthentication = null;
}
