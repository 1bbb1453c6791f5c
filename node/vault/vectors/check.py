#!/usr/bin/env python3
"""Reproduces the vectors of salus-vault from primitives alone (PyPI `cryptography`).

Nothing here is derived from the Rust code: envelope, padding, tree, CIDs, HPKE (RFC 9180), signed bytes and the
keystore follow the text of the README. Exits with 1 and names the vector that differs.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

FOLDER = pathlib.Path(__file__).resolve().parent
SEGMENT = 1 << 20
LEAF = 4096
checked = 0


def load(name):
    return json.loads((FOLDER / name).read_text())


def equal(found, expected, what):
    global checked
    checked += 1
    if found != expected:
        sys.exit(f"{what}: {found!r} instead of {expected!r}")


def refused(work, what):
    global checked
    checked += 1
    try:
        work()
    except InvalidTag:
        return
    sys.exit(f"{what} was not refused")


def document(length):
    return bytes(((at * 2654435761) & 0xFFFFFFFF) >> 24 for at in range(length))


def sha256(data):
    return hashlib.sha256(data).digest()


def blake2_256(data):
    return hashlib.blake2b(data, digest_size=32).digest()


# HKDF (RFC 5869)


def extract(salt, material):
    return hmac.new(salt or bytes(32), material, hashlib.sha256).digest()


def expand(key, info, length):
    output, block, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.new(key, block + info + bytes([counter]), hashlib.sha256).digest()
        output += block
        counter += 1
    return output[:length]


# Envelope


def padded_len(length):
    if length <= 16384:
        return 16384
    exponent = length.bit_length() - 1
    kept = exponent.bit_length()
    mask = (1 << (exponent - kept)) - 1
    return (length + mask) & ~mask


def payload_len(padded):
    return 104 + padded + 16 * -(-padded // SEGMENT)


def payload_keys(key, salt, context, padded):
    encoded = (
        bytes([1, 1])
        + bytes.fromhex(context["genesis"])
        + struct.pack(">Q", int(context["patient"]))
        + bytes([context["category"], context["media"]])
        + struct.pack(">IQ", context["institution"], padded)
    )
    assert len(encoded) == 56
    root = extract(salt, key)
    labels = (b"salus/content/1", b"salus/length/1", b"salus/commit/1")
    return [expand(root, label + sha256(encoded), 32) for label in labels]


def segment_nonce(index, last):
    return bytes(7) + struct.pack(">I", index) + bytes([last])


def seal(text, key, salt, context):
    padded = padded_len(len(text))
    content, length, commitment = payload_keys(key, salt, context, padded)
    prefix = b"SALV" + bytes([1, 1, 0, 0]) + salt + commitment + struct.pack(">Q", padded)
    header = prefix + AESGCM(length).encrypt(bytes(12), struct.pack(">Q", len(text)), prefix)
    text += bytes(padded - len(text))
    segments = range(0, padded, SEGMENT)
    cipher = AESGCM(content)
    return header + b"".join(
        cipher.encrypt(
            segment_nonce(at // SEGMENT, at == segments[-1]), text[at : at + SEGMENT], header
        )
        for at in segments
    )


def unseal(payload, key, context):
    header, body = payload[:104], payload[104:]
    equal(header[:8], b"SALV" + bytes([1, 1, 0, 0]), "magic, version, suite")
    salt, commitment = header[8:40], header[40:72]
    (padded,) = struct.unpack(">Q", header[72:80])
    equal(payload_len(padded), len(payload), "size")
    content, length, expected = payload_keys(key, salt, context, padded)
    equal(commitment, expected, "commitment")
    (true_len,) = struct.unpack(">Q", AESGCM(length).decrypt(bytes(12), header[80:], header[:80]))
    starts = range(0, len(body), SEGMENT + 16)
    cipher = AESGCM(content)
    text = b"".join(
        cipher.decrypt(
            segment_nonce(index, at == starts[-1]), body[at : at + SEGMENT + 16], header
        )
        for index, at in enumerate(starts)
    )
    equal(text[true_len:], bytes(padded - true_len), "padding")
    return text[:true_len]


def check_envelopes():
    for case in load("envelope.json"):
        what = f"envelope of {case['document_len']} bytes"
        text = document(case["document_len"])
        key, salt = bytes.fromhex(case["data_key"]), bytes.fromhex(case["salt"])
        payload = seal(text, key, salt, case["context"])
        equal(payload[:104].hex(), case["header"], f"header, {what}")
        equal(len(payload), case["size"], f"size, {what}")
        equal(sha256(payload).hex(), case["sha256"], f"sha256, {what}")
        equal(tree_root(payload).hex(), case["tree"], f"tree, {what}")
        equal(cid(payload), case["cid"], f"cid, {what}")
        equal(unseal(payload, key, case["context"]), text, f"document, {what}")
        damaged = payload[:-1] + bytes([payload[-1] ^ 1])
        refused(lambda: unseal(damaged, key, case["context"]), f"damage, {what}")


def check_paddings():
    for length, padded, size in load("padding.json"):
        equal(padded_len(int(length)), int(padded), f"padded length of {length}")
        equal(payload_len(int(padded)), int(size), f"size of {length}")


# Tree (RFC 6962)


def leaves(data):
    return [data[at : at + LEAF] for at in range(0, len(data), LEAF)]


def subtree(parts):
    if not parts:
        return sha256(b"")
    if len(parts) == 1:
        return sha256(b"\0" + parts[0])
    split = 1 << (len(parts) - 1).bit_length() - 1
    return sha256(b"\1" + subtree(parts[:split]) + subtree(parts[split:]))


def tree_root(data):
    return subtree(leaves(data))


def tree_path(parts, index):
    if len(parts) == 1:
        return []
    split = 1 << (len(parts) - 1).bit_length() - 1
    if index < split:
        return tree_path(parts[:split], index) + [subtree(parts[split:])]
    return tree_path(parts[split:], index - split) + [subtree(parts[:split])]


def check_trees():
    vectors = load("tree.json")
    for case in vectors["roots"]:
        equal(tree_root(document(case["len"])).hex(), case["root"], f"root of {case['len']} bytes")
    for case in vectors["proofs"]:
        parts = leaves(document(case["len"]))
        equal(len(parts), case["leaves"], "number of leaves")
        path = [node.hex() for node in tree_path(parts, case["index"])]
        equal(path, case["path"], f"path of leaf {case['index']} of {case['len']} bytes")


# CID (CIDv1, dag-pb, UnixFS)


def varint(value):
    output = bytearray()
    while value >= 0x80:
        output.append(value & 0x7F | 0x80)
        value >>= 7
    output.append(value)
    return bytes(output)


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def cid_bytes(codec, block):
    return bytes([1, codec, 0x12, 0x20]) + sha256(block)


def dag(chunks):
    level = [(cid_bytes(0x55, chunk), len(chunk), len(chunk)) for chunk in chunks]
    while len(level) > 1:
        above = []
        for at in range(0, len(level), 174):
            group = level[at : at + 174]
            links = b"".join(
                field(2, field(1, name) + field(2, b"") + field(3, total))
                for name, _, total in group
            )
            size = sum(size for _, size, _ in group)
            sizes = b"".join(field(4, size) for _, size, _ in group)
            block = links + field(1, field(1, 2) + field(3, size) + sizes)
            total = len(block) + sum(total for _, _, total in group)
            above.append((cid_bytes(0x70, block), size, total))
        level = above
    return level[0][0]


def cid_text(name):
    return "b" + base64.b32encode(name).decode().lower().rstrip("=")


def cid(data):
    chunks = [data[at : at + SEGMENT] for at in range(0, len(data), SEGMENT)]
    return cid_text(dag(chunks or [b""]))


def check_cids():
    for case in load("cid.json"):
        equal(cid(b"\7" * case["len"]), case["cid"], f"CID of {case['len']} sevens")


# HPKE (RFC 9180), mode base, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM

KEM = b"KEM" + bytes.fromhex("0020")
HPKE = b"HPKE" + bytes.fromhex("002000010002")


def labeled_extract(suite, salt, label, material):
    return extract(salt, b"HPKE-v1" + suite + label + material)


def labeled_expand(suite, key, label, info, length):
    return expand(key, struct.pack(">H", length) + b"HPKE-v1" + suite + label + info, length)


def derive_key_pair(material):
    root = labeled_extract(KEM, b"", b"dkp_prk", material)
    private = X25519PrivateKey.from_private_bytes(labeled_expand(KEM, root, b"sk", b"", 32))
    return private, private.public_key().public_bytes_raw()


def shared_secret(exchanged, encapsulated, recipient):
    root = labeled_extract(KEM, b"", b"eae_prk", exchanged)
    return labeled_expand(KEM, root, b"shared_secret", encapsulated + recipient, 32)


def key_schedule(secret, info):
    context = (
        b"\0"
        + labeled_extract(HPKE, b"", b"psk_id_hash", b"")
        + labeled_extract(HPKE, b"", b"info_hash", info)
    )
    root = labeled_extract(HPKE, secret, b"secret", b"")
    key = labeled_expand(HPKE, root, b"key", context, 32)
    return AESGCM(key), labeled_expand(HPKE, root, b"base_nonce", context, 12)


def hpke_seal(recipient, info, text, material):
    ephemeral, encapsulated = derive_key_pair(material)
    exchanged = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    cipher, nonce = key_schedule(shared_secret(exchanged, encapsulated, recipient), info)
    return encapsulated + cipher.encrypt(nonce, text, b"")


def hpke_receiver(private, info, encapsulated):
    exchanged = private.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    recipient = private.public_key().public_bytes_raw()
    return key_schedule(shared_secret(exchanged, encapsulated, recipient), info)


def check_rfc_9180():
    vector = load("rfc9180.json")
    private, public = derive_key_pair(bytes.fromhex(vector["ikmR"]))
    equal(public.hex(), vector["pkRm"], "RFC 9180: public key")
    info = bytes.fromhex(vector["info"])
    cipher, base = hpke_receiver(private, info, bytes.fromhex(vector["enc"]))
    for counter, case in enumerate(vector["encryptions"]):
        nonce = bytes(a ^ b for a, b in zip(base, counter.to_bytes(12, "big")))
        sealed, extra = bytes.fromhex(case["ct"]), bytes.fromhex(case["aad"])
        equal(cipher.decrypt(nonce, sealed, extra).hex(), case["pt"], "RFC 9180: encryption")


def check_wraps():
    vectors = load("wrap.json")
    recipient = vectors["recipient"]
    public = bytes.fromhex(recipient["public_key"])
    root = extract(b"", bytes.fromhex(recipient["mini_secret"]))
    _, derived = derive_key_pair(expand(root, b"salus/hpke/1", 32))
    equal(derived, public, "key derived from the mini secret")
    private = X25519PrivateKey.from_private_bytes(bytes.fromhex(recipient["private_key"]))
    equal(private.public_key().public_bytes_raw(), public, "public key")
    for case in vectors["wraps"]:
        what = f"{case['purpose']} wrap"
        kind = {"custody": 1, "subject": 2, "release": 3}[case["purpose"]]
        info = (
            b"salus/wrap/1"
            + bytes([1, kind])
            + bytes.fromhex(case["genesis"])
            + bytes.fromhex(case["sha256"])
            + struct.pack(">Q", int(case["patient"]))
            + public
            + bytes.fromhex(case["request"] or "")
        )
        equal(len(info), 150 if kind == 3 else 118, f"length of info, {what}")
        equal(info.hex(), case["info"], f"info, {what}")
        wrap, key = bytes.fromhex(case["wrap"]), bytes.fromhex(case["data_key"])
        cipher, nonce = hpke_receiver(private, info, wrap[1:33])
        equal((wrap[0], len(wrap)), (1, 81), f"suite and length, {what}")
        equal(cipher.decrypt(nonce, wrap[33:], b""), key, f"opened {what}")
        material = bytes.fromhex(case["ephemeral_material"])
        equal(b"\1" + hpke_seal(public, info, key, material), wrap, f"made {what}")


# Signed bytes (SCALE)


def compact(value):
    if value < 64:
        return bytes([value << 2])
    return struct.pack("<H", value << 2 | 1)


def scale_bytes(data):
    return compact(len(data)) + data


def signed(tag, encoded):
    return b"<Bytes>" + tag + blake2_256(encoded) + b"</Bytes>"


def check_signed():
    vectors = load("signed.json")
    one, two = scale_bytes(b"\1" * 81), scale_bytes(b"\2" * 81)
    for case, encoded in zip(vectors["wraps"], (one + b"\1" + two, one + b"\0")):
        equal(encoded.hex(), case["scale"], "wraps")
        equal(blake2_256(encoded).hex(), case["hash"], "hash of the wraps")
    name = cid_bytes(0x55, b"x")
    ticket = vectors["ticket"]
    equal(cid_text(name), ticket["cid"], "CID of the ticket")
    encoded = (
        b"\1"
        + b"\x11" * 32
        + struct.pack("<IBQBBBBQ", 7, 0, 42, 4, 1, 200, 1, 1_800_000_000_000)
        + scale_bytes(name)
        + b"\x22" * 32
        + b"\x33" * 32
        + struct.pack("<Q", 16504)
        + blake2_256(one + b"\1" + two)
        + struct.pack("<Q", 1_800_000_060_000)
    )
    equal(encoded.hex(), ticket["scale"], "ticket")
    equal(signed(b"salus/upload/1", encoded).hex(), ticket["signed"], "signed ticket")
    keys = (b"\0" + b"\xbb" * 32, b"\1" + scale_bytes(b"\xee" * 1216))
    for index, (case, key) in enumerate(zip(vectors["requests"], keys)):
        encoded = (
            b"\1"
            + b"\x11" * 32
            + struct.pack("<IQBQ", 7, 1 << 40, index, 9)
            + b"\xaa" * 32
            + key
            + struct.pack("<I", 123456)
            + b"\xcc" * 32
            + b"\xdd" * 16
        )
        equal(encoded.hex(), case["scale"], "request")
        equal(blake2_256(encoded).hex(), case["hash"], "hash of the request")
        equal(signed(b"salus/release/1", encoded).hex(), case["signed"], "signed request")


# Keystore


def hchacha20(key, nonce):
    def rotate(value, bits):
        return (value << bits | value >> 32 - bits) & 0xFFFFFFFF

    state = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))
    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for a, b, c, d in (columns + diagonals) * 10:
        for x, y, z, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[x] = (state[x] + state[y]) & 0xFFFFFFFF
            state[z] = rotate(state[z] ^ state[x], bits)
    return struct.pack("<8I", *state[:4], *state[12:])


def scale_text(text):
    return scale_bytes(text.encode())


def check_keystore():
    file = load("keystore.json")
    costs = file["costs"]
    public = b"".join(scale_text(k) + scale_text(v) for k, v in sorted(file["public"].items()))
    associated = (
        b"salus/keystore/1"
        + bytes([file["version"], {"seed": 0, "custodian": 1, "epoch": 2, "device": 3}[file["kind"]]])
        + scale_text(file["label"])
        + compact(len(file["public"]))
        + public
        + scale_text(file["kdf"])
        + struct.pack("<III", costs["memory_kib"], costs["passes"], costs["lanes"])
        + scale_text(file["salt"])
        + scale_text(file["cipher"])
        + scale_text(file["nonce"])
    )
    checksum = sha256(associated + scale_text(file["sealed"])).hex()
    equal(checksum, file["checksum"], "checksum of the keystore")
    key = Argon2id(
        salt=bytes.fromhex(file["salt"]),
        length=32,
        iterations=costs["passes"],
        lanes=costs["lanes"],
        memory_cost=costs["memory_kib"],
    ).derive(b"correct horse")
    nonce = bytes.fromhex(file["nonce"])
    cipher = ChaCha20Poly1305(hchacha20(key, nonce[:16]))
    secret = cipher.decrypt(bytes(4) + nonce[16:], bytes.fromhex(file["sealed"]), associated)
    equal(secret, b"\x42" * 32, "secret of the keystore")


def main():
    check_paddings()
    check_trees()
    check_cids()
    check_envelopes()
    check_rfc_9180()
    check_wraps()
    check_signed()
    check_keystore()
    print(f"salus-vault: {checked} values reproduced")


if __name__ == "__main__":
    main()
