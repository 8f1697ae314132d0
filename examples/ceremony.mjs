// Pairs this computer for a user and signs in with it. Node 18 or newer, nothing to install.
//
// Values come from the environment; see README.md in this folder.

import http from "node:http";
import https from "node:https";

const {
  API_PATH,
  AUTH_PATH,
  ENV_ID,
  USER_ID,
  POLICY_ID,
  CLIENT_ID,
  CLIENT_SECRET,
  DESKTOP_URL = "http://localhost:9410",
  ORIGIN = "http://localhost:8080",
} = process.env;

class Refused extends Error {}

/** Posts text and resolves to the answer's text. (`fetch` would not let us set `Origin`.) */
function post(url, contentType, body, headers = {}) {
  const { request } = url.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: "POST",
      headers: { ...headers, "Content-Type": contentType, "Content-Length": Buffer.byteLength(body) },
    });
    outgoing.on("error", reject);
    outgoing.on("response", async (answer) => {
      let text = "";
      for await (const chunk of answer.setEncoding("utf8")) text += chunk;
      if (answer.statusCode < 300) resolve(text);
      else reject(new Refused(`${answer.statusCode} from ${url}:\n${text}`));
    });
    outgoing.end(body);
  });
}

/** Calls the API with a token: JSON in, JSON out. */
async function call(token, url, body, contentType = "application/json") {
  const headers = { Authorization: `Bearer ${token}` };
  return JSON.parse(await post(url, contentType, JSON.stringify(body), headers));
}

/** Hands a signed request to the desktop authenticator; a person answers its question. */
function askDesktop(path, signedRequest) {
  return post(DESKTOP_URL + path, "application/jwt", signedRequest, { Origin: ORIGIN });
}

async function main() {
  const policy = POLICY_ID ? { policy: { id: POLICY_ID } } : {};

  console.log("1. Asking for an access token");
  const basic = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64");
  const { access_token: token } = JSON.parse(
    await post(
      `${AUTH_PATH}/${ENV_ID}/as/token`,
      "application/x-www-form-urlencoded",
      "grant_type=client_credentials",
      { Authorization: `Basic ${basic}` },
    ),
  );

  console.log("2. Creating a device for the user");
  const pending = await call(token, `${API_PATH}/environments/${ENV_ID}/users/${USER_ID}/devices`, {
    type: "PINGID_DESKTOP_GEN2",
    status: "ACTIVATION_REQUIRED",
    ...policy,
  });

  console.log("3. Asking the desktop authenticator to pair: answer its question");
  const attestation = await askDesktop("/register", pending.pingIdDesktopCredentialCreationOptions);

  console.log("4. Activating the device");
  const device = await call(
    token,
    pending._links.self.href,
    { attestation },
    "application/vnd.pingidentity.device.activate+json",
  );
  console.log(`   ${device.nickname} is ${device.status}`);

  console.log("5. Starting a sign-in");
  const started = await call(token, `${AUTH_PATH}/${ENV_ID}/deviceAuthentications`, {
    user: { id: USER_ID },
    ...policy,
  });

  console.log("6. Asking the desktop authenticator to sign: answer its question");
  const assertion = await askDesktop("/authenticate", started.pingIdDesktopCredentialRequestOptions);

  console.log("7. Checking the signature");
  const completed = await call(
    token,
    started._links.self.href,
    { assertion, origin: ORIGIN },
    "application/vnd.pingidentity.assertion.check+json",
  );
  if (completed.status !== "COMPLETED") throw new Refused(JSON.stringify(completed, null, 2));
  console.log(`Signed in: ${completed.status}`);
}

main().catch((error) => {
  console.error(error instanceof Refused ? error.message : error);
  process.exitCode = 1;
});
