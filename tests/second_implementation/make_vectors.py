"""Writes vectors for the stored format: a keyring, cells that open, and cells and keyrings that
must be refused, at least two for each that opens."""

import base64
import hashlib
import json
import os

from pgveil_format import (
    MAGIC, SUITES, Cell, Keyring, armour, expand, lp, mac, pad, root_key, siv, u16, u32, u64, unarmour,
    wrap_passphrase, wrap_root,
)

STATE_CODES = {"pending": 1, "active": 2, "decrypt-only": 3, "disabled": 4}
COST = (19 << 10, 2, 1)
PASSPHRASE = "correct horse battery staple"


class Drbg:
    """Random bytes, or with a seed always the same ones."""

    def __init__(self, seed):
        self.seed, self.count = seed, 0

    def __call__(self, n):
        if self.seed is None:
            return os.urandom(n)
        self.count += 1
        return hashlib.shake_256(f"{self.seed}/{self.count}".encode()).digest(n)


class Forge:
    """Writes keyring files, also ones that pgveil never would."""

    def __init__(self, draw):
        self.draw, self.realm, self.file_key, self.root = draw, draw(16), draw(32), draw(32)
        self.attestation, self.generation = draw(32), 41
        states = ["decrypt-only", "active", "pending", "disabled"]
        self.keys = [(1 + int.from_bytes(draw(4), "big") % 0xFFFFFFFE, s, draw(32)) for s in states]
        self.destroyed = (0x0D1ED0FF, draw(32))
        self.domains = [("email", self.keys[0][0], 0), ("iban", self.keys[1][0], 2)]
        self.index_keys = 0

    def root_text(self):
        return "pgveil-root-1:" + base64.urlsafe_b64encode(self.root).decode().rstrip("=")

    def body(self):
        out = self.attestation + u32(len(self.keys))
        for key_id, state, key in self.keys:
            check = expand(mac(self.realm, key), b"pgveil/v1/check\0")[:16]
            out += u32(key_id) + bytes([STATE_CODES[state]]) + u64(1_700_000_000) + check + key
        out += u32(self.index_keys) + u32(1)
        check = expand(mac(self.realm, self.destroyed[1]), b"pgveil/v1/check\0")[:16]
        out += u32(self.destroyed[0]) + u64(1_700_000_777) + check + u32(len(self.domains))
        for name, key_id, padding in self.domains:
            out += lp(name.encode()) + u32(key_id) + bytes([padding])
        out += lp(hashlib.sha256(b"policy").digest()) + lp(b"") + u32(1)
        return out + lp(b"app") + lp(b"upstream secret") + lp(bytes(range(16))) + u32(4096)

    def file(self, body=None, magic=MAGIC, cost=COST):
        draw, realm = self.draw, self.realm
        stanzas = wrap_passphrase(realm, self.file_key, PASSPHRASE.encode(), draw(16), cost, draw(12))
        stanzas += wrap_root(realm, self.file_key, self.root, draw(12))
        header = magic + realm + u64(self.generation) + u16(3) + u16(9) + lp(b"reserved") + stanzas
        prk = mac(realm, self.file_key)
        nonce = draw(12)
        key = expand(prk, b"pgveil/v1/keyring-body\0")
        out = header + nonce + lp(siv(key).encrypt(nonce, self.body() if body is None else body, header))
        return out + mac(expand(prk, b"pgveil/v1/keyring-mac\0"), out)


def positives(keyring, draw):
    types = [(1, b"ada@example.net"), (1, b""), (1, "Zoë 北京".encode()), (1, b"x" * 64), (15, b"\0" * 33),
             (15, b"\x80"), (1, b"y" * 256), (1, b"z" * 257), (1, b"w" * 1500), (14, bytes(range(16))),
             (3, (-2).to_bytes(8, "big", signed=True)), (6, u32(0xFFFFFFFF))]
    paddings = ["auto", "block16", "block32", "block64", "padme", "none"]
    for n, (tag, plaintext) in enumerate(types):
        for suite in SUITES:
            padding = "auto" if suite == "deterministic" else paddings[n % 6]
            domain = "email" if suite == "deterministic" else "public.customers.note"
            for key_id, key in keyring.keys.items():
                deterministic_key = keyring.domains["email"][0]
                if key["state"] == "disabled" or (suite == "deterministic" and key_id != deterministic_key):
                    continue
                text = Cell(keyring, domain, tag, suite, key_id).seal(plaintext, padding, draw(12))
                yield {"domain": domain, "type_tag": tag, "suite": suite, "padding": padding,
                       "plaintext": plaintext.hex(), "armour": text}


def refused_of(keyring, v, n):
    """Ways to spoil one good cell; which ones, the number decides."""
    text, envelope = v["armour"], unarmour(v["armour"])
    other = "randomized" if v["suite"] == "deterministic" else "deterministic"
    bit = bytearray(envelope)
    bit[6 + n * 7 % (len(bit) - 6)] ^= 1 << n % 8
    ways = [
        ("a bit", {}, armour(bytes(bit))),
        ("another domain", {"domain": v["domain"] + "2"}, text),
        ("another type", {"type_tag": v["type_tag"] + 1}, text),
        ("another suite", {"suite": other}, text),
        ("flags", {}, armour(envelope[:1] + b"\1" + envelope[2:])),
        ("suite 0x03 is reserved", {}, armour(b"\3" + envelope[1:])),
        ("key id 0", {}, armour(envelope[:2] + u32(0) + envelope[6:])),
        ("no terminator", {}, text[:-1]),
        ("bytes behind the terminator", {}, text + "."),
        ("one character cut", {}, text[:-2] + "."),
        ("tag cut by one byte", {}, armour(envelope[:-1])),
        ("one byte more", {}, armour(envelope + b"\0")),
        ("padding characters", {}, text[:-1] + "=."),
        ("another alphabet", {}, text[:-3] + "+/."),
        ("white space", {}, text[:20] + "\n" + text[20:]),
        ("too short for any plaintext", {}, armour(envelope[:34])),
    ]
    for way in (ways[n % len(ways)], ways[(n * 4 + 1) % len(ways)]):
        yield {**v, **way[1], "armour": way[2], "error": "damaged", "why": way[0]}
    swaps = [("unknown", 0x0BADCAFE), ("destroyed", 0x0D1ED0FF)]
    swaps += [("disabled", i) for i, k in keyring.keys.items() if k["state"] == "disabled"]
    why, key_id = swaps[n % 3]
    yield {**v, "armour": armour(envelope[:2] + u32(key_id) + envelope[6:]), "error": f"key-{why}", "why": why}
    fronts = [text.lower(), text.upper(), text[1:], " " + text, "", "ada@example.net"]
    yield {**v, "armour": fronts[n % 6], "error": "not-an-envelope", "why": "no prefix"}


def forged(keyring):
    """Authentic cells, made with the keys, that no correct writer makes."""
    key_id = keyring.domains["email"][0]
    place = {"domain": "email", "type_tag": 1, "suite": "deterministic"}
    cell = Cell(keyring, *place.values(), key_id)
    yield {**place, "armour": cell.seal_padded(pad("auto", b"ada"), bytes(12)), "why": "nonce not derived"}
    for why, padded in [("no mark", b"ada\0"), ("only zeros", bytes(16)), ("no mark at the end", b"\x80a")]:
        text = cell.seal_padded(padded, cell.derived_nonce(padded))
        yield {**place, "armour": text, "why": f"padding: {why}"}
    good = cell.seal_padded(pad("none", b"ad"), cell.derived_nonce(pad("none", b"ad")))
    # 37 bytes leave 4 bits over in the last character: any but zero is another spelling.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spelt = good[:-2] + alphabet[alphabet.index(good[-2]) + 1] + "."
    yield {**place, "armour": spelt, "why": "bits behind the last byte"}


def refused_keyrings(draw):
    def case(why, error, change=None, secret=None, behind=None, **how):
        forge = Forge(draw)
        if change:
            change(forge)
        body = None if behind is None else forge.body() + behind
        return {"why": why, "error": error, "keyring": forge.file(body, **how).hex(),
                **(secret or {"root_key": forge.root_text()})}

    yield case("another root key", "wrong-root-key", secret={"root_key": Forge(draw).root_text()})
    yield case("another passphrase", "wrong-passphrase", secret={"passphrase": PASSPHRASE + "r"})
    yield case("version 2", "shape", magic=b"pgveil keyring 2\n")
    yield case("index keys", "content", lambda f: setattr(f, "index_keys", 1))
    yield case("bytes behind the body", "shape", behind=b"\0")
    yield case("two active keys", "content", lambda f: f.keys.append((77, "active", draw(32))))
    yield case("an id twice", "content", lambda f: f.keys.append((f.keys[0][0], "pending", draw(32))))
    yield case("an id of the dead", "content", lambda f: f.keys.append((f.destroyed[0], "pending", draw(32))))
    yield case("key id 0", "content", lambda f: f.keys.append((0, "pending", draw(32))))
    yield case("a domain without its key", "content", lambda f: f.domains.append(("z", 77, 0)))
    yield case("domains out of order", "content", lambda f: f.domains.reverse())
    yield case("a domain twice", "content", lambda f: f.domains.append(f.domains[1]))
    yield case("an unknown padding", "content", lambda f: f.domains.append(("z", f.keys[0][0], 6)))
    for why, at in [("generation", 17 + 16 + 7), ("MAC", -1), ("body", -60)]:
        forge = Forge(draw)
        bytes_ = bytearray(forge.file())
        bytes_[at] ^= 1
        yield {"why": f"a bit of the {why}", "error": "damaged", "root_key": forge.root_text(),
               "keyring": bytes_.hex()}
    forge = Forge(draw)
    good = forge.file()
    yield {"why": "cut", "error": "shape", "root_key": forge.root_text(), "keyring": good[:-1].hex()}
    yield {"why": "one byte more", "error": "shape", "root_key": forge.root_text(), "keyring": (good + b"\0").hex()}
    memory = good.replace(u32(COST[0]) + u32(COST[1]), u32(2**32 - 1) + u32(COST[1]))
    yield {"why": "4 TiB of memory", "error": "kdf-bounds", "passphrase": PASSPHRASE, "keyring": memory.hex()}


def make(path, seed):
    draw = Drbg(seed)
    forge = Forge(draw)
    file = forge.file()
    keyring = Keyring(file, root_key(forge.root_text()))
    cells = list(positives(keyring, draw))
    refused = [r for n, v in enumerate(cells) for r in refused_of(keyring, v, n)]
    refused += [{**v, "error": "damaged"} for v in forged(keyring)]
    for v in refused:
        v.pop("plaintext", None)
        v.pop("padding", None)
    vectors = {"format": "pgveil v1", "root_key": forge.root_text(), "passphrase": PASSPHRASE,
               "keyring": file.hex(), "facts": keyring.facts(), "cells": cells, "refused_cells": refused,
               "refused_keyrings": list(refused_keyrings(draw))}
    with open(path, "w", encoding="utf-8") as out:
        json.dump(vectors, out, indent=1)
        out.write("\n")
