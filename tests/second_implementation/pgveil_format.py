"""The stored format of pgveil, written a second time from docs/format.md alone.

Only for tests: it checks that the document says enough, and that the product does what it says.

    pgveil_format.py check FILE      every vector of FILE, as pgveil or this program wrote it
    pgveil_format.py make FILE       writes vectors; with --seed TEXT always the same ones

Needs `cryptography` with OpenSSL 3.2 or later (AES-GCM-SIV, Argon2id).
"""

import base64
import hashlib
import hmac
import json
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

SUITES = {"randomized": 1, "deterministic": 2}
PADDINGS = ["auto", "block16", "block32", "block64", "padme", "none"]
STATES = {1: "pending", 2: "active", 3: "decrypt-only", 4: "disabled"}
MAGIC = b"pgveil keyring 1\n"


class Refused(Exception):
    """Carries the name of the error, as in the vectors."""


def must(true):
    if not true:
        raise Refused("content")


def u16(n):
    return struct.pack(">H", n)


def u32(n):
    return struct.pack(">I", n)


def u64(n):
    return struct.pack(">Q", n)


def lp(x):
    return u32(len(x)) + x


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def expand(prk, info):
    return mac(prk, info + b"\x01")


def siv(key):
    return AESGCMSIV(key)


def siv_open(key, nonce, sealed, aad):
    try:
        return siv(key).decrypt(nonce, sealed, aad)
    except (InvalidTag, ValueError):
        raise Refused("damaged") from None


# --- cells -----------------------------------------------------------------------------------


def padded_len(padding, length):
    marked = length + 1
    if padding == "auto":
        padding = "block16" if length <= 256 else "padme"
    if padding == "none":
        return marked
    if padding == "padme":
        e = marked.bit_length() - 1
        zero_bits = 0 if e < 1 else max(0, e - e.bit_length())
        block = 1 << zero_bits
    else:
        block = int(padding.removeprefix("block"))
    return -(-marked // block) * block


def pad(padding, plaintext):
    return (plaintext + b"\x80").ljust(padded_len(padding, len(plaintext)), b"\0")


def unpad(padded):
    text = padded.rstrip(b"\0")
    if not text.endswith(b"\x80"):
        raise Refused("damaged")
    return text[:-1]


def armour(envelope):
    return "pgV1:" + base64.urlsafe_b64encode(envelope).decode().rstrip("=") + "."


def unarmour(text):
    if not text.startswith("pgV1:"):
        raise Refused("not-an-envelope")
    body = text[5:-1]
    if len(text) < 6 or not text.endswith(".") or len(body) % 4 == 1:
        raise Refused("damaged")
    if not all(c.isascii() and (c.isalnum() or c in "-_") for c in body):
        raise Refused("damaged")
    envelope = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    if armour(envelope) != text or len(envelope) < 35:
        raise Refused("damaged")
    return envelope


class Cell:
    """The keys of one column under one data key."""

    def __init__(self, keyring, domain, type_tag, suite, key_id):
        data_key = keyring.keys[key_id]["key"]
        prk = mac(keyring.realm, data_key)
        place = lp(domain.encode()) + u16(type_tag)
        name = "enc" if suite == "randomized" else "det-enc"
        self.key = expand(prk, b"pgveil/v1/" + name.encode() + b"\0" + place)
        self.nonce_key = expand(prk, b"pgveil/v1/det-nonce\0" + place)
        self.deterministic = suite == "deterministic"
        self.header = bytes([SUITES[suite], 0]) + u32(key_id)
        context = hashlib.sha256(b"pgveil/v1/cell" + lp(keyring.realm) + place + lp(b"")).digest()
        self.aad = self.header + context

    def derived_nonce(self, padded):
        return mac(self.nonce_key, lp(self.aad) + padded)[:12]

    def seal_padded(self, padded, nonce):
        return armour(self.header + nonce + siv(self.key).encrypt(nonce, padded, self.aad))

    def seal(self, plaintext, padding, nonce):
        padded = pad(padding, plaintext)
        return self.seal_padded(padded, self.derived_nonce(padded) if self.deterministic else nonce)


def open_cell(keyring, domain, type_tag, suite, text):
    envelope = unarmour(text)
    header, nonce, sealed = envelope[:6], envelope[6:18], envelope[18:]
    key_id = int.from_bytes(header[2:], "big")
    if header[0] != SUITES[suite] or header[1] != 0 or key_id == 0:
        raise Refused("damaged")
    if key_id in keyring.tombstones:
        raise Refused("key-destroyed")
    if key_id not in keyring.keys:
        raise Refused("key-unknown")
    if keyring.keys[key_id]["state"] == "disabled":
        raise Refused("key-disabled")
    cell = Cell(keyring, domain, type_tag, suite, key_id)
    padded = siv_open(cell.key, nonce, sealed, cell.aad)
    if cell.deterministic and not hmac.compare_digest(cell.derived_nonce(padded), nonce):
        raise Refused("damaged")
    return unpad(padded)


# --- keyring ---------------------------------------------------------------------------------


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        if self.at + n > len(self.data):
            raise Refused("shape")
        self.at += n
        return self.data[self.at - n : self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def lp(self):
        return self.take(self.number(4))

    def left(self):
        return len(self.data) - self.at

    def end(self):
        if self.left():
            raise Refused("shape")


def root_key(text):
    if not text.startswith("pgveil-root-1:"):
        raise Refused("root-key")
    return base64.urlsafe_b64decode(text.strip().removeprefix("pgveil-root-1:") + "=")


def stretch(passphrase, salt, memory, passes, lanes):
    if not (19 << 10 <= memory <= 1 << 20 and 2 <= passes <= 16 and 1 <= lanes <= 16):
        raise Refused("kdf-bounds")
    kdf = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory)
    return kdf.derive(passphrase)


def stanza_aad(realm, kind, front):
    return b"pgveil/v1/stanza" + realm + u16(kind) + front


def wrap_root(realm, file_key, root, nonce):
    prk = mac(realm, root)
    name = expand(prk, b"pgveil/v1/root-name\0")[:8]
    key = expand(prk, b"pgveil/v1/wrap-root\0")
    return u16(1) + lp(name + nonce + siv(key).encrypt(nonce, file_key, stanza_aad(realm, 1, name)))


def wrap_passphrase(realm, file_key, passphrase, salt, cost, nonce):
    prk = mac(realm, stretch(passphrase, salt, *cost))
    front = salt + b"".join(map(u32, cost)) + expand(prk, b"pgveil/v1/commit-passphrase\0")
    key = expand(prk, b"pgveil/v1/wrap-passphrase\0")
    return u16(2) + lp(front + nonce + siv(key).encrypt(nonce, file_key, stanza_aad(realm, 2, front)))


def unwrap(realm, stanzas, secret):
    passphrase = isinstance(secret, str)
    for kind, body in stanzas:
        if kind == 1 and not passphrase:
            prk = mac(realm, secret)
            if body[:8] == expand(prk, b"pgveil/v1/root-name\0")[:8]:
                key, aad = expand(prk, b"pgveil/v1/wrap-root\0"), stanza_aad(realm, 1, body[:8])
                return siv_open(key, body[8:20], body[20:], aad)
        if kind == 2 and passphrase:
            cost = struct.unpack(">III", body[16:28])
            prk = mac(realm, stretch(secret.encode(), body[:16], *cost))
            if hmac.compare_digest(body[28:60], expand(prk, b"pgveil/v1/commit-passphrase\0")):
                key, aad = expand(prk, b"pgveil/v1/wrap-passphrase\0"), stanza_aad(realm, 2, body[:60])
                return siv_open(key, body[60:72], body[72:], aad)
    raise Refused("wrong-passphrase" if passphrase else "wrong-root-key")


class Keyring:
    """A keyring file, read with a root key (bytes) or a passphrase (str)."""

    def __init__(self, file, secret):
        r = Reader(file)
        if r.take(len(MAGIC)) != MAGIC:
            raise Refused("shape")
        self.realm, self.generation = r.take(16), r.number(8)
        stanzas = [(r.number(2), r.lp()) for _ in range(r.number(2))]
        header, nonce, sealed = file[: r.at], r.take(12), r.lp()
        covered, tag = file[: r.at], r.take(32)
        r.end()
        prk = mac(self.realm, unwrap(self.realm, stanzas, secret))
        if not hmac.compare_digest(tag, mac(expand(prk, b"pgveil/v1/keyring-mac\0"), covered)):
            raise Refused("damaged")
        self.read_body(Reader(siv_open(expand(prk, b"pgveil/v1/keyring-body\0"), nonce, sealed, header)))

    def read_body(self, r):
        self.attestation, self.keys = r.take(32), {}
        for _ in range(r.number(4)):
            key_id, state, created = r.number(4), STATES[r.number(1)], r.number(8)
            check, key = r.take(16), r.take(32)
            must(key_id not in self.keys and key_id != 0)
            must(expand(mac(self.realm, key), b"pgveil/v1/check\0")[:16] == check)
            self.keys[key_id] = {"state": state, "created": created, "key": key}
        must(r.number(4) == 0)
        self.tombstones = {r.number(4): (r.number(8), r.take(16)) for _ in range(r.number(4))}
        domains = [(r.lp().decode(), r.number(4), r.number(1)) for _ in range(r.number(4))]
        must(all((key == 0 or key in self.keys) and padding < len(PADDINGS) for _, key, padding in domains))
        self.domains = {name: (key, PADDINGS[padding]) for name, key, padding in domains}
        self.digests = [r.lp(), r.lp()]
        users = [(r.lp().decode(), r.lp(), r.lp(), r.number(4)) for _ in range(r.number(4))]
        self.users = {name: (secret, salt, count) for name, secret, salt, count in users}
        self.read_sections(r)
        r.end()
        for named in (domains, users):
            must(all(one[0] < next_one[0] for one, next_one in zip(named, named[1:])))
        must(not self.tombstones.keys() & self.keys.keys())
        must([key["state"] for key in self.keys.values()].count("active") <= 1)

    def read_sections(self, r):
        """Windows of domains and marks of keys, each section at most once, in order, never empty."""
        self.windows, self.compromised, last = {}, {}, 0
        while r.left():
            number, content = r.number(2), Reader(r.lp())
            must(number > last and content.left())
            last = number
            if number == 1:
                while content.left():
                    name = content.lp().decode()
                    must(name in self.domains and all(name > known for known in self.windows))
                    old, new, moved = content.number(4), content.number(4), content.number(1)
                    must(old != new and moved <= 1 and all(key == 0 or key in self.keys for key in (old, new)))
                    must(self.domains[name][0] == (new if moved else old))
                    self.windows[name] = (old, new, moved)
            elif number == 2:
                while content.left():
                    key_id, since = content.number(4), content.number(8)
                    must(self.keys[key_id]["state"] not in ("pending", "active") if key_id in self.keys else False)
                    order = list(self.keys)
                    must(all(order.index(key_id) > order.index(known) for known in self.compromised))
                    self.compromised[key_id] = since
            else:
                must(False)

    def attest(self, label, message):
        info = b"pgveil/v1/attest\0" + lp(label.encode())
        return mac(expand(mac(self.realm, self.attestation), info), message)

    def facts(self):
        """What the vectors say about a keyring, so that both sides read it alike."""
        return {
            "realm": self.realm.hex(),
            "generation": self.generation,
            "keys": [f"{i:08x} {k['state']} {k['created']}" for i, k in self.keys.items()],
            "tombstones": [f"{i:08x} {when}" for i, (when, _) in self.tombstones.items()],
            "domains": [f"{name} {f'{key:08x}' if key else 'plain'} {padding}" for name, (key, padding) in self.domains.items()],
            "policy_digest": self.digests[0].hex(),
            "pin_digest": self.digests[1].hex(),
            "users": [f"{n} {s.hex()} {salt.hex()} {i}" for n, (s, salt, i) in self.users.items()],
            "mac_of_pin_abc": self.attest("pin", b"abc").hex(),
        }


def check(file):
    with open(file, encoding="utf-8") as source:
        vectors = json.load(source)
    keyring = Keyring(bytes.fromhex(vectors["keyring"]), root_key(vectors["root_key"]))
    assert keyring.facts() == vectors["facts"], keyring.facts()
    if "passphrase" in vectors:
        again = Keyring(bytes.fromhex(vectors["keyring"]), vectors["passphrase"])
        assert again.facts() == vectors["facts"]
    for v in vectors["cells"]:
        place = (keyring, v["domain"], v["type_tag"], v["suite"])
        plaintext = bytes.fromhex(v["plaintext"])
        assert open_cell(*place, v["armour"]) == plaintext, v
        envelope = unarmour(v["armour"])
        cell = Cell(*place, int.from_bytes(envelope[2:6], "big"))
        assert cell.seal(plaintext, v["padding"], envelope[6:18]) == v["armour"], v
    for v in vectors["refused_cells"]:
        try:
            open_cell(keyring, v["domain"], v["type_tag"], v["suite"], v["armour"])
            raise AssertionError(f"opened: {v}")
        except Refused as refused:
            assert str(refused) == v["error"], (v, refused)
    for v in vectors["refused_keyrings"]:
        secret = v["passphrase"] if "passphrase" in v else root_key(v["root_key"])
        try:
            Keyring(bytes.fromhex(v["keyring"]), secret)
            raise AssertionError(f"opened: {v['why']}")
        except Refused as refused:
            assert str(refused) == v["error"], (v["why"], refused)
    counts = [len(vectors[name]) for name in ("cells", "refused_cells", "refused_keyrings")]
    print("{} cells, {} refused cells, {} refused keyrings: all as they should be".format(*counts))


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check(sys.argv[2])
    elif sys.argv[1:2] == ["make"]:
        import make_vectors

        make_vectors.make(sys.argv[2], sys.argv[4] if sys.argv[3:4] == ["--seed"] else None)
    else:
        sys.exit(__doc__)
