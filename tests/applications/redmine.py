"""A story of Redmine's: accounts, passwords, members, issues, seen as its users and its administrator see them.

Usage: redmine.py install|begin|continue, in Redmine's directory, with the database in PG*.
"""

import base64
import pathlib
import subprocess
import sys

from browser import Browser, Served, free_port, told

HERE = pathlib.Path.cwd()
ALLOWED = {"settings[self_registration]": "3", "settings[lost_password]": "1", "settings[rest_api_enabled]": "1", "settings[user_format]": "username"}
PEOPLE = [("grace", "Grace", "Canaryhopper"), ("alan", "Alan", "Canaryturing"), ("anita", "Anita", "Canaryborg")]


def rake(*tasks):
    done = subprocess.run(["bundle", "exec", "rake", *tasks], cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    told("rake " + " ".join(tasks), [done.returncode, done.stdout[-2000:] if done.returncode else ""])


def value(sql):
    return subprocess.run(["psql", "-XAtqc", sql], capture_output=True, text=True).stdout.strip()


def login(base, name, password):
    browser = Browser(base)
    return browser, browser.submit("login", "login", {"username": name, "password": password})


def with_password(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def install():
    rake("db:migrate")
    rake("redmine:load_default_data", "REDMINE_LANG=en")


def begin(base):
    admin, outcome = login(base, "admin", "admin")
    told("admin logs in", outcome)
    told("admin must change the password", admin.submit("my/password", "my/password", {"password": "admin", "new_password": "canary-admin-1", "new_password_confirmation": "canary-admin-1"}))
    told("settings", admin.submit("settings?tab=authentication", "settings/edit?tab=authentication", ALLOWED))
    told("settings of the interface", admin.submit("settings?tab=api", "settings/edit?tab=api", ALLOWED))
    told("custom field of users", admin.submit("custom_fields/new?type=UserCustomField", "custom_fields", {"type": "UserCustomField", "custom_field[name]": "Phone", "custom_field[field_format]": "string", "custom_field[editable]": "1", "custom_field[visible]": "1"}))
    told("custom field of issues", admin.submit("custom_fields/new?type=IssueCustomField", "custom_fields", {"type": "IssueCustomField", "custom_field[name]": "Customer", "custom_field[field_format]": "string", "custom_field[is_for_all]": "1", "custom_field[is_filter]": "1", "custom_field[searchable]": "1", "custom_field[tracker_ids][]": ["1", "2", "3"], "custom_field[role_ids][]": ["", "3", "4"]}))
    told("project", admin.submit("projects/new", "projects", {"project[name]": "Ledger", "project[identifier]": "ledger", "project[is_public]": "1", "project[enabled_module_names][]": ["issue_tracking", "news", "wiki"], "project[tracker_ids][]": ["1", "2", "3"]}))
    for name, first, last in PEOPLE:
        who = Browser(base)
        told(f"{name} signs up", who.submit("account/register", "account/register", {"user[login]": name, "user[password]": "canary-pass-1", "user[password_confirmation]": "canary-pass-1", "user[firstname]": first, "user[lastname]": last, "user[mail]": f"{name}.mail@example.org", "user[language]": "en"}))
        told(f"{name}'s account", who.visit("my/account"))


def accounts(base):
    who = Browser(base)
    told("a login that exists", who.submit("account/register", "account/register", {"user[login]": "grace", "user[password]": "canary-pass-1", "user[password_confirmation]": "canary-pass-1", "user[firstname]": "X", "user[lastname]": "Y", "user[mail]": "other.mail@example.org"}))
    told("an address that exists", who.submit("account/register", "account/register", {"user[login]": "grace2", "user[password]": "canary-pass-1", "user[password_confirmation]": "canary-pass-1", "user[firstname]": "X", "user[lastname]": "Y", "user[mail]": "grace.mail@example.org"}))
    told("wrong password", login(base, "grace", "wrong-wrong")[1])
    told("nobody", login(base, "nobody", "wrong-wrong")[1])
    grace, outcome = login(base, "grace", "canary-pass-1")
    told("grace logs in", outcome)
    told("login in other letters", login(base, "GRACE", "canary-pass-1")[1])
    told("her account", grace.visit("my/account"))
    told("changes her name", grace.submit("my/account", "my/account", {"_method": "put", "user[firstname]": "Grace", "user[lastname]": "Canarymurray", "user[mail]": "grace.mail@example.org"}))
    told("her account afterwards", grace.visit("my/account"))
    told("another address", grace.submit("my/account", "users/5/email_addresses", {"email_address[address]": "grace2.mail@example.org"}))
    told("her addresses", grace.visit("users/5/email_addresses"))
    told("her page", grace.visit("my/page"))
    told("her profile", grace.visit("users/5"))
    told("password forgotten", who.submit("account/lost_password", "account/lost_password", {"mail": "alan.mail@example.org"}))
    token = value("SELECT value FROM tokens WHERE action = 'recovery' ORDER BY id DESC LIMIT 1")
    told("the link of the mail", who.visit(f"account/lost_password?token={token}"))
    told("a new password", who.visit("account/lost_password", {**who.hidden(), "new_password": "canary-pass-2", "new_password_confirmation": "canary-pass-2"}))
    told("logs in with it", login(base, "alan", "canary-pass-2")[1])
    told("a link that nobody sent", who.visit("account/lost_password?token=" + "0" * 40))
    told("password of an unknown address", who.submit("account/lost_password", "account/lost_password", {"mail": "nobody.mail@example.org"}))


def administration(base):
    admin, _ = login(base, "admin", "canary-admin-1")
    told("users", admin.visit("users"))
    told("users, by creation", admin.visit("users?sort=created_on:desc"))
    told("users, by name", admin.visit("users?sort=lastname"))
    told("users, by a word", admin.visit("users?name=canary"))
    told("users, locked", admin.visit("users?status=3"))
    told("a user", admin.visit("users/6/edit"))
    told("makes a user", admin.submit("users/new", "users", {"user[login]": "made", "user[firstname]": "Made", "user[lastname]": "Canarymade", "user[mail]": "made.mail@example.org", "user[password]": "canary-pass-3", "user[password_confirmation]": "canary-pass-3", "user[custom_field_values][1]": "+40 700 555 019"}))
    told("locks a user", admin.submit("users/7/edit", "users/7", {"_method": "put", "user[status]": "3"}))
    told("a locked user logs in", login(base, "anita", "canary-pass-1")[1])
    told("users as CSV", admin.visit("users.csv"))
    told("users as JSON", Browser(base).visit("users.json", headers=with_password("admin", "canary-admin-1")))
    told("a group", admin.submit("groups/new", "groups", {"group[name]": "Bookkeepers"}))
    told("its members", admin.submit("groups", "groups/9/users", {"user_ids[]": ["5", "6"]}))
    told("the group", admin.visit("groups/9/edit?tab=users"))
    told("members", admin.submit("projects/ledger/settings/members", "projects/ledger/memberships", {"membership[user_ids][]": ["5", "6"], "membership[role_ids][]": ["3"]}))
    told("the project", admin.visit("projects/ledger"))
    told("who could be a member", admin.visit("projects/ledger/memberships/autocomplete.js?q=Made", headers={"X-Requested-With": "XMLHttpRequest"}))


def issues(base):
    grace, _ = login(base, "grace", "canary-pass-1")
    told("new issue", grace.submit("projects/ledger/issues/new", "projects/ledger/issues", {"issue[tracker_id]": "1", "issue[subject]": "Wrong bill", "issue[description]": "Customer Canarysmith called", "issue[status_id]": "1", "issue[priority_id]": "2", "issue[assigned_to_id]": "6", "issue[custom_field_values][2]": "Canarysmith Ltd", "issue[watcher_user_ids][]": ["5", "6"]}))
    told("issues", grace.visit("issues"))
    told("issues by assignee", grace.visit("issues?sort=assigned_to"))
    told("issues grouped by author", grace.visit("issues?set_filter=1&group_by=author"))
    told("issues grouped by customer", grace.visit("issues?set_filter=1&c[]=subject&c[]=cf_2&group_by=cf_2"))
    told("issues of a customer", grace.visit("issues?set_filter=1&f[]=cf_2&op[cf_2]==&v[cf_2][]=Canarysmith+Ltd"))
    told("issues as CSV", grace.visit("issues.csv?c[]=all_inline"))
    told("the issue", grace.visit("issues/1"))
    told("a note", grace.submit("issues/1/edit", "issues/1", {"_method": "put", "issue[notes]": "Canarynote: she paid", "issue[custom_field_values][2]": "Canarysmith and Sons", "issue[status_id]": "2"}))
    told("the issue with its journal", grace.visit("issues/1"))
    told("whom to watch", grace.visit("watchers/new?object_type=issue&object_id=1", headers={"X-Requested-With": "XMLHttpRequest", "Accept": "text/javascript"}))
    told("search", grace.visit("search?q=Canarysmith"))
    told("activity", grace.visit("projects/ledger/activity"))
    told("issues as JSON", Browser(base).visit("issues.json", headers=with_password("grace", "canary-pass-1")))


def main():
    part = sys.argv[1]
    if part == "install":
        return install()
    port = free_port()
    with Served(["bundle", "exec", "puma", "-b", f"tcp://127.0.0.1:{port}", "-e", "production", "-t", "1:2"], port, HERE / "puma.log", cwd=HERE) as base:
        if part == "begin":
            return begin(base)
        accounts(base)
        administration(base)
        issues(base)


main()
