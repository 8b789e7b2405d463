"""What an application saw, one JSON line per step, so that two runs can be held against each other.

Knows no driver. A step that pgveil has to refuse is said with `refused`; everything else must read
the same on a plain database and through pgveil.
"""

import json
import sys
import traceback


def shown(value):
    """A value with its Python type, so that '1' and 1 and Decimal('1') are told apart."""
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {str(key): shown(item) for key, item in value.items()}
    return f"{type(value).__name__}:{value!r}"


def state_of(error):
    """The SQLSTATE behind a driver's or an ORM's error."""
    while error is not None:
        found = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
        if found:
            return found
        # pg8000 hands on the fields of the message.
        fields = error.args[0] if error.args else None
        if isinstance(fields, dict) and "C" in fields:
            return fields["C"]
        error = getattr(error, "orig", None) or getattr(error, "original_exc", None) or error.__cause__
    return None


class Trace:
    """Prints each step's outcome."""

    def say(self, name, outcome, refused=False):
        print(json.dumps({"step": name, "refused": refused, "outcome": outcome}), flush=True)

    def failed(self, name, error, refused):
        if state_of(error) is None:
            traceback.print_exception(error, file=sys.stderr)
        self.say(name, {"error": type(error).__name__, "state": state_of(error)}, refused)

    def step(self, name, action, refused=False):
        try:
            self.say(name, {"value": shown(action())}, refused)
        except Exception as error:
            self.failed(name, error, refused)

    def refused(self, name, action):
        self.step(name, action, refused=True)

    async def astep(self, name, action, refused=False):
        try:
            self.say(name, {"value": shown(await action())}, refused)
        except Exception as error:
            self.failed(name, error, refused)
