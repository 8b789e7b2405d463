"""Mutates statements and compares what PostgreSQL's parser still takes with our reading of it.

What we refuse is shown (libpg_query itself takes a few forms that no server takes, such as `type $1`);
what we read otherwise than the server is a failure.

    fuzz.py BINARY FILE.sql … [--seconds N] [--seed N]
"""

import collections
import random
import re
import sys
import time

from pglast import parser

import compare
import cutting
import pg_tree

GLUE = ["", " ", "\n", "/**/", "/* ' */", "--x\n", "\t"]
SNIPPETS = [
    "'x'", "E'\\''", "$$'$$", "$a$;$a$", "U&'\\0061'", "\"A\"", "N'x'", "b'1'", "x'f'", "1.5", "0x1f", "$1", "null", "not",
    "is", "in", "(", ")", ",", "::", "::text", "and", "or", "-", "+", "*", "%", "^", "||", "->>", "<", "=", "<>", "~~",
    "between", "like", "any", "array[1]", "case", "end", "as", "collate \"C\"", "at time zone", "interval '1' day",
    "select 1", "(select 1)", "order by 1", "limit 1", "union", "from t", "where", "join u", "using (a)", "on true",
    "over ()", "filter (where true)", "values (1)", "default", "row(1,2)", "[1]", ".a", ".*", "distinct", "lateral",
    "with a as (select 1)", "returning *", "for update", "is not null", "isnull", "notnull", "escape '!'", "operator(pg_catalog.=)",
]


def pieces(text):
    try:
        return [text[t.start:t.end + 1] for t in parser.scan(text)]
    except parser.ParseError:
        return []


def mutated(rng, parts, others):
    parts = list(parts)
    for _ in range(rng.randint(1, 3)):
        i, kind = rng.randrange(len(parts) + 1), rng.randrange(6)
        if kind == 0 and parts:
            del parts[min(i, len(parts) - 1)]
        elif kind == 1 and parts:
            parts.insert(i, parts[min(i, len(parts) - 1)])
        elif kind == 2 and len(parts) > 1:
            j = rng.randrange(len(parts))
            i = min(i, len(parts) - 1)
            parts[i], parts[j] = parts[j], parts[i]
        elif kind == 3:
            parts.insert(i, rng.choice(SNIPPETS))
        elif kind == 4 and parts:
            parts[min(i, len(parts) - 1)] = rng.choice(SNIPPETS)
        else:
            other = rng.choice(others)
            a = rng.randrange(len(other) + 1)
            parts[i:i] = other[a:a + rng.randint(1, 5)]
    return "".join(p + (rng.choice(GLUE) if rng.random() < 0.2 else " ") for p in parts)


def main():
    args = sys.argv[1:]
    option = lambda name, default: int(args.pop(args.index(name) + 1)) if name in args else default
    seconds, seed = option("--seconds", 60), option("--seed", 1)
    args = [a for a in args if not a.startswith("--")]
    binary, texts = args[0], []
    for name in args[1:]:
        with open(name, encoding="utf-8", errors="replace") as f:
            texts += [t for t in cutting.split(f.read()) if t.isascii() and len(t) < 600]
    corpus = [p for p in map(pieces, dict.fromkeys(texts)) if p]
    rng, counts, end = random.Random(seed), collections.Counter(), time.monotonic() + seconds
    while time.monotonic() < end:
        batch = [mutated(rng, rng.choice(corpus), corpus) for _ in range(2000)]
        trees, tokens = compare.ours(binary, batch), compare.ours(binary, batch, "--tokens")
        for text, mine, mine_tokens in zip(batch, trees, tokens):
            counts["texts"] += 1
            judge(text, mine, mine_tokens, counts)
    print(dict(counts))
    return 1 if counts["READ OTHERWISE"] else 0


def judge(text, mine, mine_tokens, counts):
    refused = mine.startswith(("LEX", "PARSE"))
    try:
        expected = parser.parse_sql_json(text)
    except parser.ParseError:
        counts["server refuses, we too" if refused else "server refuses, we do not"] += 1
        return
    counts["server parses"] += 1
    try:
        tree = pg_tree.tree(expected).replace("\n", "\\n")
    except (pg_tree.Unsupported, KeyError, ValueError):
        counts["not compared"] += 1
        return
    mine = re.sub(r"\(other \w+\)", "(other)", mine)
    kind = "same"
    if refused:
        kind = "we refuse"
    elif compare.spans(text) != mine_tokens or tree != mine:
        kind = "READ OTHERWISE"
    counts[kind] += 1
    if kind != "same" and counts[kind] <= 20:
        print(f"--- {kind}", text, tree[:800], mine[:800], sep="\n")


if __name__ == "__main__":
    sys.exit(main())
