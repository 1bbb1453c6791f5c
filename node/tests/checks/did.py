#!/usr/bin/env python3
"""Reads DID resolution results, one JSON object a line, and checks each document with PyPI `pydid`, an implementation of
DID Core that is not ours: its shape, its identifiers, and that what it refers to is in it. Exits with 1 and says why.
"""

import json
import sys

from pydid import DIDUrl, deserialize_document
from pydid.verification_method import Multikey, VerificationMethod

RELATIONS = ("authentication", "assertionMethod", "keyAgreement")


def check(result):
    document = result["didDocument"]
    parsed = deserialize_document(document, strict=True)
    assert str(parsed.id) == document["id"], "the identifier is another"
    for relation in RELATIONS:
        for reference in document.get(relation, []):
            method = parsed.dereference(DIDUrl.parse(reference))
            assert isinstance(method, VerificationMethod), f"{reference} is no verification method"
            if relation == "keyAgreement":
                assert isinstance(method, Multikey), f"{reference} is no key"
                assert method.public_key_multibase.startswith("z6LS"), f"{reference} is no X25519 key"
    for service in document.get("service", []):
        parsed.dereference(DIDUrl.parse(service["id"]))
    return parsed.id


def main():
    checked = [check(json.loads(line)) for line in sys.stdin if line.strip()]
    assert checked, "no document"
    print("\n".join(map(str, checked)))


try:
    main()
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
