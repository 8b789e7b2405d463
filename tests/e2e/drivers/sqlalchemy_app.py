"""The small application on SQLAlchemy 2: ORM and core, on the driver that the second argument names."""

import asyncio
import datetime
import decimal
import os
import ssl
import sys

from sqlalchemy import (BigInteger, ForeignKey, Identity, MetaData, Numeric, String, Text, create_engine, exists, func, insert,
                        inspect, select, text, tuple_, update)
from sqlalchemy.dialects.postgresql import JSONB, insert as pg_insert
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship, selectinload

from trace import Trace

DAY = datetime.date(1990, 2, 3)
PAY = decimal.Decimal("1234.50")


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(Text)
    birth_date: Mapped[datetime.date | None]
    salary: Mapped[decimal.Decimal | None] = mapped_column(Numeric(10, 2))
    active: Mapped[bool] = mapped_column(default=True)
    profile: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    plan: Mapped[str] = mapped_column(Text, server_default="free")
    invoices: Mapped[list["Invoice"]] = relationship(back_populates="customer", order_by="Invoice.id")


class Invoice(Base):
    __tablename__ = "invoices"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    email: Mapped[str] = mapped_column(String(254))
    amount: Mapped[decimal.Decimal] = mapped_column(Numeric(10, 2))
    note: Mapped[str | None] = mapped_column(Text)
    customer: Mapped[Customer] = relationship(back_populates="invoices")


def main(dsn, driver):
    trace = Trace()
    url = dsn.replace("postgresql://", f"postgresql+{driver}://")
    if driver == "asyncpg":
        asyncio.run(on_asyncpg(trace, url))
        return
    # All drivers but pg8000 take what TLS needs from libpq's variables.
    tls = {"ssl_context": ssl.create_default_context(cafile=os.environ["PGSSLROOTCERT"])} if driver == "pg8000" else {}
    engine = create_engine(url, connect_args=tls)
    with Session(engine) as session:
        application(trace, session)
        refusals(trace, session)
    reflection(trace, engine)


async def on_asyncpg(trace, url):
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(lambda sync: everything(trace, sync))
    await engine.dispose()


def everything(trace, connection):
    with Session(connection) as session:
        application(trace, session)
        refusals(trace, session)


def seen(customer):
    return (customer.id, customer.name, customer.email, customer.phone, customer.birth_date, customer.salary,
            customer.profile, customer.active, customer.plan)


def application(trace, session):
    def step(name, action, refused=False):
        def kept():
            try:
                found = action()
                session.commit()
                return found
            except BaseException:
                session.rollback()
                raise
        trace.step(name, kept, refused)

    def one(mail):
        return session.scalars(select(Customer).where(Customer.email == mail)).one_or_none()

    def sign_up():
        ada = Customer(name="Ada", email="ada@example.com", phone="1", birth_date=DAY, salary=PAY, profile={"a": [1, "ü"]})
        session.add(ada)
        session.flush()
        return seen(ada)

    def several():
        session.add_all([Customer(name=f"n{i}", email=f"n{i}@example.com", birth_date=DAY, salary=PAY + i, profile={"i": i})
                         for i in range(40)])
        session.flush()
        return [seen(c) for c in session.scalars(select(Customer).order_by(Customer.id))]

    def profile():
        ada = one("ada@example.com")
        ada.phone, ada.salary, ada.profile = "2", None, {"b": None}
        session.commit()
        return seen(one("ada@example.com"))

    def bills():
        ada = one("ada@example.com")
        ada.invoices += [Invoice(email=ada.email, amount=PAY, note=f"note {i}") for i in range(3)]
        session.commit()
        return [(i.id, i.email, i.note, i.customer.name) for i in one("ada@example.com").invoices]

    def twice():
        session.add(Customer(name="x", email="ada@example.com"))
        session.flush()

    def ids():
        return session.execute(insert(Customer).returning(Customer.id, Customer.email), [
            {"name": f"core{i}", "email": f"core{i}@example.com", "birth_date": DAY, "salary": PAY} for i in range(2500)]).all()[-3:]

    def sorted_ids():
        return session.execute(insert(Customer).returning(Customer.id, Customer.email, sort_by_parameter_order=True), [
            {"name": f"s{i}", "email": f"s{i}@example.com", "birth_date": DAY, "salary": PAY, "profile": {"s": i}}
            for i in range(5)]).all()

    def upsert():
        row = pg_insert(Customer).values(name="Ada U", email="ada@example.com")
        return session.execute(row.on_conflict_do_update(index_elements=[Customer.email], set_={"name": row.excluded.name})
                               .returning(Customer.id, Customer.name)).all()

    run = lambda statement, *a: [tuple(row) for row in session.execute(statement, *a)]
    mails = ["ada@example.com", "n1@example.com"]
    step("sign-up", sign_up)
    step("sign-ups", several)
    step("sign-up twice", twice)
    step("log in", lambda: seen(one("ada@example.com")))
    step("log in, unknown", lambda: one("nobody"))
    step("by key", lambda: seen(session.get(Customer, 1)))
    step("change", profile)
    step("bills", bills)
    step("bills joined", lambda: run(select(Customer.name, Invoice.note, Invoice.amount).join(Invoice).where(
        Customer.email == mails[0]).order_by(Invoice.id)))
    step("bills joined by e-mail", lambda: run(select(Customer.name, Invoice.email).join(
        Invoice, Invoice.email == Customer.email).order_by(Invoice.id)))
    step("eager, joined", lambda: [(c.name, [i.note for i in c.invoices]) for c in session.scalars(
        select(Customer).options(joinedload(Customer.invoices)).where(Customer.email.in_(mails)).order_by(Customer.id)).unique()])
    step("eager, select in", lambda: [(c.name, [i.note for i in c.invoices]) for c in session.scalars(
        select(Customer).options(selectinload(Customer.invoices)).where(Customer.email.in_(mails)).order_by(Customer.id))])
    step("not in", lambda: run(select(func.count()).select_from(Customer).where(Customer.email.not_in(mails))))
    step("empty in", lambda: run(select(Customer.id).where(Customer.email.in_([]))))
    step("is null", lambda: run(select(Customer.id, Customer.email).where(Customer.phone.is_(None)).order_by(Customer.id).limit(2)))
    step("exists", lambda: run(select(Customer.email).where(exists().where(Invoice.email == Customer.email))))
    step("page", lambda: run(select(Customer.id, Customer.name, Customer.birth_date).order_by(Customer.id).limit(3).offset(2)))
    step("group", lambda: run(select(Invoice.email, func.count(), func.sum(Invoice.amount)).group_by(Invoice.email)))
    step("distinct", lambda: run(select(func.count(func.distinct(Invoice.email)))))
    step("bulk insert, returning", ids)
    step("bulk insert, ordered", sorted_ids)
    step("upsert", upsert)
    step("update many", lambda: session.execute(update(Customer).where(Customer.email.in_(mails)).values(
        salary=PAY)).rowcount)
    step("bulk update", lambda: [session.execute(update(Customer), [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}]),
                                 run(select(Customer.id, Customer.name).where(Customer.id < 3).order_by(Customer.id))][1])
    step("tuples", lambda: run(select(Customer.id).where(tuple_(Customer.id, Customer.email).in_([(1, "ada@example.com")]))))
    step("text", lambda: run(text("SELECT id, email FROM customers WHERE email = :mail"), {"mail": mails[0]}))
    step("union", lambda: sorted(run(select(Customer.email).where(Customer.id < 3).union(select(Invoice.email)))))
    step("cte", lambda: run(select(select(Customer.email, Customer.id).cte("c").c.email).limit(0)))
    step("delete", lambda: [session.delete(one("n5@example.com")), session.flush(), one("n5@example.com")])
    step("server side", lambda: [c.email for c in session.scalars(
        select(Customer).order_by(Customer.id).limit(5).execution_options(yield_per=2))])


def refusals(trace, session):
    def refused(name, statement):
        def tried():
            try:
                return session.execute(statement).all()
            finally:
                session.rollback()
        trace.refused(name, tried)

    refused("LIKE", select(Customer.id).where(Customer.email.like("a%")))
    refused("contains", select(Customer.id).where(Customer.name.contains("a")))
    refused("ilike", select(Customer.id).where(Customer.email.ilike("a%")))
    refused("ORDER BY", select(Customer.id).order_by(Customer.email))
    refused("lower", select(Customer.id).where(func.lower(Customer.email) == "a"))
    refused("range", select(Customer.id).where(Customer.birth_date > DAY))
    refused("equal, randomized", select(Customer.id).where(Customer.name == "a"))
    refused("max", select(func.max(Customer.birth_date)))
    refused("json path", select(Customer.profile["a"]))
    trace.step("still connected", lambda: session.execute(select(Customer.id).where(Customer.email == "ada@example.com")).all())


def reflection(trace, engine):
    metadata = MetaData()
    metadata.reflect(engine, only=["customers", "invoices"])
    plain = ["id", "phone", "active", "profile", "plan", "created_at"]
    trace.step("reflected", lambda: [repr(metadata.tables["customers"].c[name].type) for name in plain])
    trace.step("reflected keys", lambda: [inspect(engine).get_foreign_keys("invoices"), inspect(engine).get_unique_constraints("customers")])
    trace.step("reflected as text", lambda: [str(metadata.tables["customers"].c[name].type).split("(")[0] for name in ["name", "email"]])


main(sys.argv[2], sys.argv[1])
