"""Migrations of Django on tables with protected columns. After each the application writes and reads
at once, in the session that migrated and in another that was open before."""

import datetime
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings


def configure(dsn):
    url = urlsplit(dsn)
    place = {"ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username,
             "PASSWORD": url.password, "HOST": url.hostname, "PORT": url.port}
    settings.configure(DATABASES={"default": place, "other": dict(place)}, INSTALLED_APPS=[], USE_TZ=True,
                       DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
    django.setup()


configure(sys.argv[1])

from django.db import connections, migrations, models  # noqa: E402  (models want the settings)
from django.db.migrations.recorder import MigrationRecorder  # noqa: E402
from django.db.migrations.state import ProjectState  # noqa: E402

BORN = datetime.date(1987, 6, 5)
SESSIONS = ("default", "other")


def customer(apps):
    return apps.get_model("crm", "Customer")


def backfill(apps, _editor):
    for row in customer(apps).objects.all():
        customer(apps).objects.filter(email=row.email).update(phone="kanarie-phone")


def fail(_apps, _editor):
    raise RuntimeError("this migration fails")


def operations():
    index = models.Index(fields=["city"], name="crm_city")
    yield "first", [
        migrations.CreateModel("Customer", [
            ("id", models.BigAutoField(primary_key=True)),
            ("email", models.CharField(max_length=254, unique=True)),
            ("card", models.TextField(null=True)),
            ("born", models.DateField(null=True)),
            ("note", models.TextField(default="")),
        ], options={"db_table": "crm_customer"})]
    yield "add", [migrations.AddField("Customer", "city", models.CharField(max_length=50, default="Ghent"))]
    yield "index", [migrations.AddIndex("Customer", index),
                    migrations.AddIndex("Customer", models.Index(fields=["email", "city"], name="crm_both"))]
    yield "table", [
        migrations.CreateModel("Note", [
            ("id", models.BigAutoField(primary_key=True)),
            ("customer", models.ForeignKey("crm.Customer", on_delete=models.CASCADE)),
            ("body", models.TextField()),
        ], options={"db_table": "crm_note"})]
    yield "rename", [migrations.RenameField("Customer", "note", "remark")]
    yield "tagged", [migrations.AddField("Customer", "phone", models.CharField(max_length=40, null=True)),
                     migrations.RunPython(backfill)]
    yield "longer", [migrations.AlterField("Customer", "email", models.CharField(max_length=300, unique=True)),
                     migrations.AlterField("Customer", "remark", models.TextField(null=True))]
    yield "remove", [migrations.RemoveIndex("Customer", "crm_both"), migrations.RemoveIndex("Customer", "crm_city"),
                     migrations.RemoveField("Customer", "city")]


def apply(state, name, listed):
    made = type("Migration", (migrations.Migration,), {"operations": listed})(name, "crm")
    with connections["default"].schema_editor(atomic=True) as editor:
        state = made.apply(state, editor)
    MigrationRecorder(connections["default"]).record_applied("crm", name)
    return state


def works(state, step):
    """Every session sees the shape of now, with what it stored."""
    names = {field.name for field in customer(state.apps)._meta.fields}
    for alias in SESSIONS:
        rows = customer(state.apps).objects.using(alias)
        email = f"kanarie-{step}-{alias}@example.ro"
        more = {"phone": "kanarie-phone"} if "phone" in names else {}
        row = rows.create(email=email, card="kanarie-card", born=BORN, **more)
        found = rows.get(email=email)
        assert (found.pk, found.card, found.born) == (row.pk, "kanarie-card", BORN), (step, alias)
        if "phone" in names:
            assert {row.phone for row in rows.exclude(phone=None)} == {"kanarie-phone"}, (step, alias)
        if ("crm", "note") in state.models:
            notes = state.apps.get_model("crm", "Note").objects.using(alias)
            notes.create(customer_id=row.pk, body="kanarie-body")
            assert notes.get(customer__email=email).body == "kanarie-body", (step, alias)
    counts = {customer(state.apps).objects.using(alias).count() for alias in SESSIONS}
    assert len(counts) == 1, (step, counts)


def main():
    state = ProjectState()
    MigrationRecorder(connections["default"]).ensure_schema()
    for alias in SESSIONS:
        connections[alias].ensure_connection()
    for name, listed in operations():
        state = apply(state, name, listed)
        works(state, name)
        try:
            apply(state.clone(), f"{name} again", [
                migrations.AddField("Customer", "lost", models.TextField(null=True)),
                migrations.RunPython(fail)])
        except RuntimeError:
            works(state, f"{name}-undone")
        else:
            raise AssertionError("a migration that fails was applied")
    print("done")


main()
