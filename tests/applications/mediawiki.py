"""A story of MediaWiki's: its installer, accounts, pages and lists, seen as readers and administrators see them.

Usage: mediawiki.py install|begin|continue, in MediaWiki's directory, with the database in PG*.
"""

import os
import pathlib
import subprocess
import sys

from browser import Browser, Served, free_port, steady, told

HERE = pathlib.Path.cwd()
ENV = os.environ
SETTINGS = """<?php
require __DIR__ . '/LocalSettings-installed.php';
$wgDefaultSkin = 'fallback';
$wgServer = 'http://127.0.0.1:' . getenv('APP_PORT');
$wgDBserver = getenv('PGHOST'); $wgDBport = getenv('PGPORT'); $wgDBname = getenv('PGDATABASE');
$wgDBuser = getenv('PGUSER'); $wgDBpassword = getenv('PGPASSWORD');
$wgMainCacheType = CACHE_NONE; $wgParserCacheType = CACHE_NONE; $wgMessageCacheType = CACHE_NONE; $wgEnableEmail = true;
$wgSessionCacheType = CACHE_DB; $wgCacheDirectory = false; $wgRateLimits = []; $wgPasswordAttemptThrottle = []; $wgAccountCreationThrottle = [];
$wgPasswordPolicy['policies']['default'] = []; $wgShowExceptionDetails = true; $wgJobRunRate = 0; $wgAllowHTMLEmail = false;
$wgEnableUserEmail = true; $wgEmailAuthentication = false; $wgPutIPinRC = true; $wgAllowUserCss = false;
"""


def maintenance(name, script, *arguments):
    done = subprocess.run(["php", f"maintenance/{script}.php", *arguments], cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    told(name, [done.returncode, steady(done.stdout.replace(ENV["PGPORT"], "PORT"))[-3000:]])


def install():
    for name in ["LocalSettings.php", "LocalSettings-installed.php"]:
        (HERE / name).unlink(missing_ok=True)
    maintenance("install", "install", "--dbtype=postgres", f"--dbserver={ENV['PGHOST']}", f"--dbport={ENV['PGPORT']}", f"--dbname={ENV['PGDATABASE']}",
                f"--dbuser={ENV['PGUSER']}", f"--dbpass={ENV['PGPASSWORD']}", f"--installdbuser={ENV['PGUSER']}", f"--installdbpass={ENV['PGPASSWORD']}",
                "--server=http://127.0.0.1", "--scriptpath=", "--pass=canary-admin-1", "--skins=", "Ledger", "Admin")
    if (HERE / "LocalSettings.php").exists():
        (HERE / "LocalSettings.php").rename(HERE / "LocalSettings-installed.php")
        (HERE / "LocalSettings.php").write_text(SETTINGS)


class Wiki(Browser):
    """A browser that knows MediaWiki's forms and its programs' interface."""

    def sends(self, page, fields):
        self.visit(f"index.php?title={page}")
        return self.visit(f"index.php?title={page}", {**self.hidden(), "title": page, **fields})

    def logs_in(self, name, password):
        return self.sends("Special:UserLogin", {"wpName": name, "wpPassword": password, "wploginattempt": "Log in"})

    def asks(self, query):
        return self.api("GET", f"api.php?format=json&formatversion=2&{query}")


def signs_up(base, name, real, mail, password="canary-pass-1"):
    who = Wiki(base)
    return who, who.sends("Special:CreateAccount", {"wpName": name, "wpPassword": password, "retype": password, "email": mail, "realname": real, "wpCreateaccount": "Create"})


def edits(who, page, text, summary):
    token = who.asks("action=query&meta=tokens")[1]["query"]["tokens"]["csrftoken"]
    who.visit("api.php", {"action": "edit", "format": "json", "title": page, "text": text, "summary": summary, "token": token})
    return who.visit(f"index.php?title={page}")


def begin(base):
    for name in ["Grace", "Alan", "Anita"]:
        who, outcome = signs_up(base, f"{name}Wiki", f"{name} Canaryname", f"{name.lower()}.canary@example.org")
        told(f"{name} signs up", outcome)
        told(f"{name} writes", edits(who, f"Page_of_{name}", "A page about bills.", "Canarysummary"))
    told("somebody without an account writes", edits(Wiki(base), "Talk", "Who is there?", "hello"))


def accounts(base):
    told("a name that exists", signs_up(base, "GraceWiki", "X", "x.canary@example.org")[1])
    told("an address that exists", signs_up(base, "GraceWiki2", "Grace", "grace.canary@example.org")[1])
    told("wrong password", Wiki(base).logs_in("GraceWiki", "wrong"))
    told("nobody", Wiki(base).logs_in("NobodyWiki", "wrong"))
    grace = Wiki(base)
    told("Grace logs in", grace.logs_in("GraceWiki", "canary-pass-1"))
    told("who she is", grace.asks("action=query&meta=userinfo&uiprop=email|realname|groups|editcount|rights"))
    told("her preferences", grace.visit("index.php?title=Special:Preferences"))
    told("changes her name", grace.sends("Special:Preferences", {"wprealname": "Grace Canarymurray", "wplanguage": "en", "wpsave": "Save"}))
    told("changes her address", grace.sends("Special:ChangeEmail", {"wpNewEmail": "grace2.canary@example.org", "wpPassword": "canary-pass-1"}))
    told("who she is then", grace.asks("action=query&meta=userinfo&uiprop=email|realname"))
    told("her contributions", grace.visit("index.php?title=Special:Contributions/GraceWiki"))
    told("her watchlist", grace.visit("index.php?title=Special:Watchlist"))
    told("writes to Alan", grace.visit("index.php?title=Special:EmailUser/AlanWiki"))
    told("a page of hers", grace.visit("index.php?title=User:GraceWiki"))
    told("edits", edits(grace, "Page_of_Alan", "A page about bills, looked through.", "Canarycheck"))
    told("history", grace.visit("index.php?title=Page_of_Alan&action=history"))
    told("forgotten password", Wiki(base).sends("Special:PasswordReset", {"wpUsername": "AlanWiki"}))
    told("forgotten password, by address", Wiki(base).sends("Special:PasswordReset", {"wpEmail": "alan.canary@example.org"}))


def administration(base):
    admin = Wiki(base)
    told("admin logs in", admin.logs_in("Admin", "canary-admin-1"))
    told("users", admin.visit("index.php?title=Special:ListUsers"))
    told("users from a letter", admin.visit("index.php?title=Special:ListUsers&username=G"))
    told("users by creation", admin.visit("index.php?title=Special:ListUsers&creationSort=1"))
    told("users as JSON", admin.asks("action=query&list=allusers&auprop=editcount|groups"))
    told("users by prefix", admin.asks("action=query&list=allusers&auprefix=Gr"))
    told("some users", admin.asks("action=query&list=users&ususers=GraceWiki|AlanWiki|NobodyWiki&usprop=editcount|emailable|gender|groups"))
    told("active users", admin.visit("index.php?title=Special:ActiveUsers"))
    told("recent changes", admin.visit("index.php?title=Special:RecentChanges"))
    told("recent changes as JSON", admin.asks("action=query&list=recentchanges&rcprop=title|user|userid|comment|ids"))
    told("recent changes of one", admin.asks("action=query&list=recentchanges&rcprop=title|user&rcuser=AlanWiki"))
    told("log", admin.visit("index.php?title=Special:Log"))
    told("log of one", admin.visit("index.php?title=Special:Log&user=AlanWiki"))
    told("contributions as JSON", admin.asks("action=query&list=usercontribs&ucuser=GraceWiki|AlanWiki"))
    told("contributions by prefix", admin.asks("action=query&list=usercontribs&ucuserprefix=Gr"))
    told("contributors", admin.asks("action=query&prop=contributors&titles=Page_of_Alan"))
    told("makes him a sysop", admin.sends("Special:UserRights/AlanWiki", {"user": "AlanWiki", "wpGroup-sysop": "1", "user-reason": "Canaryreason", "saveusergroups": "Save"}))
    told("sysops", admin.visit("index.php?title=Special:ListUsers&group=sysop"))
    told("blocks her", admin.sends("Special:Block/AnitaWiki", {"wpTarget": "AnitaWiki", "wpExpiry": "infinite", "wpExpiry-other": "", "wpEditing": "1", "wpCreateAccount": "1", "wpReason-other": "Canaryblocked"}))
    told("who is blocked", admin.visit("index.php?title=Special:BlockList"))
    told("she writes", Wiki(base).logs_in("AnitaWiki", "canary-pass-1"))
    told("names of users to complete", admin.asks("action=opensearch&namespace=2&search=Grace"))


def scripts():
    maintenance("createAndPromote", "createAndPromote", "MadeWiki", "canary-pass-9")
    maintenance("changePassword", "changePassword", "--user=MadeWiki", "--password=canary-pass-8")
    maintenance("resetUserEmail", "resetUserEmail", "MadeWiki", "made.canary@example.org")
    maintenance("rebuildrecentchanges", "rebuildrecentchanges")
    maintenance("initEditCount", "initEditCount")
    maintenance("removeUnusedAccounts", "removeUnusedAccounts")
    maintenance("edit", "edit", "--user=MadeWiki", "--summary=Canaryscript", "By_script")
    maintenance("update", "update", "--quick")


def main():
    part = sys.argv[1]
    if part == "install":
        return install()
    port = free_port()
    ENV["APP_PORT"] = str(port)
    with Served(["php", "-S", f"127.0.0.1:{port}", "-t", str(HERE)], port, HERE / "php.log", cwd=HERE) as base:
        if part == "begin":
            return begin(base)
        accounts(base)
        administration(base)
    scripts()


main()
