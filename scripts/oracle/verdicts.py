"""What pgveil says of every statement of psql scripts, counted by verdict and reason.

    pip install pglast          (of the server's major version: pglast 5 reads as PostgreSQL 15 does)
    python scripts/oracle/verdicts.py PGVEIL CONFIG FILE.sql … [--words WORD,…] [--show N]

Asks `pgveil explain --file`, which judges each text against the accepted catalog and sends it nowhere.
Statements that PostgreSQL's own parser does not read are left out. WORDs are names of protected relations
and of views over them: of the refusals those are listed that name none of them.
"""

import argparse
import collections
import json
import re
import subprocess
import tempfile

from pglast import parser

from cutting import cut


def reads(text):
    try:
        parser.parse_sql_json(text)
    except Exception:
        return False
    return True


def judged(pgveil, config, texts):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write("".join(json.dumps(text) + "\n" for text in texts))
        file.flush()
        command = [pgveil, "explain", "--file", file.name, "--json", "-c", config]
        run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (0, 7):
        raise SystemExit(run.stderr)
    return [json.loads(line) for line in run.stdout.splitlines()]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("pgveil")
    arguments.add_argument("config")
    arguments.add_argument("files", nargs="+")
    arguments.add_argument("--words", default="")
    arguments.add_argument("--show", type=int, default=20)
    said = arguments.parse_args()

    texts = []
    for path in said.files:
        with open(path, errors="replace") as file:
            texts += [text.replace("\0", " ") for text in cut(file.read())]
    read = [text for text in texts if reads(text)]
    verdicts = judged(said.pgveil, said.config, read)
    assert len(verdicts) == len(read)

    words = [word for word in said.words.split(",") if word]
    names = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, words)) + r")(?!\w)", re.I) if words else None
    counts, reasons, strange = collections.Counter(), collections.Counter(), collections.defaultdict(list)
    for text, verdict in zip(read, verdicts):
        named = bool(names and names.search(text))
        counts[("names one" if named else "names none", verdict["verdict"])] += 1
        for reason in verdict["reasons"]:
            reasons[("names one" if named else "names none", reason)] += 1
            if not named:
                strange[reason].append(text)
    print(f"{len(texts)} statements, {len(read)} that PostgreSQL's parser reads")
    for (named, verdict), count in sorted(counts.items()):
        print(f"{count:7} {named}: {verdict}")
    for (named, reason), count in sorted(reasons.items(), key=lambda item: (item[0][0], -item[1])):
        print(f"{count:7} {named}: refused, {reason}")
    for reason, texts_of_it in strange.items():
        print(f"\n{reason}, naming none:")
        for text in texts_of_it[:said.show]:
            print("    " + " ".join(text.split())[:150])


if __name__ == "__main__":
    main()
