"""Writes known_answers.json: what a second implementation (Python `cryptography`, with HChaCha20 written
out below) makes of the constructions of countersign-crypto. Run it only when a construction changes, which
breaks stored data:

    python3 make_vectors.py > known_answers.json
"""

import base64
import hashlib
import hmac
import json
import struct
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hkdf(secret, salt, info):
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(secret)


def place(*parts):
    return b"\x01" + b"".join(struct.pack(">Q", len(part)) + part for part in parts)


def rotl(value, bits):
    return ((value << bits) | (value >> (32 - bits))) & 0xFFFFFFFF


def hchacha20(key, nonce):
    """draft-irtf-cfrg-xchacha-03, section 2.2"""
    state = list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + struct.unpack("<4I", nonce))

    def quarter(a, b, c, d):
        for first, second, third, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[first] = (state[first] + state[second]) & 0xFFFFFFFF
            state[third] = rotl(state[third] ^ state[first], bits)

    for _ in range(10):
        for quad in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)):
            quarter(*quad)
        for quad in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(*quad)
    return struct.pack("<8I", *state[:4], *state[12:])


assert (
    hchacha20(bytes(range(32)), bytes.fromhex("000000090000004a0000000031415927")).hex()
    == "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc"
)

master = hashlib.sha256(b"master").digest()
data = hashlib.sha256(b"data").digest()
data_id = uuid.UUID("0c9f8d3e-0000-4000-8000-00000000d001")
nonce = bytes(range(12))

seal_key = hkdf(data, data_id.bytes, b"countersign seal v1")
associated = place(data_id.bytes, b"devices", b"secret", b"row", b"environment")
mac_key = hkdf(data, data_id.bytes, b"countersign mac v1\0" + b"otp code")

pin = "correct 7 horse"
salt = bytes(range(16))
pin_key = Argon2id(salt=salt, length=32, iterations=2, lanes=2, memory_cost=64 * 1024).derive(pin.encode())
long_nonce = bytes(range(24))
pin_body = ChaCha20Poly1305(hchacha20(pin_key, long_nonce[:16])).encrypt(
    b"\0\0\0\0" + long_nonce[16:], b"private key", b"credential"
)

scalar = int.from_bytes(hashlib.sha256(b"p256").digest(), "big")
numbers = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
x, y = b64(numbers.x.to_bytes(32, "big")), b64(numbers.y.to_bytes(32, "big"))
canonical = json.dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y}, separators=(",", ":"), sort_keys=True)

print(
    json.dumps(
        {
            "masterKeyFile": "countersign-master-key-v1:" + b64(master),
            "dataKeyId": str(data_id),
            "sealedDataKey": b64(
                b"\x01"
                + nonce
                + AESGCM(master).encrypt(nonce, data, b"countersign data key v1\0" + data_id.bytes)
            ),
            "sealedRow": b64(
                b"\x01" + data_id.bytes + nonce + AESGCM(seal_key).encrypt(nonce, b"seed", associated)
            ),
            "macOf123456": b64(hmac.new(mac_key, b"123456", "sha256").digest()),
            "pin": pin,
            "pinParameters": {"memoryKib": 64 * 1024, "iterations": 2, "lanes": 2, "salt": b64(salt)},
            "pinSealed": b64(b"\x01" + long_nonce + pin_body),
            "jwk": {"kty": "EC", "crv": "P-256", "x": x, "y": y},
            "thumbprint": b64(hashlib.sha256(canonical.encode()).digest()),
        },
        indent=2,
    )
)
