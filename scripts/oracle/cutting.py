"""Statements out of psql scripts, roughly."""

import re


def cut(script):
    """The statements of a psql script: meta-commands and COPY data are left out, variables quoted."""
    lines, out, copying = script.split("\n"), [], False
    for line in lines:
        if copying:
            copying = line != "\\."
            continue
        if line.lstrip().startswith("\\"):
            line = ""
        if re.match(r"(?i)^\s*copy\b.*\bfrom\s+stdin\b.*;", line):
            copying = True
        out.append(re.sub(r":'(\w+)'", r"'\1'", line))
    return split("\n".join(out))


def split(text):
    """At semicolons outside quotes and parentheses, in the tokens that libpg_query sees."""
    statements, begin = [], 0
    quoted = re.compile(
        r"""--[^\n]*|/\*.*?\*/|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[A-Za-z_]\w*)?\$).*?\1|;|\bbegin\s+atomic\b|\bcase\b|\bend\b|[()]""",
        re.S | re.I)
    depth, atomic, cases = 0, False, 0
    for m in quoted.finditer(text):
        t = m.group(0).lower()
        if t == "(":
            depth += 1
        elif t == ")":
            depth = max(0, depth - 1)
        elif t.startswith("begin"):
            atomic = True
        elif atomic and t == "case":
            cases += 1
        elif atomic and t == "end":
            atomic, cases = cases > 0, max(0, cases - 1)
        elif t == ";" and not depth and not atomic:
            statements.append(text[begin:m.start()].strip())
            begin = m.end()
    return [s for s in statements if s]
