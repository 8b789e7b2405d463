"""Checks tests/cases/parse against PostgreSQL's parser; with --write, writes trees.txt and edited.txt from our reading.

edited.txt has three lines for each text: with each token dropped in turn, doubled, and exchanged with the next. A word
stands for one such text: the check sum of its tree, which is the server's own, `-` if it is refused, `+` if only the
server refuses it.
"""

import pathlib
import re
import sys

from pglast import parser

import compare
import pg_tree

WAYS = {
    "dropped": lambda before, token, next, after: before + b" " + next + after,
    "doubled": lambda before, token, next, after: before + token + b" " + token + next + after,
    "exchanged": lambda before, token, next, after: before + next + b" " + token + after,
}
CASES = pathlib.Path(__file__).resolve().parents[2] / "tests/cases/parse"


def check_sum(text):
    """FNV-1a."""
    total = 0x811C9DC5
    for byte in text.encode():
        total = (total ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{total:08x}"


def edits(text, way):
    """The text with each of its tokens edited; what stands behind a token up to the next goes with it."""
    data = text.encode()
    places = [tuple(map(int, place.split("-"))) for place in compare.spans(text).split()]
    for at, (start, end) in enumerate(places):
        after = places[at + 1][1] if at + 1 < len(places) else len(data)
        yield WAYS[way](data[:start], data[start:end], data[end:after], data[after:]).decode()


def edited(binary, text, way):
    """The line of edited.txt, and what is read otherwise than the server does."""
    texts = list(edits(text, way))
    words, wrong = [], []
    for text, mine in zip(texts, compare.ours(binary, texts)):
        refused = mine.startswith(("LEX", "PARSE"))
        try:
            expected = pg_tree.tree(parser.parse_sql_json(text)).replace("\n", "\\n")
        except parser.ParseError:
            words.append("-" if refused else "+")
            continue
        except (pg_tree.Unsupported, KeyError, ValueError):
            expected = None
        if not refused and expected not in (None, re.sub(r"\(other \w+\)", "(other)", mine)):
            wrong.append((text, expected, mine))
        words.append("-" if refused else check_sum(mine))
    return " ".join(words), wrong


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
    lines = []
    for text in texts:
        for way in WAYS:
            line, others = edited(binary, text, way)
            lines.append(line)
            wrong += len(others)
            for other in others:
                print("---", *other, sep="\n")
    if "--write" in sys.argv and not wrong:
        (CASES / "edited.txt").write_text("\n".join(lines) + "\n")
        (CASES / "trees.txt").write_text("\n".join(trees) + "\n")
    words = " ".join(lines).split()
    print(f"{len(words)} edited ones: {words.count('-')} refused, {words.count('+')} read that the server refuses")
    print(f"{len(texts)} texts, {wrong} read otherwise than the server does")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
