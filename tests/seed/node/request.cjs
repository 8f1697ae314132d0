// Activates a device with the `request` package.

const request = require("request");

request(
  {
    method: "POST",
    url: process.env.URL,
    headers: {
      "Content-Type": "application/vnd.pingidentity.device.activate+json",
      Authorization: `Bearer ${process.env.TOKEN}`,
    },
    body: JSON.stringify({ attestation: process.env.ATTESTATION }),
  },
  (error, answer) => {
    if (error) throw error;
    console.log(answer.body);
  },
);
