"""Activates a device with requests; json.dumps leaves a blank behind the colon."""

import json
import os

import requests

answer = requests.request(
    "POST",
    os.environ["URL"],
    headers={
        "Content-Type": "application/vnd.pingidentity.device.activate+json",
        "Authorization": "Bearer " + os.environ["TOKEN"],
    },
    data=json.dumps({"attestation": os.environ["ATTESTATION"]}),
)
print(answer.text)
