// Why a ceremony ended without its result.

/** `code` names the reason (the codes of words.js); `seconds` says when to try again, if known. */
export class Stop extends Error {
  constructor(code, { seconds, detail, attempts } = {}) {
    super(code);
    this.code = code;
    this.seconds = seconds;
    this.detail = detail;
    this.attempts = attempts;
  }
}
