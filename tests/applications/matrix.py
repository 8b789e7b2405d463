"""A story of Synapse's, a Matrix server: accounts, devices, addresses, rooms and messages, seen as its clients and its
administrator see them.

Usage: matrix.py install|begin|continue, with the database in PG*.
"""

import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

from browser import Browser, Served, free_port, told

HERE = pathlib.Path.cwd()
ENV = os.environ
PYTHON = HERE / "python" / "bin" / "python"
PEOPLE = ["grace", "alan", "anita"]
CONFIGURATION = """
server_name: ledger.test
report_stats: false
signing_key_path: {here}/signing.key
media_store_path: {here}/media
log_config: {here}/log.yaml
registration_shared_secret: story
macaroon_secret_key: story
enable_search: false
presence: {{enabled: false}}
trusted_key_servers: []
listeners: [{{port: {port}, bind_addresses: ["127.0.0.1"], type: http, resources: [{{names: [client]}}]}}]
database:
  name: psycopg2
  allow_unsafe_locale: true
  args: {{user: {PGUSER}, password: {PGPASSWORD}, dbname: {PGDATABASE}, host: {PGHOST}, port: {PGPORT}, cp_min: 2, cp_max: 5}}
{limits}
"""
LOG = "version: 1\nhandlers: {console: {class: logging.StreamHandler}}\nroot: {level: WARNING, handlers: [console]}\n"
LIMITS = ["rc_message", "rc_registration", "rc_joins_per_room"]


class Person:
    """One client of one account."""

    def __init__(self, base, name):
        self.name, self.browser, self.token = name, Browser(base), ""

    def asks(self, method, path, body=None):
        self.browser.headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        status, answer = self.browser.api(method, path, body)
        return [status, steadily(answer)]

    def logs_in(self, password, **identifier):
        who = identifier or {"type": "m.id.user", "user": self.name}
        body = {"type": "m.login.password", "identifier": who, "password": password, "device_id": f"OF{self.name.upper()}", "initial_device_display_name": f"{self.name}'s canary telephone"}
        status, answer = self.browser.api("POST", "_matrix/client/v3/login", body)
        if status == 200:
            # As it is: told it would be another each time.
            self.token = json.loads(self.browser.page)["access_token"]
        return [status, answer.get("user_id"), answer.get("device_id"), answer.get("errcode")]


def steadily(answer):
    """Without what is another each time: ids, times, tokens."""
    if isinstance(answer, list):
        return [steadily(one) for one in answer]
    if not isinstance(answer, dict):
        return "ID" if isinstance(answer, str) and answer[:1] in "$!" else answer
    other = {"event_id", "room_id", "access_token", "next_batch", "prev_batch", "start", "end", "age", "origin_server_ts", "last_seen_ts", "last_seen", "creation_ts", "added_at", "validated_at", "home_server", "age_ts", "session", "replaces_state"}
    made = lambda key, value: key == "device_id" and value and not value.startswith("OF")
    return {key: "ID" if key in other or made(key, value) else steadily(value) for key, value in sorted(answer.items()) if not key.startswith(("$", "!"))}


def registers(base, name, is_admin=False):
    browser = Browser(base)
    nonce = browser.api("GET", "_synapse/admin/v1/register") and json.loads(browser.page)["nonce"]
    text = b"\0".join([nonce.encode(), name.encode(), b"canary-pass-1", b"admin" if is_admin else b"notadmin"])
    mac = hmac.new(b"story", text, hashlib.sha1).hexdigest()
    body = {"nonce": nonce, "username": name, "displayname": name.title(), "password": "canary-pass-1", "admin": is_admin, "mac": mac}
    status, answer = browser.api("POST", "_synapse/admin/v1/register", body)
    return [status, answer.get("user_id"), answer.get("errcode")]


def person(base, name, password="canary-pass-1"):
    one = Person(base, name)
    told(f"{name} logs in", one.logs_in(password))
    return one


def room(owner):
    owner.asks("GET", "_matrix/client/v3/directory/room/%23office:ledger.test")
    return urllib.parse.quote(json.loads(owner.browser.page).get("room_id", "none"))


def begin(base):
    told("an administrator", registers(base, "root", True))
    for name in PEOPLE:
        told(f"{name} is registered", registers(base, name))
    root = person(base, "root")
    for name in PEOPLE:
        body = {"threepids": [{"medium": "email", "address": f"{name}.canary@example.org"}]}
        told(f"{name}'s address", root.asks("PUT", f"_synapse/admin/v2/users/@{name}:ledger.test", body))
    grace, alan = person(base, "grace"), person(base, "alan")
    told("a room", grace.asks("POST", "_matrix/client/v3/createRoom", {"room_alias_name": "office", "preset": "public_chat", "name": "Office"})[0])
    told("alan joins", alan.asks("POST", "_matrix/client/v3/join/%23office:ledger.test", {})[0])
    for number in range(5):
        said = {"msgtype": "m.text", "body": f"canary says {number}"}
        told(f"message {number}", alan.asks("PUT", f"_matrix/client/v3/rooms/{room(alan)}/send/m.room.message/t{number}", said)[0])
    told("a note of hers", grace.asks("PUT", "_matrix/client/v3/user/@grace:ledger.test/account_data/org.note", {"text": "canary note"}))


def goes_on(base):
    root, grace, alan = person(base, "root"), person(base, "grace"), person(base, "alan")
    told("wrong password", Person(base, "grace").logs_in("wrong"))
    told("nobody", Person(base, "nobody").logs_in("canary-pass-1"))
    told("logs in by her address", Person(base, "grace").logs_in("canary-pass-1", type="m.id.thirdparty", medium="email", address="grace.canary@example.org"))
    told("by nobody's address", Person(base, "grace").logs_in("canary-pass-1", type="m.id.thirdparty", medium="email", address="nobody.canary@example.org"))
    stranger = Person(base, "stranger")
    stranger.token = "syt_nobody"
    told("a token that nobody has", stranger.asks("GET", "_matrix/client/v3/account/whoami"))
    told("who she is", grace.asks("GET", "_matrix/client/v3/account/whoami"))
    told("her addresses", grace.asks("GET", "_matrix/client/v3/account/3pid"))
    told("her devices", grace.asks("GET", "_matrix/client/v3/devices"))
    told("names her device", grace.asks("PUT", "_matrix/client/v3/devices/OFGRACE", {"display_name": "canary tablet"}))
    told("her device", grace.asks("GET", "_matrix/client/v3/devices/OFGRACE"))
    told("her note", grace.asks("GET", "_matrix/client/v3/user/@grace:ledger.test/account_data/org.note"))
    told("another note", grace.asks("PUT", "_matrix/client/v3/user/@grace:ledger.test/account_data/org.note", {"text": "canary note two"}))
    told("her other note", grace.asks("GET", "_matrix/client/v3/user/@grace:ledger.test/account_data/org.note"))
    place = room(grace)
    told("messages", grace.asks("GET", f"_matrix/client/v3/rooms/{place}/messages?dir=b&limit=20"))
    told("members", grace.asks("GET", f"_matrix/client/v3/rooms/{place}/members"))
    told("state", [event["type"] for event in (grace.asks("GET", f"_matrix/client/v3/rooms/{place}/state") and json.loads(grace.browser.page))])
    said = {"msgtype": "m.text", "body": "canary answer"}
    told("an answer", grace.asks("PUT", f"_matrix/client/v3/rooms/{place}/send/m.room.message/a1", said)[0])
    event = json.loads(grace.browser.page).get("event_id", "none")
    told("the answer", grace.asks("GET", f"_matrix/client/v3/rooms/{place}/event/{urllib.parse.quote(event)}"))
    told("the answer and what is around it", grace.asks("GET", f"_matrix/client/v3/rooms/{place}/context/{urllib.parse.quote(event)}"))
    change = {"msgtype": "m.text", "body": "* canary", "m.new_content": {"msgtype": "m.text", "body": "canary changed"}, "m.relates_to": {"rel_type": "m.replace", "event_id": event}}
    told("changes it", grace.asks("PUT", f"_matrix/client/v3/rooms/{place}/send/m.room.message/a2", change)[0])
    told("the changed answer", alan.asks("GET", f"_matrix/client/v3/rooms/{place}/event/{urllib.parse.quote(event)}"))
    told("takes it back", grace.asks("PUT", f"_matrix/client/v3/rooms/{place}/redact/{urllib.parse.quote(event)}/r1", {"reason": "canary"})[0])
    told("what is left", alan.asks("GET", f"_matrix/client/v3/rooms/{place}/event/{urllib.parse.quote(event)}"))
    told("sync", alan.asks("GET", "_matrix/client/v3/sync?timeout=0"))
    told("invites", grace.asks("POST", f"_matrix/client/v3/rooms/{place}/invite", {"user_id": "@anita:ledger.test"}))
    anita = person(base, "anita")
    told("joins", anita.asks("POST", f"_matrix/client/v3/rooms/{place}/join", {})[0])
    told("anita's sync", anita.asks("GET", "_matrix/client/v3/sync?timeout=0"))
    told("leaves", anita.asks("POST", f"_matrix/client/v3/rooms/{place}/leave", {}))
    told("whose address", root.asks("GET", "_synapse/admin/v1/threepid/email/users/alan.canary@example.org"))
    told("nobody's address", root.asks("GET", "_synapse/admin/v1/threepid/email/users/nobody.canary@example.org"))
    told("an account", root.asks("GET", "_synapse/admin/v2/users/@alan:ledger.test"))
    told("accounts", root.asks("GET", "_synapse/admin/v2/users?from=0&limit=10"))
    told("sessions", root.asks("GET", "_synapse/admin/v1/whois/@alan:ledger.test")[0])
    told("another address", root.asks("PUT", "_synapse/admin/v2/users/@alan:ledger.test", {"threepids": [{"medium": "email", "address": "alan2.canary@example.org"}]}))
    told("an address that exists", root.asks("PUT", "_synapse/admin/v2/users/@grace:ledger.test", {"threepids": [{"medium": "email", "address": "alan2.canary@example.org"}]}))
    told("devices of an account", root.asks("GET", "_synapse/admin/v2/users/@alan:ledger.test/devices"))
    told("takes a device away", root.asks("DELETE", "_synapse/admin/v2/users/@alan:ledger.test/devices/OFALAN"))
    told("its token is nobody's", alan.asks("GET", "_matrix/client/v3/account/whoami")[0])
    told("a new password", root.asks("POST", "_synapse/admin/v1/reset_password/@grace:ledger.test", {"new_password": "canary-pass-2", "logout_devices": True}))
    told("logs in with it", Person(base, "grace").logs_in("canary-pass-2"))
    told("erases an account", root.asks("POST", "_synapse/admin/v1/deactivate/@anita:ledger.test", {"erase": True}))
    told("the erased account", root.asks("GET", "_synapse/admin/v2/users/@anita:ledger.test"))
    told("rooms", root.asks("GET", "_synapse/admin/v1/rooms"))
    told("takes the room away", root.asks("DELETE", f"_synapse/admin/v1/rooms/{place}", {"purge": True})[0])


def main():
    port = free_port()
    limits = "".join(f"{name}: {{per_second: 1000, burst_count: 1000}}\n" for name in LIMITS)
    limits += "rc_login: {" + ", ".join(f"{what}: {{per_second: 1000, burst_count: 1000}}" for what in ["address", "account", "failed_attempts"]) + "}\n"
    (HERE / "homeserver.yaml").write_text(CONFIGURATION.format(here=HERE, port=port, limits=limits, **{name: ENV[name] for name in ENV if name.startswith("PG")}))
    (HERE / "log.yaml").write_text(LOG)
    command = [PYTHON, "-m", "synapse.app.homeserver", "-c", HERE / "homeserver.yaml"]
    if not (HERE / "signing.key").exists():
        subprocess.run([*command, "--generate-keys"], check=True, stdout=subprocess.DEVNULL)
    with Served(command, port, HERE / "synapse.log") as base:
        match sys.argv[1]:
            case "install":
                told("serves", Browser(base).visit("_matrix/client/versions")[0])
            case "begin":
                begin(base)
            case _:
                goes_on(base)


main()
