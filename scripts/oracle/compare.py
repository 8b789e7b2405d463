"""Compares our lexer and parser with PostgreSQL's own (libpg_query, by way of PyPI's pglast).

    cargo build --example tree
    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install pglast
    /tmp/oracle/bin/python scripts/oracle/compare.py target/debug/examples/tree FILE.sql … [--show N]

Statements are cut out of psql scripts roughly; what libpg_query does not parse is only counted. For each
that it does: ours must parse, the tokens must begin and end at the same bytes, and the trees must be the
same in the canonical form.
"""

import collections
import re
import subprocess
import sys

from pglast import parser

import pg_tree
from cutting import cut


def ours(binary, texts, *flags):
    data = "\0".join(t.replace("\0", " ") for t in texts).encode()
    run = subprocess.run([binary, *flags], input=data, capture_output=True, check=True)
    return run.stdout.decode().split("\n")[:len(texts)]


def spans(text):
    data = text.encode()
    if len(data) != len(text):
        return None
    return " ".join(f"{t.start}-{t.end + 1}" for t in parser.scan(text))


def main():
    args = sys.argv[1:]
    show = int(args.pop(args.index("--show") + 1)) if "--show" in args else 20
    args = [a for a in args if a != "--show"]
    binary, files = args[0], args[1:]
    texts = []
    for name in files:
        with open(name, encoding="utf-8", errors="replace") as f:
            texts += cut(f.read())
    texts = list(dict.fromkeys(texts))
    counts, shown = collections.Counter(), collections.Counter()

    def say(kind, *lines):
        counts[kind] += 1
        shown[kind] += 1
        if shown[kind] <= show:
            print(f"--- {kind}", *lines, sep="\n")

    trees, tokens, witness = ours(binary, texts), ours(binary, texts, "--tokens"), ours(binary, texts, "--witness")
    for text, mine, mine_tokens, second in zip(texts, trees, tokens, witness):
        counts["statements"] += 1
        try:
            expected = parser.parse_sql_json(text)
        except parser.ParseError:
            counts["server refuses"] += 1
            if not mine.startswith(("LEX", "PARSE")):
                say("ONLY THE SERVER REFUSES", text[:300])
            continue
        except RecursionError:
            continue
        counts["server parses"] += 1
        counts["witness " + second.split("(")[0].lower()] += 1
        if second.startswith("Disagrees"):
            print("--- second reader disagrees", second, text[:300], sep="\n")
        if mine.startswith(("LEX", "PARSE")):
            say("WE REFUSE", text[:600], mine)
            continue
        expected_tokens = spans(text)
        if expected_tokens is not None and expected_tokens != mine_tokens:
            say("TOKENS DIFFER", text[:600], expected_tokens[:600], mine_tokens[:600])
        try:
            tree = pg_tree.tree(expected)
        except pg_tree.Unsupported as e:
            counts[f"not compared: {e}"] += 1
            continue
        mine = re.sub(r"\(other \w+\)", "(other)", mine)
        if tree.replace("\n", "\\n") != mine:
            say("TREES DIFFER", text[:900], tree[:1500], mine[:1500])
        else:
            counts["same tree"] += 1
            counts["same tree, of a kind without detail"] += tree == "(other)"
    print(dict(counts))
    return 1 if any(counts[k] for k in ("WE REFUSE", "TOKENS DIFFER", "TREES DIFFER")) else 0


if __name__ == "__main__":
    sys.exit(main())
