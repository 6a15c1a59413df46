"""Encrypts texts with jwcrypto, from PyPI.

    encrypt.py < ORDERS > MESSAGES

ORDERS is a list of {text, jwk, alg, kid}; without `kid`, the header has none. MESSAGES is the list of compact texts.
jwcrypto knows RSA-OAEP-256 only. The other two algorithms are put together from the package cryptography, with which
jwcrypto encrypts.
"""

import base64
import json
import os
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

OTHER_HASHES = {"RSA-OAEP-384": hashes.SHA384, "RSA-OAEP-512": hashes.SHA512}


def encrypt(order: dict) -> str:
    header = {"alg": order["alg"], "enc": "A256GCM", "cty": "JWT"}
    if order.get("kid"):
        header["kid"] = order["kid"]
    key, text = JWK(**order["jwk"]), order["text"].encode()
    if order["alg"] in OTHER_HASHES:
        return with_cryptography(text, json.dumps(header), key, OTHER_HASHES[order["alg"]])
    message = JWE(text, json.dumps(header), algs=[order["alg"], "A256GCM"])
    message.add_recipient(key)
    return message.serialize(compact=True)


def with_cryptography(text: bytes, header: str, key: JWK, hash_function) -> str:
    content_key, iv, protected = AESGCM.generate_key(256), os.urandom(12), encode(header.encode())
    oaep = padding.OAEP(padding.MGF1(hash_function()), hash_function(), None)
    sealed = AESGCM(content_key).encrypt(iv, text, protected.encode())
    encrypted_key = key.get_op_key("wrapKey").encrypt(content_key, oaep)
    return ".".join([protected, *map(encode, [encrypted_key, iv, sealed[:-16], sealed[-16:]])])


def encode(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


print(json.dumps([encrypt(order) for order in json.load(sys.stdin)]))
