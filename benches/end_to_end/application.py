"""Reads a result and opens its second and third column: what a Python application does that encrypts
by itself. Prints rows per second.

Usage: application.py URL SQL KEY (hexadecimal)
"""

import sys
import time

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

NONCE_BYTES = 12


def main() -> None:
    url, sql, key = sys.argv[1:]
    cipher = AESGCMSIV(bytes.fromhex(key))

    def opened(cell: bytes) -> str:
        return cipher.decrypt(cell[:NONCE_BYTES], cell[NONCE_BYTES:], None).decode()

    with psycopg.connect(url) as connection, connection.cursor(binary=True) as cursor:
        started = time.perf_counter()
        rows = 0
        for number, first, second, city, balance in cursor.execute(sql):
            _ = (number, opened(first), opened(second), city, balance)
            rows += 1
        print(rows / (time.perf_counter() - started))


main()
