"""The small application on Django: models over protected columns, no change for pgveil."""

import datetime
import decimal
import io
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings

from trace import Trace

DAY = datetime.date(1990, 2, 3)
PAY = decimal.Decimal("1234.50")


def configure(dsn):
    url = urlsplit(dsn)
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username,
                               "PASSWORD": url.password, "HOST": url.hostname, "PORT": url.port}},
        INSTALLED_APPS=[], USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
    django.setup()


configure(sys.argv[1])

from django.core.management import call_command  # noqa: E402  (models want the settings)
from django.db import connection, models, transaction  # noqa: E402
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Sum, Value, When  # noqa: E402


class Customer(models.Model):
    name = models.CharField(max_length=100)
    email = models.CharField(max_length=254, unique=True)
    phone = models.TextField(null=True)
    birth_date = models.DateField(null=True)
    salary = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    active = models.BooleanField(default=True)
    profile = models.JSONField(null=True)
    plan = models.TextField(default="free")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "crm"
        db_table = "customers"
        managed = False


class Invoice(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="invoices", related_query_name="invoices")
    email = models.CharField(max_length=254)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    note = models.TextField(null=True)

    class Meta:
        app_label = "crm"
        db_table = "invoices"
        managed = False


class Extra(models.Model):
    title = models.CharField(max_length=20)

    class Meta:
        app_label = "crm"
        db_table = "django_extra"


def seen(c):
    return c.id, c.name, c.email, c.phone, c.birth_date, c.salary, c.active, c.profile, c.plan


def main():
    trace = Trace()
    application(trace, Customer.objects)
    queries(trace, Customer.objects)
    schema(trace)
    refusals(trace, Customer.objects)


def application(trace, people):
    def atomically(action):
        def run():
            with transaction.atomic():
                return action()
        return run

    def change():
        ada = people.get(email="ada@example.com")
        ada.phone, ada.salary, ada.profile = "2", None, {"b": [None, 1]}
        ada.save()
        ada.refresh_from_db()
        return seen(ada)

    def bills():
        ada = people.get(email="ada@example.com")
        Invoice.objects.bulk_create([Invoice(customer=ada, email=ada.email, amount=PAY + i, note=f"note {i}") for i in range(3)])
        return [(i.id, i.email, i.note, i.customer.name) for i in ada.invoices.order_by("id")]

    mails = ["ada@example.com", "n1@example.com"]
    trace.step("sign-up", lambda: seen(people.create(
        name="Ada Ü", email="ada@example.com", phone="1", birth_date=DAY, salary=PAY, profile={"a": [1, "ü"]})))
    trace.step("sign-up, as stored", lambda: seen(people.get(email="ada@example.com")))
    trace.step("sign-up twice", atomically(lambda: people.create(name="x", email="ada@example.com")))
    trace.step("sign-up, too long", atomically(lambda: people.create(name="x" * 101, email="l@example.com")))
    trace.step("sign-ups", lambda: [seen(people.create(
        name=f"n{i}", email=f"n{i}@example.com", birth_date=DAY, salary=PAY + i, profile={"i": i})) for i in range(30)])
    trace.step("sign-up or not", lambda: len(people.bulk_create([Customer(name="x", email="ada@example.com")], ignore_conflicts=True)))
    trace.step("upsert", lambda: [people.bulk_create(
        [Customer(name="New", email="n2@example.com")], update_conflicts=True, unique_fields=["email"], update_fields=["name"]),
        people.get(email="n2@example.com").name][1])
    trace.step("log in, unknown", lambda: people.get(email="nobody"))
    trace.step("get or create, there", lambda: [people.get_or_create(email="ada@example.com", defaults={"name": "x"})[1]])
    trace.step("get or create, new", lambda: [people.get_or_create(email="new@example.com", defaults={"name": "N"})[1]])
    trace.step("update or create", lambda: [seen(c) if isinstance(c, Customer) else c for c in people.update_or_create(
        email="new@example.com", defaults={"name": "N2", "birth_date": DAY})])
    trace.step("change", change)
    trace.step("bulk update", lambda: people.bulk_update(
        [Customer(id=c.id, name=c.name + "!", phone=None, birth_date=DAY) for c in people.filter(email__in=mails)],
        ["name", "phone", "birth_date"]))
    trace.step("after the bulk update", lambda: list(people.filter(email__in=mails).order_by("id").values_list(
        "id", "name", "phone", "birth_date")))
    trace.step("update", lambda: people.filter(email__in=mails).update(salary=PAY, plan="pro"))
    trace.step("bills", bills)


def queries(trace, people):
    mails = ["ada@example.com", "n1@example.com"]
    trace.step("values", lambda: list(people.order_by("id").values("id", "email", "birth_date", "salary", "profile")[:3]))
    trace.step("exclude", lambda: people.exclude(email="ada@example.com").count())
    trace.step("q", lambda: list(people.filter(Q(email="ada@example.com") | Q(id=3)).order_by("id").values_list("name", flat=True)))
    trace.step("exists", lambda: people.filter(email="ada@example.com").exists())
    trace.step("in bulk", lambda: {k: c.name for k, c in people.in_bulk(mails, field_name="email").items()})
    trace.step("is null", lambda: people.filter(phone__isnull=True).count())
    trace.step("select related", lambda: [(i.note, i.customer.name, i.email) for i in
                                          Invoice.objects.select_related("customer").filter(customer__email=mails[0]).order_by("id")])
    trace.step("prefetch", lambda: [(c.email, [i.note for i in c.invoices.order_by("id")]) for c in
                                    people.prefetch_related("invoices").filter(email__in=mails).order_by("id")])
    trace.step("count by e-mail", lambda: list(Invoice.objects.values("email").annotate(n=Count("id"), sum=Sum("amount")).order_by("n")))
    trace.step("annotated", lambda: list(people.annotate(n=Count("invoices")).order_by("-n", "id").values_list("email", "n")[:2]))
    trace.step("subquery", lambda: list(people.filter(Exists(Invoice.objects.filter(email=OuterRef("email")))).values_list("email", flat=True)))
    trace.step("in subquery", lambda: list(people.filter(email__in=Invoice.objects.values("email")).values_list("id", flat=True)))
    trace.step("case", lambda: list(people.annotate(me=Case(When(email=mails[0], then=Value("me")), default=Value("other"))).order_by(
        "id").values_list("me", flat=True)[:2]))
    trace.step("distinct", lambda: list(Invoice.objects.values_list("email", flat=True).distinct()))
    trace.step("f", lambda: Invoice.objects.filter(customer__email=F("email")).count())
    trace.step("iterator", lambda: [c.email for c in people.order_by("id").iterator(chunk_size=2)][:5])
    trace.step("defer", lambda: people.only("email").get(id=1).name)
    trace.step("union", lambda: people.filter(id=1).values_list("id").union(people.filter(id=2).values_list("id")).count())
    trace.step("locked", lambda: locked(people))
    trace.step("raw", lambda: [c.name for c in people.raw("SELECT * FROM customers WHERE email = %s", ["ada@example.com"])])
    trace.step("delete", lambda: people.filter(email__in=["ada@example.com"]).delete())


def locked(people):
    with transaction.atomic():
        return people.select_for_update().get(email="ada@example.com").name


def schema(trace):
    def migrate():
        with connection.schema_editor() as editor:
            editor.create_model(Extra)
        Extra.objects.create(title="x")
        with connection.schema_editor() as editor:
            editor.delete_model(Extra)

    def add_column():
        field = models.IntegerField(null=True)
        field.set_attributes_from_name("visits")
        with connection.schema_editor() as editor:
            editor.add_field(Customer, field)
        found = Customer.objects.filter(email="n1@example.com").count()
        with connection.schema_editor() as editor:
            editor.remove_field(Customer, field)
        return found

    def inspected():
        out = io.StringIO()
        call_command("inspectdb", "customers", stdout=out)
        return [line.strip() for line in out.getvalue().splitlines() if "profile =" in line or "email =" in line][0].split("(")[0]

    trace.step("migration", migrate)
    trace.step("migration of a protected table", add_column)
    trace.step("inspectdb", inspected)
    trace.step("after the migration", lambda: Customer.objects.get(email="n1@example.com").name)


def refusals(trace, people):
    trace.step("bulk create with a JSON field", lambda: len(people.bulk_create(
        [Customer(name="J", email=f"j{i}@example.com", profile={"i": i}) for i in range(2)])))
    trace.refused("LIKE", lambda: list(people.filter(email__startswith="a")))
    trace.refused("iexact", lambda: list(people.filter(email__iexact="ADA@example.com")))
    trace.refused("icontains", lambda: list(people.filter(name__icontains="a")))
    trace.refused("ORDER BY", lambda: list(people.order_by("email")))
    trace.refused("range", lambda: list(people.filter(birth_date__gt=DAY)))
    trace.refused("year", lambda: list(people.filter(birth_date__year=1990)))
    trace.refused("equal, randomized", lambda: list(people.filter(name="x")))
    trace.refused("sum", lambda: people.aggregate(Sum("salary")))
    trace.refused("json path", lambda: list(people.filter(profile__i=1)))
    trace.step("still connected", lambda: people.get(email="n3@example.com").name)


main()
