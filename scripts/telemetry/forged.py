#!/usr/bin/env python3
"""Shows verify.py proofs of the readings in pallets/primitives/vectors/telemetry.json, and the same forged.

Each proof is accepted as it is. With another value, salt, signature, path, first number or root it has to be refused: exit
code 1, and a message that says why. Exits with 1 and names what is not.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VERIFY = pathlib.Path(__file__).with_name("verify.py")
VECTORS = pathlib.Path(__file__).resolve().parents[2] / "pallets/primitives/vectors/telemetry.json"

UNSIGNED = "the device did not sign this reading"
ELSEWHERE = "the reading is not in the batch with this root"
NO_PROOF = "this is no proof"
# Of the group of Ed25519 (RFC 8032, 5.1): an S beyond it signs the same, and is refused so that there is one signature.
ORDER = 2**252 + 27742317777372353535851937790883648493


def proofs():
    vectors = json.loads(VECTORS.read_text())
    for reading, path in zip(vectors["readings"], vectors["paths"], strict=True):
        yield {
            "reading": reading["bytes"],
            "signature": reading["signature"],
            "salt": reading["salt"],
            "root": vectors["root"],
            "count": len(vectors["readings"]),
            "first_seq": vectors["readings"][0]["seq"],
            "siblings": path,
        }, reading


def flipped(text, byte=0):
    data = bytearray.fromhex(text)
    data[byte] ^= 1
    return data.hex()


def other_value(proof, reading):
    """The same reading with another value: one bit of what follows the code and the value's kind."""
    code = bytes.fromhex(proof["reading"]).index(reading["code"].encode("ascii"))
    return flipped(proof["reading"], code + len(reading["code"]) + 1)


def signed_by_another(proof, reading):
    """Another value, signed by a device of the forger's."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([0x66]) * 32)
    data = bytearray.fromhex(other_value(proof, reading))
    # Version and genesis stand before the device.
    data[33:65] = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"reading": data.hex(), "signature": key.sign(bytes(data)).hex()}


def beyond_the_order(signature):
    data = bytes.fromhex(signature)
    return (data[:32] + (int.from_bytes(data[32:], "little") + ORDER).to_bytes(32, "little")).hex()


def forgeries(proof, reading, other):
    siblings = proof["siblings"]
    yield "another value", {"reading": other_value(proof, reading)}, UNSIGNED
    yield "another value, signed by another device", signed_by_another(proof, reading), ELSEWHERE
    yield "another time", {"reading": flipped(proof["reading"], 81)}, UNSIGNED
    yield "the value of another reading", {"reading": other["reading"], "signature": other["signature"]}, ELSEWHERE
    yield "another salt", {"salt": flipped(proof["salt"])}, ELSEWHERE
    yield "the salt of another reading", {"salt": other["salt"]}, ELSEWHERE
    yield "a salt that is too short", {"salt": proof["salt"][2:]}, "a salt has 16 bytes"
    yield "another signature: R", {"signature": flipped(proof["signature"])}, UNSIGNED
    yield "another signature: S", {"signature": flipped(proof["signature"], 32)}, UNSIGNED
    yield "another signature: S beyond the order", {"signature": beyond_the_order(proof["signature"])}, UNSIGNED
    yield "the signature of another reading", {"signature": other["signature"]}, UNSIGNED
    for place, sibling in enumerate(siblings):
        forged = siblings[:place] + [flipped(sibling)] + siblings[place + 1 :]
        yield f"another path: {place}", {"siblings": forged}, ELSEWHERE
    yield "a path in another order", {"siblings": siblings[::-1]}, ELSEWHERE
    yield "a path that ends too early", {"siblings": siblings[:-1]}, ELSEWHERE
    yield "a path that goes on", {"siblings": [*siblings, siblings[-1]]}, ELSEWHERE
    yield "another path: none", {"siblings": []}, ELSEWHERE
    for by in (-1, 1, proof["count"]):
        yield f"another first number, by {by}", {"first_seq": proof["first_seq"] + by}, ELSEWHERE
    yield "another root", {"root": flipped(proof["root"])}, ELSEWHERE
    yield "a batch of fewer readings", {"count": 1}, ELSEWHERE
    for name in proof:
        yield f"no {name}", {name: None}, NO_PROOF
    yield "a salt that is no hex", {"salt": "?" * 32}, NO_PROOF


def verified(folder, proof):
    file = folder / "proof.json"
    file.write_text(json.dumps({name: part for name, part in proof.items() if part is not None}))
    return subprocess.run([sys.executable, VERIFY, file], capture_output=True, text=True)


def main():
    refused = 0
    all_proofs = list(proofs())
    with tempfile.TemporaryDirectory() as folder:
        for place, (proof, reading) in enumerate(all_proofs):
            what = f"reading {reading['seq']}"
            answer = verified(pathlib.Path(folder), proof)
            if answer.returncode != 0 or what not in answer.stdout:
                sys.exit(f"{what}: its proof is not accepted: {answer.stdout}{answer.stderr}")
            other, _ = all_proofs[place - 1]
            for name, changes, reason in forgeries(proof, reading, other):
                if all(proof[part] == forged for part, forged in changes.items()):
                    sys.exit(f"{what}, {name}: nothing is forged")
                answer = verified(pathlib.Path(folder), proof | changes)
                if answer.returncode != 1 or reason not in answer.stderr or "Traceback" in answer.stderr:
                    found = f"exit code {answer.returncode}: {answer.stdout}{answer.stderr}"
                    sys.exit(f"{what}, {name}: not refused with “{reason}”, {found}")
                if answer.stdout:
                    sys.exit(f"{what}, {name}: refused, and told all the same: {answer.stdout}")
                refused += 1
    print(f"{len(all_proofs)} proofs hold, {refused} forged ones are refused")


if __name__ == "__main__":
    main()
