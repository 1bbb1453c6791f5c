#!/usr/bin/env python3
"""Checks readings of devices, and that they are in a batch whose root is on chain (PyPI `cryptography`).

    verify.py               reproduces the vectors of pallets/primitives/vectors/telemetry.json
    verify.py PROOF.json    checks one disclosed reading, and says what it is

A proof is {"reading", "signature", "salt", "root": hex, "count", "first_seq": numbers, "siblings": [hex]}; root, count and
first_seq are to be read from the chain, by whoever checks. Nothing here is derived from the Rust code: bytes, leaves and
trees follow the text of pallets/telemetry/README.md. Exits with 1 and names what differs.
"""

import hashlib
import hmac
import json
import pathlib
import struct
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "pallets/primitives/vectors/telemetry.json"
checked = 0


def equal(found, expected, what):
    global checked
    checked += 1
    if found != expected:
        sys.exit(f"{what}: {found!r} instead of {expected!r}")


def blake2_256(data):
    return hashlib.blake2b(data, digest_size=32).digest()


# What is signed


def compact(number):
    """SCALE's short form of a length below 64, or below 2^14."""
    return bytes([number << 2]) if number < 64 else struct.pack("<H", number << 2 | 1)


def text(value):
    return compact(len(value)) + value.encode("ascii")


def value_bytes(value):
    if "waveform" in value:
        return b"\x01" + bytes.fromhex(value["waveform"])
    return b"\x00" + struct.pack("<qb", int(value["mantissa"]), value["exponent"])


def reading_bytes(genesis, device, reading):
    return (
        b"\x01"
        + genesis
        + device
        + struct.pack("<QQQ", reading["binding"], reading["seq"], reading["at"])
        + text(reading["code"])
        + value_bytes(reading["value"])
        + text(reading["unit"])
        + struct.pack("<Q", reading["group"])
    )


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        taken = self.data[self.at : self.at + length]
        if len(taken) < length:
            sys.exit("the reading is cut off")
        self.at += length
        return taken

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self, most):
        first = self.number("<B")
        if first & 3 or not 0 < first >> 2 <= most:
            sys.exit("the reading's code or unit has a malformed length")
        found = self.take(first >> 2)
        if any(not 0x21 <= byte <= 0x7E for byte in found):
            sys.exit("the reading's code or unit is not visible ASCII")
        return found.decode("ascii")


def parse_reading(data):
    reader = Reader(data)
    if reader.number("<B") != 1:
        sys.exit("the reading is of another version")
    found = {"genesis": reader.take(32), "device": reader.take(32)}
    for name in ("binding", "seq", "at"):
        found[name] = reader.number("<Q")
    found["code"] = reader.text(16)
    kind = reader.number("<B")
    if kind == 0:
        mantissa, exponent = reader.number("<q"), reader.number("<b")
        found["value"] = {"mantissa": str(mantissa), "exponent": exponent}
    elif kind == 1:
        found["value"] = {"waveform": reader.take(32).hex()}
    else:
        sys.exit("the reading's value is of another kind")
    found["unit"] = reader.text(32)
    found["group"] = reader.number("<Q")
    if reader.at != len(data) or found["group"] > found["seq"]:
        sys.exit("the reading is malformed")
    return found


def is_signed(device, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(device).verify(signature, message)
    except InvalidSignature:
        return False
    return True


# Leaves


def salt_of(secret, seq):
    root = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    info = b"salus/leaf/1" + struct.pack("<Q", seq)
    return hmac.new(root, info + b"\x01", hashlib.sha256).digest()[:16]


def leaf_hash(salt, reading, signature):
    return blake2_256(b"\x00" + salt + reading + signature)


# Trees (RFC 6962, 2.1; RFC 9162, 2.1.3.2)


def split(count):
    return 1 << (count - 1).bit_length() - 1


def root_of(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return blake2_256(b"\x01" + root_of(leaves[:k]) + root_of(leaves[k:]))


def path_of(index, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path_of(index, leaves[:k]) + [root_of(leaves[k:])]
    return path_of(index - k, leaves[k:]) + [root_of(leaves[:k])]


def is_included(leaf, index, count, siblings, root):
    if not 0 <= index < count:
        return False
    node, last = leaf, count - 1
    for sibling in siblings:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = blake2_256(b"\x01" + sibling + node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = blake2_256(b"\x01" + node + sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


# The vectors


def signed_statements(vectors, genesis, device):
    claim = vectors["claim"]
    encoded = genesis + struct.pack("<I", claim["institution"]) + device + bytes.fromhex(claim["codes"])
    equal(encoded.hex(), claim["bytes"], "the claim of a device")
    message = b"salus/device/1" + blake2_256(encoded)
    equal(message.hex(), claim["signed"], "what a device signs of its claim")
    equal(is_signed(device, bytes.fromhex(claim["signature"]), message), True, "the claim's signature")
    consent = vectors["consent"]
    names = ("patient", "starts", "ends", "not_after")
    encoded = genesis + device + struct.pack("<I", consent["number"])
    encoded += struct.pack("<QQQQ", *(consent[name] for name in names))
    equal(encoded.hex(), consent["bytes"], "the consent to a binding")
    message = b"<Bytes>salus/bind/1" + blake2_256(encoded) + b"</Bytes>"
    equal(message.hex(), consent["signed"], "what a patient signs of it")


def check_vectors():
    vectors = json.loads(VECTORS.read_text())
    genesis, device, secret = (bytes.fromhex(vectors[name]) for name in ("genesis", "device", "secret"))
    leaves = []
    for reading in vectors["readings"]:
        what = f"reading {reading['seq']}"
        data, signature = reading_bytes(genesis, device, reading), bytes.fromhex(reading["signature"])
        equal(data.hex(), reading["bytes"], what)
        parsed = parse_reading(data)
        equal({name: parsed[name] for name in reading if name in parsed}, {name: reading[name] for name in reading if name in parsed}, f"{what} read again")
        equal(is_signed(device, signature, data), True, f"{what}'s signature")
        equal(is_signed(device, signature, data[:-1] + b"\xff"), False, f"{what}'s signature over other bytes")
        salt = salt_of(secret, reading["seq"])
        equal(salt.hex(), reading["salt"], f"{what}'s salt")
        leaves.append(leaf_hash(salt, data, signature))
        equal(leaves[-1].hex(), reading["leaf"], f"{what}'s leaf")
    equal(root_of(leaves).hex(), vectors["root"], "the batch's root")
    check_paths(leaves, vectors["paths"], "the batch")
    for tree in vectors["trees"]:
        count = tree["leaves"]
        leaves = [leaf_hash(bytes([n]) * 16, b"leaf", bytes(64)) for n in range(count)]
        equal(root_of(leaves).hex(), tree["root"], f"the root of {count}")
        check_paths(leaves, tree["paths"], f"{count} leaves")
    signed_statements(vectors, genesis, device)
    print(f"{checked} comparisons hold")


def check_paths(leaves, paths, what):
    root = root_of(leaves)
    equal(len(paths), len(leaves), f"{what}: paths")
    for index, path in enumerate(paths):
        siblings = [bytes.fromhex(sibling) for sibling in path]
        equal(siblings, path_of(index, leaves), f"{what}: the path from {index}")
        equal(is_included(leaves[index], index, len(leaves), siblings, root), True, f"{what}: from {index}")
        equal(is_included(bytes(32), index, len(leaves), siblings, root), False, f"{what}: another leaf at {index}")


# A proof


def read_proof(name):
    try:
        proof = json.loads(pathlib.Path(name).read_text())
        for part in ("reading", "signature", "salt", "root"):
            proof[part] = bytes.fromhex(proof[part])
        proof["siblings"] = [bytes.fromhex(sibling) for sibling in proof["siblings"]]
        if any(type(proof[part]) is not int for part in ("count", "first_seq")):
            sys.exit(f"{name}: this is no proof: count and first_seq are numbers")
    except (KeyError, TypeError, ValueError) as error:
        sys.exit(f"{name}: this is no proof ({error!r})")
    except OSError as error:
        sys.exit(str(error))
    return proof


def check_proof(name):
    proof = read_proof(name)
    data, signature, salt, root = (proof[part] for part in ("reading", "signature", "salt", "root"))
    if len(salt) != 16 or len(signature) != 64:
        sys.exit(f"{name}: a salt has 16 bytes, a signature 64")
    reading = parse_reading(data)
    if not is_signed(reading["device"], signature, data):
        sys.exit(f"{name}: the device did not sign this reading")
    index = reading["seq"] - proof["first_seq"]
    if not is_included(leaf_hash(salt, data, signature), index, proof["count"], proof["siblings"], root):
        sys.exit(f"{name}: the reading is not in the batch with this root")
    value = reading["value"]
    shown = value.get("waveform") or f"{value['mantissa']}e{value['exponent']}"
    print(f"{name}: reading {reading['seq']} of device {reading['device'].hex()}, binding {reading['binding']}")
    print(f"  at {reading['at']} ms, LOINC {reading['code']}: {shown} {reading['unit']}")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        check_vectors()
    for argument in sys.argv[1:]:
        check_proof(argument)
