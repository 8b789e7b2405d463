"""A story of Parse Server's: accounts, sessions, roles, and the customers that an application keeps in it.

Usage: parse.py install|begin|continue, where Parse Server is installed, with the database in PG*.
"""

import json
import os
import pathlib
import re
import sys
import urllib.parse

from browser import Browser, Served, free_port, told

HERE = pathlib.Path.cwd()
ENV = os.environ
SERVER = """
const express = require('express'), { ParseServer } = require('parse-server');
const { PGUSER, PGPASSWORD, PGHOST, PGPORT, PGDATABASE, APP_PORT } = process.env, url = `http://127.0.0.1:${APP_PORT}/parse`;
const server = new ParseServer({ databaseURI: `postgres://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/${PGDATABASE}`, appId: 'ledger',
  masterKey: 'master', serverURL: url, allowClientClassCreation: true, silent: true, logLevel: 'error', enableCollationCaseComparison: true,
  emailAdapter: { sendMail: async () => {}, sendPasswordResetEmail: async () => {}, sendVerificationEmail: async () => {} }, appName: 'ledger', publicServerURL: url });
server.start().then(() => { const app = express(); app.use('/parse', server.app); app.listen(APP_PORT, '127.0.0.1'); });
"""
# What it makes at random, in what it tells: values, and the identities that are keys of rights.
RANDOM = re.compile(r'("(?:objectId|sessionToken|createdAt|updatedAt|iso|installationId)": )"[^"]*"')
OWNER = re.compile(r'"[A-Za-z0-9]{10}": (?=\{"read": true)')


class App(Browser):
    """One user's program, or with the master key the administrator's."""

    def __init__(self, base, master=False):
        super().__init__(base)
        self.headers = {"X-Parse-Application-Id": "ledger", **({"X-Parse-Master-Key": "master"} if master else {})}

    def tells(self, step, method, path, body=None):
        answer = self.api(method, "parse/" + path, body)
        if isinstance(answer[1], dict) and "sessionToken" in answer[1]:
            self.headers["X-Parse-Session-Token"] = self.token
        told(step, json.loads(OWNER.sub('"owner": ', RANDOM.sub(r'\1"…"', json.dumps(answer)))))
        return answer[1] if isinstance(answer[1], dict) else {}

    def ask(self, *how):
        status, where, page = super().ask(*how)
        found = re.search(r'"sessionToken":"([^"]+)"', page)
        self.token = found[1] if found else None
        identity = re.search(r'"objectId":"([^"]+)"', page)
        self.identity = identity[1] if identity else None
        return status, where, page


def where(condition, **more):
    return urllib.parse.urlencode({"where": json.dumps(condition), **more})


def customers(count):
    return [{"method": "POST", "path": "/parse/classes/Customer", "body": {"name": f"Canary Customer {n}", "email": f"customer{n}.canary@example.org", "phone": f"+40 700 00 {n:04}", "notes": "canary says hello", "limit": n * 100}} for n in range(count)]


def begin(base):
    admin = App(base, master=True)
    for name in ["grace", "alan", "anita"]:
        who = App(base)
        who.tells(f"{name} signs up", "POST", "users", {"username": f"{name}canary", "password": "pass-1", "email": f"{name}.canary@example.org", "phone": "+40 711 000 111"})
        who.tells(f"{name} herself", "GET", "users/me")
    admin.tells("customers", "POST", "batch", {"requests": customers(5)})


def people(base):
    who = App(base)
    who.tells("a name that exists", "POST", "users", {"username": "gracecanary", "password": "x"})
    who.tells("an address that exists", "POST", "users", {"username": "other", "password": "x", "email": "grace.canary@example.org"})
    who.tells("wrong password", "POST", "login", {"username": "gracecanary", "password": "wrong"})
    who.tells("nobody", "POST", "login", {"username": "nobodycanary", "password": "wrong"})
    grace = App(base)
    me = grace.tells("grace logs in", "POST", "login", {"username": "gracecanary", "password": "pass-1"})
    App(base).tells("logs in by address", "POST", "login", {"email": "grace.canary@example.org", "password": "pass-1"})
    grace.tells("herself", "GET", "users/me")
    grace.tells("changes her address", "PUT", f"users/{me.get('objectId')}", {"email": "grace2.canary@example.org", "phone": "+40 722 000 222"})
    grace.tells("herself then", "GET", "users/me")
    grace.tells("her sessions", "GET", "sessions")
    who.tells("password forgotten", "POST", "requestPasswordReset", {"email": "alan.canary@example.org"})
    who.tells("password of nobody forgotten", "POST", "requestPasswordReset", {"email": "nobody.canary@example.org"})
    grace.tells("logs out", "POST", "logout", {})
    grace.tells("herself without a session", "GET", "users/me")


def administration(base):
    admin = App(base, master=True)
    admin.tells("users", "GET", "users?order=createdAt")
    admin.tells("users, counted", "GET", "users?count=1&limit=0")
    admin.tells("a user by name", "GET", "users?" + where({"username": "alancanary"}))
    admin.tells("a user by address", "GET", "users?" + where({"email": "alan.canary@example.org"}))
    admin.tells("users by addresses", "GET", "users?" + where({"email": {"$in": ["alan.canary@example.org", "anita.canary@example.org"]}}, order="createdAt"))
    admin.tells("users but one", "GET", "users?" + where({"username": {"$ne": "alancanary"}}, order="createdAt"))
    admin.tells("users or", "GET", "users?" + where({"$or": [{"username": "alancanary"}, {"email": "anita.canary@example.org"}]}, order="createdAt"))
    admin.tells("users with an address", "GET", "users?" + where({"email": {"$exists": True}}, order="createdAt"))
    admin.tells("users by the beginning of a name", "GET", "users?" + where({"username": {"$regex": "^ala"}}))
    admin.tells("users by name", "GET", "users?order=username")
    admin.tells("sessions", "GET", "sessions?count=1&limit=0")
    admin.tells("schema", "GET", "schemas/Customer")


def trade(base):
    admin = App(base, master=True)
    admin.tells("more customers", "POST", "batch", {"requests": customers(3)})
    admin.tells("a customer by address", "GET", "classes/Customer?" + where({"email": "customer1.canary@example.org"}, order="createdAt"))
    one = admin.identity
    admin.tells("changes one", "PUT", f"classes/Customer/{one}", {"name": "Canary Renamed", "limit": {"__op": "Increment", "amount": 5}})
    admin.tells("reads it", "GET", f"classes/Customer/{one}")
    admin.tells("takes its telephone away", "PUT", f"classes/Customer/{one}", {"phone": {"__op": "Delete"}})
    admin.tells("customers without telephone", "GET", "classes/Customer?" + where({"phone": {"$exists": False}}))
    admin.tells("an order", "POST", "classes/Order", {"total": 120, "customer": {"__type": "Pointer", "className": "Customer", "objectId": one}})
    admin.tells("orders with customer", "GET", "classes/Order?include=customer")
    admin.tells("orders of a customer", "GET", "classes/Order?" + where({"customer": {"$inQuery": {"where": {"email": "customer1.canary@example.org"}, "className": "Customer"}}}))
    admin.tells("how many by address", "GET", 'aggregate/Customer?$group={"_id":"$email","total":{"$sum":"$limit"}}')
    admin.tells("different addresses", "GET", "aggregate/Customer?distinct=email")
    admin.tells("customers by limit", "GET", "classes/Customer?order=-limit,createdAt&keys=name,email,limit")
    admin.tells("customers by a word", "GET", "classes/Customer?" + where({"notes": {"$text": {"$search": {"$term": "hello"}}}}))
    admin.tells("a field more", "PUT", "schemas/Customer", {"className": "Customer", "fields": {"vip": {"type": "Boolean"}}})
    admin.tells("deletes one", "DELETE", f"classes/Customer/{one}")
    admin.tells("how many are left", "GET", "classes/Customer?count=1&limit=0")


def main():
    (HERE / "server.cjs").write_text(SERVER)
    port = free_port()
    ENV["APP_PORT"] = str(port)
    with Served(["node", "server.cjs"], port, HERE / "server.log", cwd=HERE) as base:
        part = sys.argv[1]
        if part == "install":
            return App(base, master=True).tells("health", "GET", "health")
        if part == "begin":
            return begin(base)
        people(base)
        administration(base)
        trade(base)


main()
