// The small application on Hibernate (3.6, as Debian has it): entities, HQL, criteria, native queries,
// batches, a second session, generated keys.

import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Callable;
import javax.persistence.Column;
import javax.persistence.Entity;
import javax.persistence.FetchType;
import javax.persistence.GeneratedValue;
import javax.persistence.GenerationType;
import javax.persistence.Id;
import javax.persistence.JoinColumn;
import javax.persistence.ManyToOne;
import javax.persistence.OneToMany;
import javax.persistence.Table;
import javax.persistence.Temporal;
import javax.persistence.TemporalType;
import org.hibernate.JDBCException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.Transaction;
import org.hibernate.cfg.Configuration;
import org.hibernate.criterion.Order;
import org.hibernate.criterion.Projections;
import org.hibernate.criterion.Restrictions;

public final class HibernateApp {
    @Entity(name = "Customer")
    @Table(name = "customers")
    public static class Customer {
        @Id @GeneratedValue(strategy = GenerationType.IDENTITY) public Long id;
        @Column(length = 100, nullable = false) public String name;
        @Column(length = 254, nullable = false, unique = true) public String email;
        public String phone;
        @Column(name = "birth_date") @Temporal(TemporalType.DATE) public Date birthDate;
        @Column(precision = 10, scale = 2) public BigDecimal salary;
        public boolean active = true;
        @OneToMany(mappedBy = "customer", fetch = FetchType.LAZY) public List<Invoice> invoices = new ArrayList<>();

        public Customer() {}

        Customer(String name, String email) {
            this.name = name;
            this.email = email;
        }

        Object shown() {
            return Arrays.asList(id, name, email, phone, birthDate == null ? null : birthDate.toString().substring(0, 10), salary, active);
        }
    }

    @Entity(name = "Invoice")
    @Table(name = "invoices")
    public static class Invoice {
        @Id @GeneratedValue(strategy = GenerationType.IDENTITY) public Long id;
        @ManyToOne(fetch = FetchType.LAZY) @JoinColumn(name = "customer_id", nullable = false) public Customer customer;
        public String email;
        public BigDecimal amount;
        public String note;
    }

    interface Work {
        Object in(Session session) throws Exception;
    }

    static SessionFactory factory;
    static String prefix = "";

    static String text(Object value) {
        StringBuilder out = new StringBuilder("\"");
        String shown = value instanceof Object[] ? Arrays.deepToString((Object[]) value) : String.valueOf(value);
        for (char c : shown.toCharArray()) {
            out.append(c == '"' || c == '\\' || c < ' ' || c > '~' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        return out.append('"').toString();
    }

    static String state(Throwable error) {
        for (; error != null; error = error.getCause()) {
            if (error instanceof java.sql.BatchUpdateException && ((SQLException) error).getNextException() != null) {
                return ((SQLException) error).getNextException().getSQLState();
            }
            if (error instanceof SQLException) {
                return ((SQLException) error).getSQLState();
            }
        }
        return null;
    }

    static void step(String name, Work work, boolean refused) {
        String outcome;
        Session session = factory.openSession();
        Transaction transaction = session.beginTransaction();
        try {
            Object value = work.in(session);
            transaction.commit();
            outcome = "{\"value\": " + text(value) + "}";
        } catch (Exception error) {
            transaction.rollback();
            if (state(error) == null) {
                error.printStackTrace();
            }
            outcome = "{\"error\": " + text(error.getClass().getSimpleName()) + ", \"state\": " + text(state(error)) + "}";
        } finally {
            session.close();
        }
        System.out.println("{\"step\": " + text(prefix + name) + ", \"refused\": " + refused + ", \"outcome\": " + outcome + "}");
    }

    static void step(String name, Work work) {
        step(name, work, false);
    }

    static void refused(String name, Work work) {
        step(name, work, true);
    }

    static List<Object> all(List<?> found) {
        List<Object> shown = new ArrayList<>();
        for (Object one : found) {
            shown.add(one instanceof Customer ? ((Customer) one).shown() : one instanceof Object[] ? Arrays.deepToString((Object[]) one) : one);
        }
        return shown;
    }

    static Customer ada() {
        Customer ada = new Customer("Ada \u00dc", "ada@example.com");
        ada.phone = "+49";
        ada.birthDate = java.sql.Date.valueOf("1990-02-03");
        ada.salary = new BigDecimal("1234.50");
        return ada;
    }

    static Customer byEmail(Session session, String email) {
        return (Customer) session.createQuery("from Customer where email = :mail").setString("mail", email).uniqueResult();
    }

    static void application() {
        step("clear", s -> s.createSQLQuery("TRUNCATE customers, invoices RESTART IDENTITY").executeUpdate());
        step("save", s -> s.save(ada()));
        step("save, nulls", s -> s.save(new Customer("Bob", "bob@example.com")));
        step("save twice", s -> s.save(ada()));
        step("save, too long", s -> s.save(new Customer("x".repeat(101), "l@example.com")));
        step("get", s -> ((Customer) s.get(Customer.class, 1L)).shown());
        step("HQL", s -> byEmail(s, "ada@example.com").shown());
        step("HQL, in", s -> all(s.createQuery("from Customer c where c.email in (:mails) order by c.id")
            .setParameterList("mails", Arrays.asList("ada@example.com", "bob@example.com")).list()));
        step("HQL, columns", s -> all(s.createQuery("select c.id, c.name from Customer c where c.email = ?").setString(0, "bob@example.com").list()));
        step("HQL, null", s -> all(s.createQuery("select c.id from Customer c where c.phone is null").list()));
        step("criteria", s -> all(s.createCriteria(Customer.class).add(Restrictions.eq("email", "ada@example.com")).list()));
        step("criteria, in", s -> all(s.createCriteria(Customer.class).add(Restrictions.in("email", new String[] {"ada@example.com", "no"})).addOrder(Order.asc("id")).list()));
        step("criteria, not", s -> s.createCriteria(Customer.class).add(Restrictions.ne("email", "ada@example.com")).setProjection(Projections.rowCount()).uniqueResult());
        step("change", s -> {
            Customer bob = byEmail(s, "bob@example.com");
            bob.phone = "2";
            bob.birthDate = java.sql.Date.valueOf("1991-01-01");
            bob.salary = new BigDecimal("99.90");
            s.flush();
            s.clear();
            return byEmail(s, "bob@example.com").shown();
        });
        step("HQL update", s -> s.createQuery("update Customer set name = :name where email = :mail").setString("name", "Bobby").setString("mail", "bob@example.com").executeUpdate());
        step("many", s -> {
            for (int i = 1; i <= 30; i++) {
                s.save(new Customer("n'" + i + "\\", "n" + i + "@example.com"));
            }
            s.flush();
            return s.createQuery("select count(*) from Customer").uniqueResult();
        });
        step("change of many", s -> {
            for (Object one : s.createQuery("from Customer where id > 10").list()) {
                ((Customer) one).phone = "p";
            }
            s.flush();
            return s.createQuery("select count(*) from Customer where phone is not null").uniqueResult();
        });
        step("bill", s -> {
            Invoice bill = new Invoice();
            bill.customer = (Customer) s.load(Customer.class, 1L);
            bill.email = "ada@example.com";
            bill.amount = new BigDecimal("9.99");
            bill.note = "first";
            return s.save(bill);
        });
        step("bill with its customer", s -> all(s.createQuery("select i.note, c.name from Invoice i join i.customer c where c.email = :mail").setString("mail", "ada@example.com").list()));
        step("lazy", s -> byEmail(s, "ada@example.com").invoices.get(0).note);
        step("fetched", s -> ((Customer) s.createQuery("from Customer c left join fetch c.invoices where c.email = :mail").setString("mail", "ada@example.com").uniqueResult()).invoices.size());
        step("subselect", s -> all(s.createQuery("select c.id from Customer c where c.email in (select i.email from Invoice i)").list()));
        step("page", s -> all(s.createQuery("select c.email from Customer c order by c.id").setFirstResult(2).setMaxResults(3).list()));
        step("scroll", s -> {
            org.hibernate.ScrollableResults rows = s.createQuery("select c.email from Customer c order by c.id").setFetchSize(5).scroll();
            int seen = 0;
            while (rows.next()) {
                seen += rows.getString(0).contains("@") ? 1 : 0;
            }
            return seen;
        });
        step("locked", s -> all(s.createQuery("select c.name from Customer c where c.id = 1").setLockMode("c", org.hibernate.LockMode.UPGRADE).list()));
        step("native", s -> all(s.createSQLQuery("select * from customers where email = :mail").addEntity(Customer.class).setString("mail", "ada@example.com").list()));
        step("delete", s -> {
            s.delete(byEmail(s, "n30@example.com"));
            s.flush();
            return byEmail(s, "n30@example.com");
        });
        refused("like", s -> all(s.createQuery("select c.id from Customer c where c.email like 'a%'").list()));
        refused("ilike", s -> all(s.createCriteria(Customer.class).add(Restrictions.ilike("email", "a%")).list()));
        refused("lower", s -> all(s.createQuery("select c.id from Customer c where lower(c.email) = 'a'").list()));
        refused("order by", s -> all(s.createQuery("select c.id from Customer c order by c.name").list()));
        refused("sum", s -> s.createQuery("select sum(c.salary) from Customer c").uniqueResult());
        refused("distinct", s -> all(s.createQuery("select distinct c from Customer c left join fetch c.invoices where c.email = 'ada@example.com'").list()));
    }

    public static void main(String[] arguments) {
        java.util.logging.LogManager.getLogManager().reset();
        for (String batch : List.of("0", "20")) {
            prefix = "batch " + batch + ": ";
            Configuration configuration = new Configuration().addAnnotatedClass(Customer.class).addAnnotatedClass(Invoice.class);
            String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE")
                + "?sslmode=verify-full&sslrootcert=" + System.getenv("PGSSLROOTCERT");
            configuration.setProperty("hibernate.connection.url", url);
            configuration.setProperty("hibernate.connection.driver_class", "org.postgresql.Driver");
            configuration.setProperty("hibernate.connection.username", System.getenv("PGUSER"));
            configuration.setProperty("hibernate.connection.password", System.getenv("PGPASSWORD"));
            configuration.setProperty("hibernate.dialect", "org.hibernate.dialect.PostgreSQLDialect");
            configuration.setProperty("hibernate.jdbc.batch_size", batch);
            configuration.setProperty("hibernate.temp.use_jdbc_metadata_defaults", "true");
            factory = configuration.buildSessionFactory();
            application();
            factory.close();
        }
    }
}
