// Activates a device with jQuery on a page of the server's own origin, in jsdom. A page of another
// origin would have to be allowed by the server (CORS); that is tested with a real browser.

const { JSDOM } = require("jsdom");

const page = new JSDOM("<!doctype html><title>test</title>", { url: process.env.URL });
const $ = require("jquery")(page.window);

$.ajax({
  url: process.env.URL,
  method: "POST",
  timeout: 0,
  headers: {
    "Content-Type": "application/vnd.pingidentity.device.activate+json",
    Authorization: `Bearer ${process.env.TOKEN}`,
  },
  data: JSON.stringify({ attestation: process.env.ATTESTATION }),
}).then(
  (answer) => {
    console.log(JSON.stringify(answer));
    page.window.close();
  },
  (answer) => {
    console.error(answer.status, answer.responseText);
    process.exit(1);
  },
);
