#!/bin/sh
# Pairs this computer for a user and signs in with it: curl and a POSIX shell, nothing else.
#
# Values come from the environment; see README.md in this folder.
set -eu

: "${API_PATH:?}" "${AUTH_PATH:?}" "${ENV_ID:?}" "${USER_ID:?}" "${CLIENT_ID:?}" "${CLIENT_SECRET:?}"
DESKTOP_URL=${DESKTOP_URL:-http://localhost:9410}
ORIGIN=${ORIGIN:-http://localhost:8080}

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# call STATUS CURL-ARGUMENTS...: makes one call and leaves its body in $answer. On any other status
# it shows the error object and ends the program.
call() {
    expected=$1
    shift
    status=$(curl --silent --show-error --output "$answer" --write-out '%{http_code}' "$@")
    if [ "$status" != "$expected" ]; then
        echo "expected $expected, got $status:" >&2
        cat "$answer" >&2
        echo >&2
        exit 1
    fi
}

# member NAME: the text member of that name in $answer. Enough for tokens, ids and links, none of
# which contains an escaped character; a real program has a JSON parser.
member() {
    tr -d '\n' <"$answer" | sed -n "s/.*\"$1\" *: *\"\\([^\"]*\\)\".*/\\1/p"
}

# self: the resource's own link.
self() {
    tr -d '\n' <"$answer" | sed -n 's/.*"self" *: *{ *"href" *: *"\([^"]*\)".*/\1/p'
}

if [ -n "${POLICY_ID:-}" ]; then
    policy=",\"policy\":{\"id\":\"$POLICY_ID\"}"
else
    policy=
fi

echo "1. Asking for an access token"
call 200 "$AUTH_PATH/$ENV_ID/as/token" \
    --user "$CLIENT_ID:$CLIENT_SECRET" \
    --data grant_type=client_credentials
token=$(member access_token)

echo "2. Creating a device for the user"
call 201 "$API_PATH/environments/$ENV_ID/users/$USER_ID/devices" \
    --header "Authorization: Bearer $token" \
    --header 'Content-Type: application/json' \
    --data "{\"type\":\"PINGID_DESKTOP_GEN2\",\"status\":\"ACTIVATION_REQUIRED\"$policy}"
device=$(self)
options=$(member pingIdDesktopCredentialCreationOptions)

echo "3. Asking the desktop authenticator to pair: answer its question"
call 200 "$DESKTOP_URL/register" \
    --header "Origin: $ORIGIN" \
    --header 'Content-Type: application/jwt' \
    --data "$options"
attestation=$(cat "$answer")

echo "4. Activating the device"
call 200 "$device" \
    --header "Authorization: Bearer $token" \
    --header 'Content-Type: application/vnd.pingidentity.device.activate+json' \
    --data "{\"attestation\":\"$attestation\"}"
echo "   $(member nickname) is ready"

echo "5. Starting a sign-in"
call 201 "$AUTH_PATH/$ENV_ID/deviceAuthentications" \
    --header "Authorization: Bearer $token" \
    --header 'Content-Type: application/json' \
    --data "{\"user\":{\"id\":\"$USER_ID\"}$policy}"
authentication=$(self)
options=$(member pingIdDesktopCredentialRequestOptions)

echo "6. Asking the desktop authenticator to sign: answer its question"
call 200 "$DESKTOP_URL/authenticate" \
    --header "Origin: $ORIGIN" \
    --header 'Content-Type: application/jwt' \
    --data "$options"
assertion=$(cat "$answer")

echo "7. Checking the signature"
call 200 "$authentication" \
    --header "Authorization: Bearer $token" \
    --header 'Content-Type: application/vnd.pingidentity.assertion.check+json' \
    --data "{\"assertion\":\"$assertion\",\"origin\":\"$ORIGIN\"}"
if ! grep -q '"status" *: *"COMPLETED"' "$answer"; then
    cat "$answer" >&2
    exit 1
fi
echo "Signed in: COMPLETED"
