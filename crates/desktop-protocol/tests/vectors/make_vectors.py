"""Writes vectors.json: the four JWTs of the desktop protocol made by a second implementation (Python with
`cryptography`), and JWTs that have to be refused. Signatures are deterministic (RFC 6979), so running it
again changes nothing:

    python3 make_vectors.py > vectors.json
"""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def write(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Key:
    def __init__(self, name):
        self.scalar = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")
        self.private = ec.derive_private_key(self.scalar, ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        self.jwk = {
            "kty": "EC",
            "crv": "P-256",
            "x": b64(numbers.x.to_bytes(32, "big")),
            "y": b64(numbers.y.to_bytes(32, "big")),
        }
        canonical = json.dumps(self.jwk, separators=(",", ":"), sort_keys=True)
        self.thumbprint = b64(hashlib.sha256(canonical.encode()).digest())

    def der(self, message):
        return self.private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))

    def sign(self, message):
        r, s = decode_dss_signature(self.der(message))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def point(self):
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def jwt(header, claims, sign):
    head = header if isinstance(header, bytes) else write(header)
    body = claims if isinstance(claims, bytes) else write(claims)
    text = b64(head) + "." + b64(body)
    return text + "." + b64(sign(text.encode()))


def changed(value, **changes):
    value = json.loads(json.dumps(value))
    for name, change in changes.items():
        if change is None:
            del value[name]
        else:
            value[name] = change
    return value


server, credential, stranger = Key("server"), Key("credential"), Key("stranger")
SERVER_KID = "server-key-1"
IAT = 1790000000
ENV = "5f7c2a10-3f0e-4c5b-9d7e-000000000001"
DEVICE = "5f7c2a10-3f0e-4c5b-9d7e-000000000002"
USER = "5f7c2a10-3f0e-4c5b-9d7e-000000000003"
AUTHN = "5f7c2a10-3f0e-4c5b-9d7e-000000000004"
APPLICATION = "5f7c2a10-3f0e-4c5b-9d7e-000000000005"
ATTEMPT = "5f7c2a10-3f0e-4c5b-9d7e-000000000006"
UNIT = "5f7c2a10-3f0e-4c5b-9d7e-000000000007"
ISSUER = f"https://auth.example.com/{ENV}/as"
ORIGIN = "https://login.example.com"


def server_header(typ, **more):
    return {"typ": typ, "alg": "ES256", "kid": SERVER_KID, **more}


def credential_header(typ, **more):
    return {"typ": typ, "alg": "ES256", "kid": credential.thumbprint, **more}


def nonce(name):
    return b64(hashlib.sha256(name.encode()).digest())


creation = {
    "iss": ISSUER,
    "aud": "urn:desktop-agent:v1",
    "sub": USER,
    "jti": f"{DEVICE}.{ATTEMPT}",
    "iat": IAT,
    "exp": IAT + 300,
    "nonce": nonce("creation"),
    "env": ENV,
    "device": DEVICE,
    "rp": {"id": "example.com", "name": "Exämple"},
    "origins": [ORIGIN],
    "user": {"name": "a.lee", "displayName": "Alex Lee"},
    "application": {"id": APPLICATION, "name": "Desktop"},
    "algs": ["ES256"],
    "uv": "required",
    "minKeyProtection": "SOFTWARE",
    "evidence": "none",
    "exclude": [stranger.thumbprint],
    "timeout": 60000,
}
creation_jwt = jwt(server_header("desktop-creation-options+jwt"), creation, server.sign)

request = {
    "iss": ISSUER,
    "aud": "urn:desktop-agent:v1",
    "sub": USER,
    "jti": f"{AUTHN}.{ATTEMPT}",
    "iat": IAT,
    "exp": IAT + 120,
    "nonce": nonce("request"),
    "env": ENV,
    "authn": AUTHN,
    "rp": {"id": "example.com", "name": "Exämple"},
    "origins": [ORIGIN],
    "allow": [credential.thumbprint],
    "uv": "required",
    "timeout": 60000,
    "ctx": {"app": "Payroll", "ip": "203.0.113.7", "place": "Lyon, FR"},
}
request_jwt = jwt(server_header("desktop-request-options+jwt"), request, server.sign)

attestation = {
    "iss": f"urn:ietf:params:oauth:jwk-thumbprint:sha-256:{credential.thumbprint}",
    "aud": ISSUER,
    "sub": USER,
    "jti": "5f7c2a10-3f0e-4c5b-9d7e-000000000008",
    "iat": IAT + 12,
    "exp": IAT + 132,
    "nonce": creation["nonce"],
    "rqh": b64(hashlib.sha256(creation_jwt.encode()).digest()),
    "rp": {"id": "example.com"},
    "origin": ORIGIN,
    "cnf": {"jwk": credential.jwk},
    "keyProtection": "SOFTWARE",
    "up": True,
    "uv": True,
    "amr": ["swk", "pin"],
    "ctr": 0,
    "unitId": UNIT,
    "os": {"type": "LINUX", "version": "12"},
    "model": {},
    "application": {"nativeName": "Countersign Desktop", "version": "1.0.0"},
}
attestation_jwt = jwt(credential_header("desktop-attestation+jwt"), attestation, credential.sign)

assertion = {
    "iss": f"urn:ietf:params:oauth:jwk-thumbprint:sha-256:{credential.thumbprint}",
    "aud": ISSUER,
    "sub": USER,
    "jti": "5f7c2a10-3f0e-4c5b-9d7e-000000000009",
    "iat": IAT + 20,
    "exp": IAT + 80,
    "nonce": request["nonce"],
    "rqh": b64(hashlib.sha256(request_jwt.encode()).digest()),
    "authn": AUTHN,
    "rp": {"id": "example.com"},
    "origin": ORIGIN,
    "up": True,
    "uv": True,
    "amr": ["swk", "pin"],
    "ctr": 17,
    "unitId": UNIT,
    "os": {"type": "LINUX", "version": "12"},
    "application": {"version": "1.0.0"},
}
assertion_jwt = jwt(credential_header("desktop-assertion+jwt"), assertion, credential.sign)

kinds = {
    "creation": ("desktop-creation-options+jwt", creation, server_header, server, creation_jwt),
    "request": ("desktop-request-options+jwt", request, server_header, server, request_jwt),
    "attestation": ("desktop-attestation+jwt", attestation, credential_header, credential, attestation_jwt),
    "assertion": ("desktop-assertion+jwt", assertion, credential_header, credential, assertion_jwt),
}

refused = []
for kind, (typ, claims, header, key, good) in kinds.items():

    def add(name, token, malformed=False):
        refused.append({"kind": kind, "name": name, "malformed": malformed, "jwt": token})

    head, body, signature = good.split(".")
    hs256 = lambda secret: lambda message: hmac.new(secret, message, "sha256").digest()
    add("alg none, no signature", jwt({**header(typ), "alg": "none"}, claims, lambda _: b""))
    add("alg none, signed all the same", jwt({**header(typ), "alg": "none"}, claims, key.sign))
    add("HS256 keyed with the public point", jwt({**header(typ), "alg": "HS256"}, claims, hs256(key.point())))
    add("HS256 keyed with the public JWK", jwt({**header(typ), "alg": "HS256"}, claims, hs256(write(key.jwk))))
    add("HS256 code under ES256", jwt(header(typ), claims, hs256(key.point())))
    add("embedded jwk", jwt(header(typ, jwk=stranger.jwk), claims, stranger.sign))
    add("embedded jwk of the right key", jwt(header(typ, jwk=key.jwk), claims, key.sign))
    add("jku", jwt(header(typ, jku="https://evil.test/keys"), claims, stranger.sign))
    add("x5u", jwt(header(typ, x5u="https://evil.test/cert"), claims, key.sign))
    add("x5c", jwt(header(typ, x5c=["AAAA"]), claims, key.sign))
    add("unknown crit", jwt(header(typ, crit=["exp"]), claims, key.sign))
    add("b64", jwt(header(typ, b64=False, crit=["b64"]), claims, key.sign))
    add("zip", jwt(header(typ, zip="DEF"), claims, key.sign))
    add("signed by a stranger", jwt(header(typ), claims, stranger.sign))
    add("DER signature", jwt(header(typ), claims, key.der))
    add("signature one byte short", jwt(header(typ), claims, lambda m: key.sign(m)[:63]))
    add("no signature", jwt(header(typ), claims, lambda _: b""))
    add("zero signature", jwt(header(typ), claims, lambda _: bytes(64)))
    add("signature of another token", f"{head}.{b64(write(changed(claims, iat=IAT - 1)))}.{signature}")
    add("no typ", jwt({"alg": "ES256", "kid": header(typ)["kid"]}, claims, key.sign))
    add("typ JWT", jwt(header("JWT"), claims, key.sign))
    add("typ in upper case", jwt(header(typ.upper()), claims, key.sign))
    add("typ as media type", jwt(header("application/" + typ), claims, key.sign))
    add("alg missing", jwt({"typ": typ, "kid": header(typ)["kid"]}, claims, key.sign))
    for claim in ("iss", "aud", "sub", "jti", "iat", "exp", "nonce", "rp", "uv"):
        add(f"no {claim}", jwt(header(typ), changed(claims, **{claim: None}), key.sign))
        add(f"{claim} of another type", jwt(header(typ), changed(claims, **{claim: [claims[claim]]}), key.sign))
    add("iat as text", jwt(header(typ), changed(claims, iat=str(IAT)), key.sign))
    add("iat as fraction", jwt(header(typ), changed(claims, iat=IAT + 0.5), key.sign))
    add("duplicate claim", jwt(header(typ), write(claims)[:-1] + b',"sub":"x"}', key.sign), True)
    add("duplicate claim, escaped", jwt(header(typ), write(claims)[:-1] + b',"\\u0073ub":"x"}', key.sign), True)
    add("duplicate member inside", jwt(header(typ), write(claims)[:-1] + b',"x":[{"a":1,"a":1}]}', key.sign), True)
    add("duplicate header member", jwt(write(header(typ))[:-1] + b',"alg":"none"}', claims, key.sign), True)
    add("claims are a list", jwt(header(typ), [claims], key.sign), True)
    add("claims are not JSON", jwt(header(typ), b"{", key.sign), True)
    add("header is not JSON", jwt(b"ES256", claims, key.sign), True)
    add("padding", f"{head}.{body}.{signature}==", True)
    add("stray bits", good[:-1] + chr(ord(good[-1]) + 1), True)
    add("white space", good + "\n", True)
    add("two parts", f"{head}.{body}", True)
    add("four parts", good + ".", True)
    add("JSON serialisation", json.dumps({"protected": head, "payload": body, "signature": signature}), True)
    add("empty", "", True)


def refuse(kind, name, **changes):
    typ, claims, header, key, _ = kinds[kind]
    token = jwt(header(typ), changed(claims, **changes), key.sign)
    refused.append({"kind": kind, "name": name, "malformed": False, "jwt": token})


for kind in ("creation", "request"):
    refuse(kind, "ends before it begins", exp=IAT - 1)
    refuse(kind, "ends as it begins", exp=IAT)
    refuse(kind, "lives 301 seconds", exp=IAT + 301)
    refuse(kind, "of another audience", aud="https://api.example.com")
    refuse(kind, "audience list", aud=["urn:desktop-agent:v1"])
    refuse(kind, "short nonce", nonce="AAAA")
    refuse(kind, "origin with a path", origins=["https://login.example.com/"])
    refuse(kind, "unknown uv", uv="maybe")
refuse("creation", "unknown key protection", minKeyProtection="HSM")
refuse("creation", "exclude is no thumbprint", exclude=["x"])
refuse("request", "subject without allow", allow=None)
refuse("request", "subject with empty allow", allow=[])
refuse("request", "allow without subject", sub=None)
refuse("request", "usernameless, uv not required", sub=None, allow=None, uv="preferred")
refuse("attestation", "key of somebody else", cnf={"jwk": stranger.jwk})
refuse("attestation", "private key", cnf={"jwk": {**credential.jwk, "d": b64(credential.scalar.to_bytes(32, "big"))}})
refuse("attestation", "point not on the curve", cnf={"jwk": {**credential.jwk, "y": credential.jwk["x"]}})
refuse("attestation", "point at infinity", cnf={"jwk": {**credential.jwk, "x": "A" * 43, "y": "A" * 43}})
refuse("attestation", "iss of somebody else", iss="urn:ietf:params:oauth:jwk-thumbprint:sha-256:" + stranger.thumbprint)
refuse("attestation", "iss without the prefix", iss=credential.thumbprint)
refuse("attestation", "unknown operating system", os={"type": "BEOS", "version": "5"})
refuse("attestation", "negative counter", ctr=-1)
refuse("attestation", "evidence without format", evidence={"ver": "2.0"})
refuse("assertion", "carries cnf", cnf={"jwk": credential.jwk})
refuse("assertion", "carries jwk", jwk=credential.jwk)
refuse("assertion", "iss of somebody else", iss="urn:ietf:params:oauth:jwk-thumbprint:sha-256:" + stranger.thumbprint)
refuse("assertion", "counter as text", ctr="17")
for kind in ("attestation", "assertion"):
    typ, claims, header, key, _ = kinds[kind]
    token = jwt({**header(typ), "kid": stranger.thumbprint}, claims, key.sign)
    refused.append({"kind": kind, "name": "kid of somebody else", "malformed": False, "jwt": token})
    token = jwt({"typ": typ, "alg": "ES256"}, claims, key.sign)
    refused.append({"kind": kind, "name": "no kid", "malformed": False, "jwt": token})

digest = hashlib.sha256(b"desktop-check-number-v1\0" + credential.thumbprint.encode()).digest()
print(
    json.dumps(
        {
            "serverKey": server.jwk,
            "serverKid": SERVER_KID,
            "credentialKey": credential.jwk,
            "credentialKid": credential.thumbprint,
            "checkNumber": f"{int.from_bytes(digest[:8], 'big') % 1000000:06}",
            "claims": {"creation": creation, "request": request, "attestation": attestation, "assertion": assertion},
            "jwts": {kind: parts[4] for kind, parts in kinds.items()},
            "refused": refused,
        },
        indent=1,
        ensure_ascii=False,
    )
)
