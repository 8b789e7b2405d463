"""Checks tests/cases/parse against PostgreSQL's parser; with --write, writes trees.txt from our reading."""

import pathlib
import re
import sys

from pglast import parser

import compare
import pg_tree

CASES = pathlib.Path(__file__).resolve().parents[2] / "tests/cases/parse"


def main():
    binary = sys.argv[1]
    texts = [t for t in re.split(r"(?<=;)\n", (CASES / "statements.sql").read_text()) if t.strip()]
    trees, tokens = compare.ours(binary, texts), compare.ours(binary, texts, "--tokens")
    wrong = 0
    for text, mine, mine_tokens in zip(texts, trees, tokens):
        expected = pg_tree.tree(parser.parse_sql_json(text)).replace("\n", "\\n")
        same = expected == re.sub(r"\(other \w+\)", "(other)", mine) and compare.spans(text) in (None, mine_tokens)
        if not same:
            wrong += 1
            print("---", text, expected, mine, sep="\n")
    if "--write" in sys.argv and not wrong:
        (CASES / "trees.txt").write_text("\n".join(trees) + "\n")
    print(f"{len(texts)} texts, {wrong} read otherwise than the server does")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
