// Every sentence that the status line can say. Each has a title (what happened) and a text (what
// happens next, or what to do).

const terminal = "Look at the terminal in which Countersign runs.";

/** While something is going on, by step of a ceremony. */
export const PROGRESS = {
  "pair-create": ["Asking the server", "It makes a signed request for the authenticator."],
  "pair-ask": [
    "Answer in the terminal",
    `${terminal} It shows who asks and for whom, then “Allow?”: type y and press Enter. After that it asks for a PIN, or lets you choose one: at least six characters.`,
  ],
  "pair-activate": ["Telling the server", "It checks what the authenticator signed."],
  "sign-in-start": ["Asking the server", "It makes a signed request for the authenticator."],
  "sign-in-ask": [
    "Answer in the terminal",
    `${terminal} It shows who asks and for whom, then “Allow?”: type y and press Enter, then your PIN.`,
  ],
  "sign-in-check": ["Telling the server", "It checks what the authenticator signed."],
  "start-over": ["Removing the pairing", "Then this page is as new."],
};

// Being busy ends within a minute (seconds); a longer wait means that the site was declined.
const LONGEST_BUSY = 90;

const again = "Press the button to try again.";

/** Reasons why a ceremony ended without its result. */
const PROBLEMS = {
  // This page
  CANCELLED: ["Cancelled", `Nothing was signed. ${again}`],
  FOREIGN_REQUEST: [
    "That request is not from this page",
    "It belongs to another session or another user, so it was not handed to the authenticator.",
  ],
  LINK_SPENT: [
    "This link was used already",
    "Each link works once. Stop Countersign in its terminal, start it again, and open the link that it prints.",
  ],
  NO_SESSION: [
    "This page's session is over",
    "Start Countersign again and open the link that it prints.",
  ],
  SERVER_UNREACHABLE: ["The server does not answer", "Is Countersign still running in its terminal?"],
  SERVER_FAULT: ["The server had a fault", "Its log says more: server.log in the data folder."],
  SERVER_REFUSED: ["The server refused", "The answer in the list below says why."],
  UNEXPECTED: ["Something unexpected happened", `Reload the page and try again.`],

  // Reaching the authenticator
  NO_AUTHENTICATOR: [
    "No authenticator answers on this computer",
    "Countersign starts one beside itself unless told not to; its terminal says if that failed. Your own application would offer another method now.",
  ],
  PERMISSION_DENIED: [
    "The browser does not let this page reach the authenticator",
    "Open the site settings (the icon left of the address), allow access to apps on this device, and reload.",
  ],
  CONNECTION_LOST: [
    "The connection to the authenticator broke off",
    `Is it still running? ${again}`,
  ],

  // Its refusals
  USER_DECLINED: ["You declined", `Nothing was signed. ${again}`],
  PAIRING_DECLINED: [
    "You declined",
    "No key was made. After a declined first pairing the authenticator leaves this site alone for ten minutes; starting Countersign again ends that.",
  ],
  USER_TIMEOUT: ["Nobody answered in time", `The question in the terminal is over. ${again}`],
  VERIFICATION_FAILED: [
    "That was not the PIN",
    `Nothing was signed: there is one try for each request. ${again}`,
  ],
  VERIFICATION_UNAVAILABLE: [
    "The authenticator cannot ask you",
    "It has no terminal to show the request in and to take a PIN from. Start Countersign in a terminal window.",
  ],
  LOCKED: ["The authenticator is locked", "Too many wrong PINs."],
  BUSY: [
    "The authenticator is busy",
    "It is asking about another request, or was asked too often within a minute.",
  ],
  MUTED: [
    "The authenticator does not ask for this site now",
    "A first pairing was declined, so it leaves the site alone for a while. Starting Countersign again ends that.",
  ],
  NO_CREDENTIAL: [
    "This computer has no key for this account",
    "It was removed here, or the account was paired on another computer. Choose “Start over”, then pair.",
  ],
  ALREADY_REGISTERED: ["This computer is paired already", "Go on with signing in."],
  UNTRUSTED_ISSUER: [
    "The authenticator does not know this server",
    "Trust begins with pairing. Choose “Start over”, then pair.",
  ],
  ORIGIN_NOT_ALLOWED: [
    "The authenticator refused the address of this page",
    "The address has to lie within the relying party that the request names.",
  ],
  RP_NOT_ALLOWED: [
    "The authenticator refused the relying party",
    "“localhost” is taken only by one that was started with --development.",
  ],
  WRONG_OS_USER: [
    "The authenticator belongs to another user of this computer",
    "Start Countersign as the user whose browser this is.",
  ],
  REQUEST_REPLAYED: ["That request was answered before", again],
  REQUEST_EXPIRED: ["That request is too old", again],
  CLOCK_SKEW: [
    "The clocks disagree",
    "The clock of this computer and that of the server are more than five minutes apart.",
  ],
  ISSUER_UNREACHABLE: [
    "The authenticator cannot fetch the server's keys",
    "It looks them up at the server's public address. Is that reachable from here?",
  ],
  KEY_PROTECTION_UNAVAILABLE: [
    "The policy demands a better protected key",
    "This authenticator keeps its keys in software.",
  ],
  AUTHENTICATOR_REFUSED: ["The authenticator refused", "The answer in the list below says why."],

  // Refusals of the API
  NO_USABLE_DEVICES: ["No computer is paired yet", "Pair this one first."],
  DEVICE_UNAVAILABLE: [
    "The paired computer cannot be used now",
    "It is locked after failed attempts, or blocked. Wait a few minutes, or choose “Start over”.",
  ],
  USER_LOCKED: ["The account is locked", "Too many failed attempts. It opens by itself after a while."],
  LIMIT_EXCEEDED: [
    "A limit is reached",
    "Too many devices, open sign-ins or failed attempts. Wait a few minutes, or choose “Start over”.",
  ],
  INVALID_ASSERTION: ["The server did not accept the signature", again],
  ASSERTION_ATTEMPTS_EXCEEDED: [
    "Too many failed attempts",
    "The device is locked for a few minutes.",
  ],
};

function sentenceOf(stop, during) {
  if (stop.code === "BUSY" && stop.seconds > LONGEST_BUSY) return "MUTED";
  if (stop.code === "USER_DECLINED" && during === "pair") return "PAIRING_DECLINED";
  return stop.code;
}

/** Title and text for the reason of a stop; `during` is the id of the button that was pressed. */
export function problem(stop, during) {
  const known = PROBLEMS[sentenceOf(stop, during)];
  const [title, text] = known ?? PROBLEMS.SERVER_REFUSED;
  const parts = [text];
  if (known === undefined && stop.detail) parts.unshift(`${stop.detail} (${stop.code}).`);
  if (stop.seconds !== undefined) parts.push(`Try again in ${waiting(stop.seconds)}.`);
  if (stop.attempts !== undefined) parts.push(`Attempts left: ${stop.attempts}.`);
  return [title, parts.join(" ")];
}

function waiting(seconds) {
  if (seconds < 90) return seconds === 1 ? "one second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
