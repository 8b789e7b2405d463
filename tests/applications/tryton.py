"""A story of Tryton's, an ERP: parties with addresses and ways to reach them, users and their sessions, the merging
and the erasure of a party, seen as its clients see them.

Usage: tryton.py install|begin|continue, with the database in PG*; Tryton's server runs inside this process.
"""

import os
import pathlib
import subprocess
import sys

from browser import steady, told

HERE = pathlib.Path.cwd()
ENV = os.environ
PEOPLE = [("Grace Canaryhopper", "grace.canary@example.org"), ("Alan Canaryturing", "alan.canary@example.org"), ("Anita Canaryborg", "anita.canary@example.org")]


def seen(found):
    """Records as an operator sees them: what they are called, and their fields' values."""
    if isinstance(found, (list, tuple)):
        return [seen(one) for one in found]
    if isinstance(found, dict):
        return {str(key): seen(one) for key, one in found.items()}
    if hasattr(found, "rec_name"):
        return found.rec_name
    return steady(str(found))


def step(name, action):
    try:
        told(name, seen(action()))
    except Exception as error:
        # Its class, and whether the database refused: messages hold what the user typed.
        told(name, [type(error).__name__, getattr(error, "pgcode", None)])


def install():
    (HERE / "password").write_text("canary-admin-1")
    command = [HERE / "python/bin/trytond-admin", "-c", HERE / "trytond.conf", "-d", ENV["PGDATABASE"], "-u", "party", "company", "--activate-dependencies", "-vv"]
    done = subprocess.run([*command, "--email", "root.canary@example.org"], env={**ENV, "TRYTONPASSFILE": str(HERE / "password")}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    told("installed", [done.returncode, done.stdout[-1500:] if done.returncode else ""])


def begin(Model):
    Party, User = Model.get("party.party"), Model.get("res.user")

    def made(name, mail):
        party = Party(name=name)
        party.contact_mechanisms.new(type="email", value=mail)
        party.contact_mechanisms.new(type="phone", value="+32 2 555 01 02")
        (address,) = party.addresses
        address.street_unstructured, address.postal_code, address.city = "Canary Street 1\n2nd floor", "1000", "Canaryville"
        party.save()
        return [party.name, party.code, [m.value for m in party.contact_mechanisms], party.addresses[0].full_address]

    def user(name, mail):
        one = User(name=name, login=mail.split(".")[0], email=mail, password="canary-pass-1")
        one.save()
        return [one.name, one.login, one.email]

    for name, mail in PEOPLE:
        step(f"{mail} is made a party", lambda: made(name, mail))
        step(f"{mail} is made a user", lambda: user(name, mail))
    step("a company", lambda: company(Model, Party))


def company(Model, Party):
    currency = Model.get("currency.currency")(name="Euro", symbol="E", code="EUR")
    currency.save()
    firm = Party(name="Canary Works")
    firm.save()
    one = Model.get("company.company")(party=firm, currency=currency)
    one.save()
    return one.rec_name


def parties(Model, Wizard):
    Party, Mechanism, Address = Model.get("party.party"), Model.get("party.contact_mechanism"), Model.get("party.address")
    by_id = {"order": [("id", "ASC")]}
    first = lambda mail: Party.find([("contact_mechanisms.value", "=", mail)], **by_id)[0]

    def changed():
        party = first("grace.canary@example.org")
        party.name = "Grace Canarychanged"
        party.contact_mechanisms[0].value = "grace2.canary@example.org"
        party.addresses[0].city = "Canarytown"
        party.save()
        party.reload()
        return [party.name, [m.value for m in party.contact_mechanisms], party.addresses[0].full_address]

    def identified():
        party = first("alan.canary@example.org")
        party.identifiers.new(type="be_vat", code="BE0897290877")
        party.save()
        return [identifier.code for identifier in party.identifiers], seen(Party.find([("identifiers.code", "=", "BE0897290877")], **by_id))

    def wrongly_identified():
        party = first("anita.canary@example.org")
        party.identifiers.new(type="be_vat", code="BE0897290870")
        party.save()

    def reached(what):
        party = first("anita.canary@example.org")
        return [getattr(party, name) for name in what]

    def merged():
        double = Party(name="Anita Canarydouble")
        double.contact_mechanisms.new(type="email", value="anita.canary@example.org")
        double.save()
        wizard = Wizard("party.replace", models=[double])
        wizard.form.destination = first("anita.canary@example.org")
        wizard.execute("replace")
        double.reload()
        return double.active, double.replaced_by.name

    def erased():
        party = Party(name="Canary Leaver")
        party.contact_mechanisms.new(type="email", value="leaver.canary@example.org")
        party.save()
        party.active = False
        party.save()
        wizard = Wizard("party.erase", models=[party])
        wizard.execute("erase")
        party.reload()
        return party.name, [m.value for m in Mechanism.find([("party", "=", party.id), ("active", "in", [True, False])], **by_id)]

    def copied():
        (other,) = Party.duplicate([first("alan.canary@example.org")])
        return other.name, other.code, [m.value for m in other.contact_mechanisms]

    step("parties", lambda: Party.find([], **by_id))
    step("a party by its address", lambda: first("alan.canary@example.org"))
    step("a party by nobody's address", lambda: Party.find([("contact_mechanisms.value", "=", "nobody")], **by_id))
    step("parties by addresses", lambda: Party.find([("contact_mechanisms.value", "in", [mail for _, mail in PEOPLE])], **by_id))
    step("mechanisms by compact value", lambda: [m.value for m in Mechanism.find([("value_compact", "=", "+32 2 555 01 02")], **by_id)])
    step("a party in full", lambda: reached(["name", "email", "phone", "code", "full_name", "lang", "categories"]))
    step("changes a party", changed)
    step("a party by the new address", lambda: first("grace2.canary@example.org"))
    step("identifies a party", identified)
    step("identifies a party wrongly", wrongly_identified)
    step("merges a double", merged)
    step("erases a leaver", erased)
    step("copies a party", copied)
    step("deletes the copy", lambda: Party.delete([Party.find([], order=[("id", "DESC")], limit=1)[0]]))
    step("a page of parties", lambda: Party.find([], offset=1, limit=2, **by_id))
    step("addresses", lambda: [address.full_address for address in Address.find([], **by_id)])
    step("export", lambda: [[party.name, party.code, party.email] for party in Party.find([("active", "=", True)], **by_id)])
    step("parties in their own order", lambda: Party.find([]))
    step("parties by a part of the name", lambda: Party.find([("name", "ilike", "%turing%")], **by_id))
    step("parties by name", lambda: Party.find([("name", "=", "Alan Canaryturing")], **by_id))
    step("parties as somebody types them", lambda: Party.find([("rec_name", "ilike", "%alan%")], **by_id))
    step("addresses in a city", lambda: Address.find([("city", "=", "Canaryville")], **by_id))


def users(Model, database):
    from trytond import security

    User = Model.get("res.user")

    def login(name, password):
        found = security.login(database, name, {"password": password})
        if not found:
            return found
        return security.check(database, *found) == found[0]

    def changed():
        (one,) = User.find([("login", "=", "grace")])
        one.email, one.name = "grace3.canary@example.org", "Grace Canarythree"
        one.save()
        one.reload()
        return one.name, one.email

    step("logs in", lambda: login("grace", "canary-pass-1"))
    step("logs in again", lambda: login("alan", "canary-pass-1"))
    step("wrong password", lambda: login("grace", "canary-wrong"))
    step("nobody", lambda: login("nobody", "canary-wrong"))
    step("users", lambda: [[one.name, one.login, one.email] for one in User.find([], order=[("id", "ASC")])])
    step("a user by address", lambda: User.find([("email", "=", "alan.canary@example.org")], order=[("id", "ASC")]))
    step("changes a user", changed)
    step("a login that exists", lambda: User(name="x", login="alan").save())
    step("users in their own order", lambda: User.find([]))
    step("users by a part of the name", lambda: User.find([("name", "ilike", "%canary%")], order=[("id", "ASC")]))


def main():
    place = f"{ENV['PGUSER']}:{ENV['PGPASSWORD']}@{ENV['PGHOST']}:{ENV['PGPORT']}"
    (HERE / "trytond.conf").write_text(f"[database]\nuri = postgresql://{place}/\n[session]\nmax_attempt = 100\n")
    if sys.argv[1] == "install":
        return install()
    from proteus import Model, Wizard, config

    served = config.set_trytond(f"postgresql://{place}/{ENV['PGDATABASE']}", config_file=str(HERE / "trytond.conf"))
    # As a person who agrees that there are doubles.
    served.skip_warning = True
    if sys.argv[1] == "begin":
        return begin(Model)
    parties(Model, Wizard)
    users(Model, ENV["PGDATABASE"])


main()
