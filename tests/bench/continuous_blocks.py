#!/usr/bin/env python3
"""Tables of continuous columns for bench_dependence, as CSV: continuous_blocks.py normal|amounts|idle ROWS SEED > FILE

normal: eight jointly normal columns, correlations .7^|i - j|, one of them turned round.
amounts: an account's limit and six monthly balances, each most of the one before, skewed.
idle: the same, but one account in six has 0 in every month.
"""
import math
import random
import sys


def normal(rng):
    z, row = 0.0, []
    for i in range(8):
        z = rng.gauss(0, 1) if i == 0 else 0.7 * z + math.sqrt(1 - 0.49) * rng.gauss(0, 1)
        row.append(round(1000 * (-z if i == 3 else z)))
    return row


def amounts(rng, idle_share=0.0):
    limit = round(math.exp(rng.gauss(11.7, 0.8)), -4)
    use = rng.gauss(0, 1)
    row = [int(max(limit, 10000))]
    idle = rng.random() < idle_share
    for _ in range(6):
        use = 0.95 * use + math.sqrt(1 - 0.95 ** 2) * rng.gauss(0, 1)
        row.append(0 if idle else round(row[0] * math.exp(0.9 * use - 1.2)))
    return row


makers = {"normal": normal, "amounts": amounts, "idle": lambda rng: amounts(rng, 1 / 6)}
make, rows, seed = makers[sys.argv[1]], int(sys.argv[2]), sys.argv[3]
source = random.Random(sys.argv[1] + seed)
for _ in range(rows):
    print(",".join(map(str, make(source))))
