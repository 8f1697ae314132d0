#!/usr/bin/env python3
"""Pairs this computer for a user and signs in with it. Python 3.9 or newer, standard library only.

Values come from the environment; see README.md in this folder.
"""

import base64
import json
import os
import sys
import urllib.error
import urllib.request

API_PATH = os.environ["API_PATH"]
AUTH_PATH = os.environ["AUTH_PATH"]
ENV_ID = os.environ["ENV_ID"]
USER_ID = os.environ["USER_ID"]
POLICY_ID = os.environ.get("POLICY_ID")
CLIENT_ID = os.environ["CLIENT_ID"]
CLIENT_SECRET = os.environ["CLIENT_SECRET"]
DESKTOP_URL = os.environ.get("DESKTOP_URL", "http://localhost:9410")
ORIGIN = os.environ.get("ORIGIN", "http://localhost:8080")

# Local addresses do not go through a proxy, whatever the environment says of proxies.
http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    """An answer other than success; carries the status and the error object as text."""


def post(url, content_type, body, **headers):
    """Posts text and returns the answer's text."""
    headers["Content-Type"] = content_type
    request = urllib.request.Request(url, body.encode(), headers, method="POST")
    try:
        with http.open(request) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        raise Refused(f"{error.code} from {url}:\n{error.read().decode()}") from error


def call(token, url, body, content_type="application/json"):
    """Calls the API with a token: JSON in, JSON out."""
    answer = post(url, content_type, json.dumps(body), Authorization=f"Bearer {token}")
    return json.loads(answer)


def ask_desktop(path, signed_request):
    """Hands a signed request to the desktop authenticator; a person answers its question."""
    return post(DESKTOP_URL + path, "application/jwt", signed_request, Origin=ORIGIN)


def main():
    policy = {"policy": {"id": POLICY_ID}} if POLICY_ID else {}

    print("1. Asking for an access token")
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    answer = post(
        f"{AUTH_PATH}/{ENV_ID}/as/token",
        "application/x-www-form-urlencoded",
        "grant_type=client_credentials",
        Authorization=f"Basic {basic}",
    )
    token = json.loads(answer)["access_token"]

    print("2. Creating a device for the user")
    device = call(
        token,
        f"{API_PATH}/environments/{ENV_ID}/users/{USER_ID}/devices",
        {"type": "PINGID_DESKTOP_GEN2", "status": "ACTIVATION_REQUIRED", **policy},
    )

    print("3. Asking the desktop authenticator to pair: answer its question", flush=True)
    attestation = ask_desktop("/register", device["pingIdDesktopCredentialCreationOptions"])

    print("4. Activating the device")
    device = call(
        token,
        device["_links"]["self"]["href"],
        {"attestation": attestation},
        "application/vnd.pingidentity.device.activate+json",
    )
    print(f"   {device['nickname']} is {device['status']}")

    print("5. Starting a sign-in")
    authentication = call(
        token,
        f"{AUTH_PATH}/{ENV_ID}/deviceAuthentications",
        {"user": {"id": USER_ID}, **policy},
    )

    print("6. Asking the desktop authenticator to sign: answer its question", flush=True)
    assertion = ask_desktop(
        "/authenticate", authentication["pingIdDesktopCredentialRequestOptions"]
    )

    print("7. Checking the signature")
    authentication = call(
        token,
        authentication["_links"]["self"]["href"],
        {"assertion": assertion, "origin": ORIGIN},
        "application/vnd.pingidentity.assertion.check+json",
    )
    if authentication["status"] != "COMPLETED":
        raise Refused(json.dumps(authentication, indent=2))
    print(f"Signed in: {authentication['status']}")


if __name__ == "__main__":
    try:
        main()
    except Refused as refused:
        sys.exit(str(refused))
