"""The small application on four of Python's ORMs: Peewee and Pony on psycopg2, Tortoise on asyncpg, SQLModel on
psycopg. Each does the same round on emptied tables.
"""

import asyncio
import datetime
import decimal
import os
import ssl
import sys

import peewee
import psycopg2
import sqlmodel
from playhouse.postgres_ext import BinaryJSONField
from pony import orm as pony
from sqlalchemy import Column, Numeric, func as sql
from sqlalchemy.dialects.postgresql import JSONB
from tortoise import Tortoise, fields
from tortoise.functions import Count, Lower, Max
from tortoise.models import Model
from tortoise.transactions import in_transaction

from trace import Trace

ADA, BOB = "ada@example.com", "bob@example.com"
DAY = datetime.date(1990, 2, 3)
PAY = decimal.Decimal("1234.50")
DATABASE = os.environ["PGDATABASE"]
trace = Trace()


def emptied():
    with psycopg2.connect("") as connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE customers, invoices RESTART IDENTITY")
    connection.close()


def seen(one):
    return one and (one.id, one.name, one.email, one.phone, one.birth_date, one.salary, one.profile, one.active, one.plan)


def on_peewee():
    database = peewee.PostgresqlDatabase(DATABASE)

    class Customer(peewee.Model):
        id = peewee.BigAutoField()
        name = peewee.CharField(100)
        email = peewee.CharField(254, unique=True)
        phone = peewee.TextField(null=True)
        birth_date = peewee.DateField(null=True)
        salary = peewee.DecimalField(10, 2, null=True)
        active = peewee.BooleanField(default=True)
        profile = BinaryJSONField(null=True)
        plan = peewee.TextField(default="free")

        class Meta:
            database, table_name = None, "customers"

    class Invoice(peewee.Model):
        id = peewee.BigAutoField()
        customer = peewee.ForeignKeyField(Customer, backref="invoices")
        email = peewee.CharField(254)
        amount = peewee.DecimalField(10, 2)
        note = peewee.TextField(null=True)

        class Meta:
            database, table_name = None, "invoices"

    database.bind([Customer, Invoice])
    step = lambda name, action: trace.step("peewee: " + name, action)
    refused = lambda name, query: trace.refused("peewee: " + name, lambda: list(query.tuples()))
    ada = lambda: Customer.get_or_none(Customer.email == ADA)
    step("sign-up", lambda: seen(Customer.create(name="Ada Ü", email=ADA, phone="1", birth_date=DAY, salary=PAY, profile={"a": [1, None]})))
    step("sign-ups", lambda: Customer.insert_many([{"name": f"n'{i}", "email": f"n{i}@example.com", "salary": i} for i in range(30)]).execute() and Customer.select().count())
    step("bulk", lambda: Customer.bulk_create([Customer(name=f"b{i}", email=f"b{i}@example.com", profile={"i": i}) for i in range(9)], batch_size=4))
    step("sign-up twice", lambda: Customer.create(name="x", email=ADA))
    step("sign-up, too long", lambda: Customer.create(name="x" * 101, email="l@example.com"))
    step("log in", lambda: seen(ada()))
    step("log in, unknown", lambda: seen(Customer.get_or_none(email="nobody")))
    step("get or create", lambda: [(seen(one), made) for one, made in [Customer.get_or_create(email=BOB, defaults={"name": "Bob"}) for _ in range(2)]])
    step("in", lambda: list(Customer.select(Customer.id).where(Customer.email.in_([ADA, "n1@example.com"])).order_by(Customer.id).tuples()))
    step("not", lambda: Customer.select().where((Customer.email != ADA) & Customer.phone.is_null()).count())

    def change():
        one = ada()
        one.phone, one.salary, one.profile = "2", None, {"b": None}
        return one.save(), seen(ada())

    step("change", change)
    step("change of some", lambda: Customer.update(name="N").where(Customer.email << ["n2@example.com", "n3@example.com"]).returning(Customer.id, Customer.name).tuples().execute()[:])
    step("bulk change", lambda: (Customer.bulk_update([Customer(id=2, name="two", phone="2"), Customer(id=3, name="three", phone=None)], [Customer.name, Customer.phone]), list(Customer.select(Customer.name, Customer.phone).where(Customer.id << [2, 3]).order_by(Customer.id).tuples())))
    step("upsert", lambda: Customer.insert(name="Ada U", email=ADA).on_conflict(conflict_target=[Customer.email], preserve=[Customer.name]).execute())
    step("upsert, nothing", lambda: Customer.insert(name="x", email=ADA).on_conflict_ignore().execute())
    step("bills", lambda: [Invoice.create(customer=1, email=ADA, amount=PAY, note=note).id for note in ["x", None]])
    step("bills joined", lambda: [(i.id, i.note, i.customer.name) for i in Invoice.select(Invoice, Customer).join(Customer).where(Customer.email == ADA).order_by(Invoice.id)])
    step("bills of one", lambda: [(i.email, i.amount) for i in ada().invoices.order_by(Invoice.id)])
    step("bills, prefetched", lambda: [(c.name, [i.note for i in c.invoices]) for c in peewee.prefetch(Customer.select().where(Customer.email == ADA), Invoice.select().order_by(Invoice.id))])
    step("group", lambda: list(Invoice.select(Invoice.email, peewee.fn.COUNT(Invoice.id), peewee.fn.SUM(Invoice.amount)).group_by(Invoice.email).tuples()))
    step("page", lambda: [seen(c) for c in Customer.select().order_by(Customer.id).paginate(2, 4)])
    step("exists", lambda: Customer.select().where(Customer.email == ADA).exists())
    step("union", lambda: sorted((Customer.select(Customer.email).where(Customer.id < 3) | Invoice.select(Invoice.email)).tuples()))

    def transaction():
        with database.atomic() as outer:
            Customer.update(name="gone").where(Customer.email == ADA).execute()
            try:
                with database.atomic():
                    Customer.create(name="x", email=ADA)
            except peewee.IntegrityError:
                inside = ada().name
            outer.rollback()
        return inside, Customer.select().where(Customer.email == ADA).for_update().get().name

    step("transaction", transaction)
    step("export", lambda: [c.email for c in Customer.select().order_by(Customer.id).limit(5).iterator()])
    step("delete", lambda: Customer.delete().where(Customer.email == "n7@example.com").execute())
    refused("LIKE", Customer.select(Customer.id).where(Customer.email ** "a%"))
    refused("contains", Customer.select(Customer.id).where(Customer.name.contains("a")))
    refused("ORDER BY", Customer.select(Customer.id).order_by(Customer.name))
    refused("lower", Customer.select(Customer.id).where(peewee.fn.LOWER(Customer.email) == "a"))
    refused("range", Customer.select(Customer.id).where(Customer.birth_date.between(DAY, DAY)))
    refused("max", Customer.select(peewee.fn.MAX(Customer.salary)))
    step("still connected", lambda: seen(ada()))
    database.close()


def on_pony():
    database = pony.Database()

    class Customer(database.Entity):
        _table_ = "customers"
        id = pony.PrimaryKey(int, auto=True, size=64)
        name = pony.Required(str, 100)
        email = pony.Required(str, 254, unique=True)
        phone = pony.Optional(str, nullable=True)
        birth_date = pony.Optional(datetime.date)
        salary = pony.Optional(decimal.Decimal, 10, 2)
        active = pony.Required(bool, default=True)
        profile = pony.Optional(pony.Json)
        plan = pony.Required(str, default="free")
        invoices = pony.Set("Invoice")

    class Invoice(database.Entity):
        _table_ = "invoices"
        id = pony.PrimaryKey(int, auto=True, size=64)
        customer = pony.Required(Customer, column="customer_id")
        email = pony.Required(str, 254)
        amount = pony.Required(decimal.Decimal, 10, 2)
        note = pony.Optional(str, nullable=True)

    database.bind("postgres", database=DATABASE)
    database.generate_mapping(create_tables=False)

    def step(name, action, refused=False):
        def tried():
            with pony.db_session:
                return action()
        trace.step("pony: " + name, tried, refused)

    def flushed(one):
        pony.flush()
        return seen(one)

    def change():
        one = Customer.get(email=ADA)
        one.phone, one.salary, one.profile = "2", None, {"b": None}
        pony.commit()
        return seen(Customer.get(email=ADA))

    step("sign-up", lambda: flushed(Customer(name="Ada Ü", email=ADA, phone="1", birth_date=DAY, salary=PAY, profile={"a": [1, None]})))
    step("sign-ups", lambda: [flushed(Customer(name=f"n'{i}", email=f"n{i}@example.com", salary=i)) for i in range(8)])
    step("sign-up twice", lambda: flushed(Customer(name="x", email=ADA)))
    step("log in", lambda: seen(Customer.get(email=ADA)))
    step("log in, unknown", lambda: seen(Customer.get(email="nobody")))
    step("log in, where", lambda: seen(Customer.select().where(email=ADA).first()))
    step("in", lambda: sorted(c.id for c in Customer.select().where(lambda c: c.email in [ADA, "n1@example.com"])))
    step("exists", lambda: Customer.exists(email=ADA))
    step("change", change)
    step("change of name", lambda: Customer.get(email=ADA).set(name="Ada C"))
    step("change, checked", lambda: seen(Customer.get_for_update(email=ADA)))
    step("bills", lambda: [Invoice(customer=Customer.get(email=ADA), email=ADA, amount=PAY, note=note).flush() for note in ["x", None]])
    step("bills of one", lambda: [(i.id, i.note) for i in Customer.get(email=ADA).invoices.order_by(Invoice.id)])
    step("bills joined", lambda: list(Invoice.select().where(lambda i: i.customer.email == ADA).order_by(Invoice.id).prefetch(Customer)) and [(i.note, i.customer.name) for i in Invoice.select().order_by(Invoice.id)])
    step("page", lambda: [seen(c) for c in Customer.select().order_by(Customer.id).page(2, pagesize=3)])
    step("count", lambda: (Customer.select().count(), Customer.select().where(lambda c: c.phone is None).count()))
    step("group", lambda: list(pony.select((i.email, pony.count(i), pony.sum(i.amount)) for i in Invoice)))
    step("raw", lambda: database.select("select id, name from customers where email = $ADA"))
    step("delete", lambda: Customer.get(email="n5@example.com").delete())
    step("bulk delete", lambda: Customer.select().where(lambda c: c.email == "n6@example.com").delete(bulk=True))
    step("LIKE", lambda: list(Customer.select().where(lambda c: c.email.startswith("a"))), True)
    step("ORDER BY", lambda: list(Customer.select().order_by(Customer.email)), True)
    step("lower", lambda: list(Customer.select().where(lambda c: c.email.lower() == "a")), True)
    step("range", lambda: list(Customer.select().where(lambda c: c.birth_date > DAY)), True)
    step("max", lambda: pony.max(c.salary for c in Customer), True)
    step("equal, randomized", lambda: Customer.get(name="Ada"), True)
    step("still connected", lambda: seen(Customer.get(email=ADA)))
    database.disconnect()


class Customer(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(100)
    email = fields.CharField(254, unique=True)
    phone = fields.TextField(null=True)
    birth_date = fields.DateField(null=True)
    salary = fields.DecimalField(10, 2, null=True)
    active = fields.BooleanField(default=True)
    profile = fields.JSONField(null=True)
    plan = fields.TextField(default="free")
    invoices: fields.ReverseRelation["Invoice"]

    class Meta:
        table = "customers"


class Invoice(Model):
    id = fields.BigIntField(primary_key=True)
    customer = fields.ForeignKeyField("models.Customer", related_name="invoices")
    email = fields.CharField(254)
    amount = fields.DecimalField(10, 2)
    note = fields.TextField(null=True)

    class Meta:
        table = "invoices"


async def on_tortoise():
    environment = os.environ
    credentials = {
        "host": environment["PGHOST"], "port": int(environment["PGPORT"]), "user": environment["PGUSER"], "password": environment["PGPASSWORD"],
        "database": DATABASE, "ssl": ssl.create_default_context(cafile=environment["PGSSLROOTCERT"]),
    }
    await Tortoise.init({"connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}},
                         "apps": {"models": {"models": ["__main__"], "default_connection": "default"}}})
    step = lambda name, action: trace.astep("tortoise: " + name, action)
    refused = lambda name, query: trace.astep("tortoise: " + name, lambda: query, True)
    ada = lambda: Customer.get_or_none(email=ADA)

    async def sign_up():
        return seen(await Customer.create(name="Ada Ü", email=ADA, phone="1", birth_date=DAY, salary=PAY, profile={"a": [1, None]}))

    async def log_in():
        return seen(await ada())

    async def change():
        one = await ada()
        one.phone, one.salary, one.profile = "2", None, {"b": None}
        await one.save()
        return seen(await ada())

    async def get_or_create():
        return [(seen(one), made) for one, made in [await Customer.get_or_create(email=BOB, defaults={"name": "Bob"}) for _ in range(2)]]

    async def bulk_change():
        some = await Customer.filter(email__in=["n2@example.com", "n3@example.com"]).order_by("id")
        for one in some:
            one.name, one.phone = one.name + "!", None
        return await Customer.bulk_update(some, ["name", "phone"]), await Customer.filter(id__in=[one.id for one in some]).order_by("id").values_list("name")

    async def upsert():
        some = [Customer(name="Ada U", email=ADA), Customer(name="New", email="new@example.com")]
        await Customer.bulk_create(some, on_conflict=["email"], update_fields=["name"])
        return await Customer.filter(email__in=[ADA, "new@example.com"]).order_by("id").values_list("id", "name")

    async def transaction():
        async with in_transaction() as connection:
            locked = await Customer.filter(email=ADA).using_db(connection).select_for_update().first()
            locked.name = "gone"
            await locked.save(using_db=connection)
            inside = (await Customer.get(email=ADA).using_db(connection)).name
            await connection.rollback()
        return inside, (await ada()).name

    async def of_one():
        one = await Customer.get(email=ADA).prefetch_related("invoices")
        return sorted((i.id, i.note) for i in one.invoices)

    await step("sign-up", sign_up)
    await step("sign-ups", lambda: Customer.bulk_create([Customer(name=f"n'{i}", email=f"n{i}@example.com", salary=i) for i in range(30)], batch_size=11))
    await step("sign-up twice", sign_up)
    await step("log in", log_in)
    await step("log in, values", lambda: Customer.filter(email=ADA).values("id", "name", "birth_date", "salary", "profile"))
    await step("log in, unknown", lambda: Customer.filter(email="nobody").exists())
    await step("get or create", get_or_create)
    await step("in", lambda: Customer.filter(email__in=[ADA, "n1@example.com"]).order_by("id").values_list("id", flat=True))
    await step("not", lambda: Customer.exclude(email=ADA).filter(phone__isnull=True).count())
    await step("change", change)
    await step("change of some", lambda: Customer.filter(email="n4@example.com").update(name="N", salary=PAY))
    await step("bulk change", bulk_change)
    await step("upsert", upsert)
    await step("bills", lambda: Invoice.bulk_create([Invoice(customer_id=1, email=ADA, amount=PAY, note=note) for note in ["x", None]]))
    await step("bills joined", lambda: Invoice.filter(customer__email=ADA).order_by("id").values_list("id", "note", "customer__name"))
    await step("bills of one", of_one)
    await step("group", lambda: Invoice.annotate(n=Count("id")).group_by("email").values("email", "n"))
    await step("page", lambda: Customer.all().order_by("id").offset(2).limit(3).values_list("id", "name", "email", "birth_date"))
    await step("transaction", transaction)
    await step("raw", lambda: Tortoise.get_connection("default").execute_query_dict("SELECT id, name FROM customers WHERE email = $1", [ADA]))
    await step("delete", lambda: Customer.filter(email="n5@example.com").delete())
    await refused("LIKE", Customer.filter(email__startswith="a").values("id"))
    await refused("iexact", Customer.filter(email__iexact="a").values("id"))
    await refused("ORDER BY", Customer.all().order_by("name").values("id"))
    await refused("lower", Customer.annotate(low=Lower("email")).values("low"))
    await refused("range", Customer.filter(birth_date__gte=DAY).values("id"))
    await refused("max", Customer.annotate(most=Max("salary")).values("most"))
    await step("still connected", log_in)
    await Tortoise.close_connections()


class Person(sqlmodel.SQLModel, table=True):
    __tablename__ = "customers"
    id: int | None = sqlmodel.Field(default=None, primary_key=True)
    name: str = sqlmodel.Field(max_length=100)
    email: str = sqlmodel.Field(max_length=254, unique=True)
    phone: str | None = None
    birth_date: datetime.date | None = None
    salary: decimal.Decimal | None = sqlmodel.Field(default=None, sa_column=Column(Numeric(10, 2)))
    active: bool = True
    profile: dict | None = sqlmodel.Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    plan: str = "free"
    invoices: list["Bill"] = sqlmodel.Relationship(back_populates="customer")


class Bill(sqlmodel.SQLModel, table=True):
    __tablename__ = "invoices"
    id: int | None = sqlmodel.Field(default=None, primary_key=True)
    customer_id: int | None = sqlmodel.Field(default=None, foreign_key="customers.id")
    email: str
    amount: decimal.Decimal
    note: str | None = None
    customer: Person = sqlmodel.Relationship(back_populates="invoices")


def on_sqlmodel():
    engine = sqlmodel.create_engine("postgresql+psycopg://")
    select = sqlmodel.select
    ada = select(Person).where(Person.email == ADA)

    def step(name, action, refused=False):
        def tried():
            with sqlmodel.Session(engine) as session:
                found = action(session)
                session.commit()
                return found
        trace.step("sqlmodel: " + name, tried, refused)

    def added(session, *some):
        session.add_all(some)
        session.flush()
        for one in some:
            session.refresh(one)
        return [one.model_dump() for one in some]

    def change(session):
        one = session.exec(ada).one()
        one.sqlmodel_update({"phone": "2", "salary": None, "profile": {"b": None}})
        session.commit()
        return session.exec(ada).one().model_dump()

    step("sign-up", lambda s: added(s, Person(name="Ada Ü", email=ADA, phone="1", birth_date=DAY, salary=PAY, profile={"a": [1, None]})))
    step("sign-ups", lambda s: added(s, *[Person(name=f"n'{i}", email=f"n{i}@example.com", salary=decimal.Decimal(i)) for i in range(20)]))
    step("sign-up twice", lambda s: added(s, Person(name="x", email=ADA)))
    step("log in", lambda s: s.exec(ada).first().model_dump())
    step("by key", lambda s: s.get(Person, 1).model_dump())
    step("change", change)
    step("bills", lambda s: added(s, *[Bill(customer_id=1, email=ADA, amount=PAY, note=note) for note in ["x", None]]))
    step("bills joined", lambda s: [tuple(row) for row in s.exec(select(Bill.note, Person.name).join(Person).where(Person.email == ADA).order_by(Bill.id))])
    step("bills of one", lambda s: sorted(bill.id for bill in s.exec(ada).one().invoices))
    step("page", lambda s: [one.model_dump() for one in s.exec(select(Person).order_by(Person.id).offset(2).limit(3))])
    step("in", lambda s: s.exec(select(Person.id).where(sqlmodel.col(Person.email).in_([ADA, "n1@example.com"])).order_by(Person.id)).all())
    step("delete", lambda s: s.delete(s.exec(select(Person).where(Person.email == "n5@example.com")).one()))
    step("LIKE", lambda s: s.exec(select(Person.id).where(sqlmodel.col(Person.email).startswith("a"))).all(), True)
    step("ORDER BY", lambda s: s.exec(select(Person.id).order_by(Person.name)).all(), True)
    step("lower", lambda s: s.exec(select(Person.id).where(sql.lower(Person.email) == "a")).all(), True)
    step("still connected", lambda s: s.exec(ada).first().model_dump())


for round in [on_peewee, on_pony, lambda: asyncio.run(on_tortoise()), on_sqlmodel]:
    emptied()
    round()
sys.exit(0)
