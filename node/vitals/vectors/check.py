#!/usr/bin/env python3
"""Makes reading.json and device_codes.json anew from primitives, and compares. Needs PyPI's cryptography for ed25519 alone."""

import hashlib
import hmac
import json
import pathlib
import struct
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

here = pathlib.Path(__file__).parent


def blake2_256(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def text(value):
    value = value.encode("ascii")
    assert len(value) < 64
    return bytes([len(value) << 2]) + value


def reading(device=bytes([2]) * 32, seq=1, code="8480-6", value=(120, 0), unit="mm[Hg]", group=1):
    head = struct.pack("<B32s32sQQQ", 1, bytes([1]) * 32, device, 7, seq, 1_795_000_000_000)
    value = b"\x01" + value if isinstance(value, bytes) else b"\x00" + struct.pack("<qb", *value)
    return head + text(code) + value + text(unit) + struct.pack("<Q", group)


seed = bytes([9]) * 32
key = Ed25519PrivateKey.from_private_bytes(seed)
device = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def signed(seq):
    data = reading(device=device, seq=seq, group=seq)
    return data + key.sign(data)


def salt(secret, seq):
    pseudorandom = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    info = b"salus/leaf/1" + struct.pack("<Q", seq)
    return hmac.new(pseudorandom, info + b"\x01", hashlib.sha256).digest()[:16]


def split(count):
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    cut = split(len(leaves))
    return blake2_256(b"\x01" + root(leaves[:cut]) + root(leaves[cut:]))


def path(leaves, index):
    if len(leaves) == 1:
        return []
    cut = split(len(leaves))
    if index < cut:
        return path(leaves[:cut], index) + [root(leaves[cut:])]
    return path(leaves[cut:], index - cut) + [root(leaves[:cut])]


secret = bytes([5]) * 32
batch = [signed(seq) for seq in range(10, 15)]
salts = [salt(secret, seq) for seq in range(10, 15)]
leaves = [blake2_256(b"\x00" + salt + data) for salt, data in zip(salts, batch)]

vectors = {
    "readings": [
        {"about": "120 mm[Hg]", "bytes": reading().hex()},
        {
            "about": "5.40 mmol/L with the last sequence number",
            "bytes": reading(seq=2**64 - 1, code="15074-8", value=(540, -2), unit="mmol/L").hex(),
        },
        {"about": "a waveform", "bytes": reading(value=bytes([3]) * 32).hex()},
    ],
    "signed": {
        "seed": seed.hex(),
        "device": device.hex(),
        "message": reading(device=device).hex(),
        "bytes": signed(1).hex(),
    },
    "batch": {
        "secret": secret.hex(),
        "leaves": [
            {
                "signed": data.hex(),
                "salt": salt.hex(),
                "leaf": leaf.hex(),
                "path": [sibling.hex() for sibling in path(leaves, index)],
            }
            for index, (data, salt, leaf) in enumerate(zip(batch, salts, leaves))
        ],
        "root": root(leaves).hex(),
    },
}


def device_codes(codes, salt):
    codes = sorted(codes)
    file = {"device": "0x" + device.hex(), "codes": codes, "codesSalt": "0x" + salt.hex()}
    value = ",".join(codes).encode("ascii")
    return {"file": file, "commitment": blake2_256(b"salus/commitment/1" + b"codes" + salt + value).hex()}


codes_vectors = [
    device_codes(["8867-4"], bytes([6]) * 32),
    device_codes(["9279-1", "8867-4", "15074-8", "59408-5"], bytes(range(32))),
]

for name, made in [("reading.json", vectors), ("device_codes.json", codes_vectors)]:
    path = here / name
    if sys.argv[1:] == ["--write"]:
        path.write_text(json.dumps(made, indent=1) + "\n")
    elif json.loads(path.read_text()) != made:
        sys.exit(f"{name} differs from what this script computes")
    else:
        print(f"{name} is right")
