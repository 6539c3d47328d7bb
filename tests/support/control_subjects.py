#!/usr/bin/env python3
"""
Who is set aside for the privacy tests, by the definition (docs/methods.md) alone: no code of sandseed.

    control_subjects.py --seed N --table SCHEMA.TABLE FROM TO    prints those of the keys FROM .. TO, integers, that are control
"""
import argparse
import hashlib
import struct

MASK = 2**64 - 1


def rotate(x, n):
    return (x << n | x >> (64 - n)) & MASK


def siphash(key, data):
    """SipHash-2-4 (Aumasson and Bernstein 2012)."""
    k0, k1 = struct.unpack("<QQ", key)
    v0, v1, v2, v3 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573

    def rounds(n):
        nonlocal v0, v1, v2, v3
        for _ in range(n):
            v0 = (v0 + v1) & MASK
            v1 = rotate(v1, 13) ^ v0
            v0 = rotate(v0, 32)
            v2 = (v2 + v3) & MASK
            v3 = rotate(v3, 16) ^ v2
            v0 = (v0 + v3) & MASK
            v3 = rotate(v3, 21) ^ v0
            v2 = (v2 + v1) & MASK
            v1 = rotate(v1, 17) ^ v2
            v2 = rotate(v2, 32)

    whole = len(data) // 8 * 8
    words = [w for (w,) in struct.iter_unpack("<Q", data[:whole])]
    words.append(int.from_bytes(data[whole:], "little") | (len(data) & 255) << 56)
    for m in words:
        v3 ^= m
        rounds(2)
        v0 ^= m
    v2 ^= 255
    rounds(4)
    return v0 ^ v1 ^ v2 ^ v3


def key_from(secret, purpose):
    return hashlib.blake2b(purpose.encode(), digest_size=16, key=secret).digest()


class Control:
    """Of a table of people: is somebody control?  Keys are integers of one column, or texts."""

    def __init__(self, seed, table):
        secret = seed.to_bytes(8, "little") + bytes(24)
        self.fit = key_from(secret, "sandseed fit sample")
        self.key = key_from(self.fit, f"sandseed control subjects of {table}")
        self.known = {}

    def __contains__(self, key):
        if key not in self.known:
            data = struct.pack("<q", key) if isinstance(key, int) else key.encode()
            person = siphash(self.fit, data) or 1
            self.known[key] = (siphash(self.key, struct.pack("<Q", person)) or 1) % 5 == 1
        return self.known[key]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Who is set aside for the privacy tests.")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--table", required=True)
    parser.add_argument("range", type=int, nargs=2)
    o = parser.parse_args()
    control = Control(o.seed, o.table)
    for i in range(o.range[0], o.range[1] + 1):
        if i in control:
            print(i)
