// The small application on pgjdbc: prepared statements at every threshold, batches, server-side
// cursors, COPY, arrays, Hibernate's SQL. Run as a single source file; the driver is on the class path.

import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.util.PGobject;

public final class JdbcApp {
    static final String SIGN_UP =
        "INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES (?, ?, ?, ?, ?, ?)";
    static final String LOG_IN =
        "SELECT id, name, email, phone, birth_date, salary, profile, active, plan FROM customers WHERE email = ?";
    static final String BILL = "INSERT INTO invoices (customer_id, email, amount, note) VALUES (?, ?, ?, ?)";
    static final Date DAY = Date.valueOf("1990-02-03");
    static final BigDecimal PAY = new BigDecimal("1234.50");

    static String prefix = "";

    public static void main(String[] arguments) throws Exception {
        // The defaults, everything prepared at once, and nothing of the extended protocol.
        for (String mode : List.of("", "prepareThreshold=1", "binaryTransfer=false", "reWriteBatchedInserts=true",
                "preferQueryMode=simple", "stringtype=unspecified", "preferQueryMode=extendedCacheEverything")) {
            prefix = mode.isEmpty() ? "default: " : mode + ": ";
            try (Connection connection = connect(mode)) {
                clear(connection);
                application(connection);
                batches(connection);
                transactions(connection);
                if (!mode.equals("preferQueryMode=simple")) {
                    cursors(connection);
                }
                hibernate(connection);
                refusals(connection);
            }
        }
        prefix = "";
        try (Connection connection = connect("")) {
            clear(connection);
            others(connection);
        }
    }

    static Connection connect(String mode) throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("user", System.getenv("PGUSER"));
        settings.setProperty("password", System.getenv("PGPASSWORD"));
        settings.setProperty("sslmode", System.getenv("PGSSLMODE"));
        settings.setProperty("sslrootcert", System.getenv("PGSSLROOTCERT"));
        if (!mode.isEmpty()) {
            String[] pair = mode.split("=");
            settings.setProperty(pair[0], pair[1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT")
            + "/" + System.getenv("PGDATABASE"), settings);
    }

    static void clear(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("TRUNCATE customers, invoices, pages RESTART IDENTITY");
        }
    }

    static void application(Connection c) {
        step("sign-up", () -> keys(c, SIGN_UP, "Ada Ünal", "ada@example.com", "+49 1", DAY, PAY, json("{\"a\": [1, null]}")));
        step("sign-up with nulls", () -> keys(c, SIGN_UP, "Bob", "bob@example.com", null, null, null, null));
        step("sign-up twice", () -> keys(c, SIGN_UP, "Ada", "ada@example.com", null, null, null, null));
        step("sign-up, too long", () -> keys(c, SIGN_UP, "x".repeat(101), "l@example.com", null, null, null, null));
        step("sign-up, all columns back", () -> {
            try (PreparedStatement s = c.prepareStatement(SIGN_UP, Statement.RETURN_GENERATED_KEYS)) {
                bind(s, "Cy", "cy@example.com", "1", DAY, PAY, null);
                s.executeUpdate();
                ResultSet rows = s.getGeneratedKeys();
                rows.next();
                return List.of(rows.getLong("id"), rows.getString("name"), rows.getString("email"), rows.getDate("birth_date"),
                    rows.getBigDecimal("salary"), rows.getBoolean("active"));
            }
        });
        // Eight times: past the threshold the driver prepares on the server and asks for binary.
        step("log in, eight times", () -> {
            List<Object> found = new ArrayList<>();
            try (PreparedStatement s = c.prepareStatement(LOG_IN)) {
                for (String mail : List.of("ada@example.com", "bob@example.com", "no", "ada@example.com", "bob@example.com",
                        "ada@example.com", "bob@example.com", "cy@example.com")) {
                    bind(s, mail);
                    found.add(rows(s.executeQuery()));
                }
            }
            return found;
        });
        step("log in, any", () -> query(c, "SELECT id, email FROM customers WHERE email = ANY (?) ORDER BY id",
            c.createArrayOf("varchar", new String[] {"ada@example.com", "bob@example.com", null})));
        step("log in, any text", () -> query(c, "SELECT id FROM customers WHERE email = ANY (?) ORDER BY id",
            c.createArrayOf("text", new String[] {"ada@example.com", "cy@example.com"})));
        step("log in, in", () -> query(c, "SELECT id FROM customers WHERE email IN (?, ?, ?) ORDER BY id", "ada@example.com", "x", "cy@example.com"));
        step("log in, literal", () -> {
            try (Statement s = c.createStatement()) {
                return rows(s.executeQuery("SELECT id, name FROM customers WHERE email = 'ada@example.com'"));
            }
        });
        // A simple query cannot be described.
        if (!prefix.contains("simple")) {
            types(c);
        }
        step("change", () -> update(c, "UPDATE customers SET phone = ?, birth_date = ?, plan = ? WHERE email = ?", "+49 2", DAY, "pro", "bob@example.com"));
        step("change to null", () -> update(c, "UPDATE customers SET salary = ?, birth_date = NULL WHERE email = ?", null, "cy@example.com"));
        step("upsert", () -> query(c, "INSERT INTO customers (name, email) VALUES (?, ?) ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id, name", "Ada B.", "ada@example.com"));
        step("bill", () -> keys(c, BILL, 1L, "ada@example.com", PAY, "first"));
        step("bill with its customer", () -> query(c, "SELECT i.id, i.note, c.name, c.email FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE c.email = ?", "ada@example.com"));
        step("admin list", () -> query(c, "SELECT id, name, email, birth_date FROM customers ORDER BY id LIMIT ? OFFSET ?", 2, 1));
        step("count", () -> query(c, "SELECT count(*) FROM customers WHERE email <> ?", "ada@example.com"));
        step("export", () -> query(c, "SELECT c.*, i.note FROM customers c LEFT JOIN invoices i USING (email) ORDER BY c.id", new Object[0]).size());
    }

    static void types(Connection c) {
        step("types", () -> {
            try (PreparedStatement s = c.prepareStatement(LOG_IN)) {
                ResultSetMetaData about = s.getMetaData();
                List<Object> found = new ArrayList<>();
                for (int i = 1; i <= about.getColumnCount(); i++) {
                    found.add(List.of(about.getColumnName(i), about.getColumnTypeName(i), about.getColumnType(i),
                        about.getPrecision(i), about.getScale(i), about.getColumnDisplaySize(i), about.getColumnClassName(i)));
                }
                return found;
            }
        });
        step("types of parameters", () -> {
            try (PreparedStatement s = c.prepareStatement(SIGN_UP)) {
                List<Object> found = new ArrayList<>();
                for (int i = 1; i <= 6; i++) {
                    found.add(s.getParameterMetaData().getParameterTypeName(i));
                }
                return found;
            }
        });
    }

    static void batches(Connection c) {
        step("batch of sign-ups", () -> {
            try (PreparedStatement s = c.prepareStatement(SIGN_UP)) {
                for (int i = 0; i < 300; i++) {
                    bind(s, "n" + i, "n" + i + "@example.com", i % 3 == 0 ? null : "+" + i, i % 2 == 0 ? DAY : null, PAY.add(BigDecimal.valueOf(i)), json("{\"i\": " + i + "}"));
                    s.addBatch();
                }
                return Arrays.stream(s.executeBatch()).filter(n -> n == 1 || n == Statement.SUCCESS_NO_INFO).count();
            }
        });
        step("after the batch", () -> query(c, "SELECT name, email, phone, birth_date, salary, profile FROM customers ORDER BY id"));
        step("batch with keys", () -> {
            try (PreparedStatement s = c.prepareStatement(BILL, new String[] {"id", "email", "note"})) {
                for (int i = 0; i < 20; i++) {
                    bind(s, 1L, "ada@example.com", PAY, "note " + i);
                    s.addBatch();
                }
                s.executeBatch();
                return rows(s.getGeneratedKeys());
            }
        });
        step("batch of updates", () -> {
            try (PreparedStatement s = c.prepareStatement("UPDATE customers SET phone = ? WHERE email = ?")) {
                for (int i = 0; i < 20; i++) {
                    bind(s, "u" + i, "n" + i + "@example.com");
                    s.addBatch();
                }
                return Arrays.toString(s.executeBatch());
            }
        });
        step("batch of statements", () -> {
            try (Statement s = c.createStatement()) {
                s.addBatch("UPDATE customers SET phone = 'x' WHERE email = 'n1@example.com'");
                s.addBatch("INSERT INTO pages (title) VALUES ('home')");
                s.addBatch("INSERT INTO customers (name, email) VALUES ('lit', 'lit@example.com')");
                return Arrays.toString(s.executeBatch());
            }
        });
        step("batch with a twin", () -> {
            try (PreparedStatement s = c.prepareStatement(SIGN_UP)) {
                for (String mail : List.of("b1@example.com", "ada@example.com", "b2@example.com")) {
                    bind(s, "b", mail, null, null, null, null);
                    s.addBatch();
                }
                return Arrays.toString(s.executeBatch());
            } catch (BatchUpdateException e) {
                return List.of(e.getSQLState(), Arrays.toString(e.getUpdateCounts()));
            }
        });
        step("several statements", () -> {
            try (Statement s = c.createStatement()) {
                s.execute("UPDATE customers SET phone = '7' WHERE email = 'ada@example.com'; SELECT name FROM customers WHERE email = 'ada@example.com'");
                int first = s.getUpdateCount();
                s.getMoreResults();
                return List.of(first, rows(s.getResultSet()));
            }
        });
    }

    static void transactions(Connection c) {
        step("savepoint", () -> inTransaction(c, () -> {
            update(c, "UPDATE customers SET name = ? WHERE email = ?", "T", "bob@example.com");
            Savepoint before = c.setSavepoint();
            String state = null;
            try {
                keys(c, SIGN_UP, "x", "ada@example.com", null, null, null, null);
            } catch (SQLException e) {
                state = e.getSQLState();
                c.rollback(before);
            }
            return List.of(state, query(c, "SELECT name FROM customers WHERE email = ?", "bob@example.com"));
        }));
        step("after an error, aborted", () -> inTransaction(c, () -> {
            try {
                query(c, "SELECT 1/0");
            } catch (SQLException e) {
                return attempt(() -> query(c, LOG_IN, "ada@example.com"));
            }
            return null;
        }));
        step("rolled back", () -> {
            c.setAutoCommit(false);
            update(c, "UPDATE customers SET phone = ? WHERE email = ?", "gone", "ada@example.com");
            c.rollback();
            c.setAutoCommit(true);
            return query(c, "SELECT phone FROM customers WHERE email = ?", "ada@example.com");
        });
    }

    static void cursors(Connection c) {
        step("fetch size", () -> inTransaction(c, () -> {
            try (PreparedStatement s = c.prepareStatement("SELECT id, name, email, birth_date, salary FROM customers WHERE email <> ? ORDER BY id")) {
                s.setFetchSize(7);
                bind(s, "ada@example.com");
                return rows(s.executeQuery());
            }
        }));
        step("fetch size, left early", () -> inTransaction(c, () -> {
            try (PreparedStatement s = c.prepareStatement("SELECT email FROM customers ORDER BY id")) {
                s.setFetchSize(2);
                ResultSet rows = s.executeQuery();
                rows.next();
                rows.next();
                rows.next();
                return rows.getString(1);
            }
        }));
        step("two open cursors", () -> inTransaction(c, () -> {
            try (PreparedStatement a = c.prepareStatement("SELECT email FROM customers WHERE id < 20 ORDER BY id");
                    PreparedStatement b = c.prepareStatement("SELECT name, birth_date FROM customers WHERE id < 20 ORDER BY id")) {
                a.setFetchSize(3);
                b.setFetchSize(4);
                ResultSet first = a.executeQuery();
                ResultSet second = b.executeQuery();
                List<Object> found = new ArrayList<>();
                while (first.next() && second.next()) {
                    found.add(first.getString(1) + second.getString(1) + second.getDate(2));
                }
                return found;
            }
        }));
        step("scrollable, updatable", () -> {
            try (PreparedStatement s = c.prepareStatement("SELECT id, phone, email FROM customers WHERE email = ?",
                    ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
                bind(s, "bob@example.com");
                ResultSet rows = s.executeQuery();
                rows.next();
                rows.updateString("phone", "updated");
                rows.updateRow();
                return query(c, "SELECT phone FROM customers WHERE email = ?", "bob@example.com");
            }
        });
    }

    // What Hibernate 5 and 6 send for entities, pages, optimistic updates and criteria.
    static void hibernate(Connection c) {
        step("entity by id", () -> query(c, "select customer0_.id as id1_0_0_, customer0_.name as name2_0_0_, customer0_.email as email3_0_0_, customer0_.birth_date as birth4_0_0_ from customers customer0_ where customer0_.id=?", 1L));
        step("criteria", () -> query(c, "select c1_0.id,c1_0.birth_date,c1_0.email,c1_0.name,c1_0.salary from customers c1_0 where c1_0.email=? and c1_0.active=?", "ada@example.com", true));
        step("page", () -> query(c, "select c1_0.id,c1_0.email from customers c1_0 order by c1_0.id offset ? rows fetch first ? rows only", 2, 3));
        step("count for the page", () -> query(c, "select count(c1_0.id) from customers c1_0 where c1_0.email in (?,?)", "ada@example.com", "bob@example.com"));
        step("join fetch", () -> query(c, "select distinct c1_0.id,c1_0.email,i1_0.customer_id,i1_0.id,i1_0.note from customers c1_0 left join invoices i1_0 on c1_0.id=i1_0.customer_id where c1_0.email=? order by i1_0.id", "ada@example.com"), true);
        step("join fetch, not distinct", () -> query(c, "select c1_0.id,c1_0.email,i1_0.customer_id,i1_0.id,i1_0.note from customers c1_0 left join invoices i1_0 on c1_0.id=i1_0.customer_id where c1_0.email=? order by i1_0.id", "ada@example.com"));
        step("update of all columns", () -> update(c, "update customers set active=?, birth_date=?, email=?, name=?, phone=?, plan=?, salary=? where id=?", true, DAY, "ada@example.com", "Ada H.", null, "free", PAY, 1L));
        step("exists", () -> query(c, "select case when count(c1_0.id)>0 then true else false end from customers c1_0 where c1_0.email=?", "ada@example.com"));
        step("locked", () -> query(c, "select c1_0.id,c1_0.name from customers c1_0 where c1_0.email=? for no key update", "ada@example.com"));
        step("null or equal", () -> query(c, "select c1_0.id from customers c1_0 where (? is null or c1_0.email=?) and c1_0.id<5 order by c1_0.id", "ada@example.com", "ada@example.com"));
        step("sequence", () -> query(c, "select nextval('customers_id_seq') > 0"));
        step("meta data", () -> {
            List<Object> found = new ArrayList<>();
            ResultSet columns = c.getMetaData().getColumns(null, "public", "invoices", null);
            while (columns.next()) {
                found.add(List.of(columns.getString("COLUMN_NAME"), columns.getString("TYPE_NAME"), columns.getInt("NULLABLE")));
            }
            ResultSet keys = c.getMetaData().getPrimaryKeys(null, "public", "customers");
            keys.next();
            found.add(keys.getString("COLUMN_NAME"));
            return found;
        });
    }

    static void refusals(Connection c) {
        refused("LIKE", () -> query(c, "select c.id from customers c where c.email like ? escape '!'", "ada%"));
        refused("upper", () -> query(c, "select c.id from customers c where upper(c.email)=upper(?)", "a"));
        refused("ORDER BY", () -> query(c, "select c.id from customers c order by c.name limit 1"));
        refused("range", () -> query(c, "select c.id from customers c where c.birth_date between ? and ?", DAY, DAY));
        refused("equal, randomized", () -> query(c, "select c.id from customers c where c.name=?", "Ada"));
        refused("max", () -> query(c, "select max(c.salary) from customers c"));
        step("still connected", () -> query(c, LOG_IN, "cy@example.com"));
    }

    static void others(Connection c) throws SQLException {
        CopyManager copies = c.unwrap(PGConnection.class).getCopyAPI();
        step("copy in", () -> copies.copyIn("COPY customers (name, email, birth_date, salary) FROM STDIN (FORMAT csv)",
            new StringReader("C1,c1@example.com,1990-02-03,1.50\n\"C\"\"2\",c2@example.com,,\n")));
        step("copy out", () -> {
            StringWriter out = new StringWriter();
            copies.copyOut("COPY (SELECT id, name, email, birth_date, salary FROM customers ORDER BY id) TO STDOUT", out);
            return out.toString();
        });
        step("notifications", () -> {
            try (Connection other = connect("")) {
                c.createStatement().execute("LISTEN news");
                other.createStatement().execute("NOTIFY news, 'hello'");
                var heard = c.unwrap(PGConnection.class).getNotifications(5000);
                return heard == null ? "none" : heard[0].getName() + heard[0].getParameter();
            }
        });
        step("cancelled", () -> {
            try (Statement s = c.createStatement()) {
                var timer = Executors.newSingleThreadScheduledExecutor();
                timer.schedule(() -> { s.cancel(); return null; }, 300, TimeUnit.MILLISECONDS);
                try {
                    s.execute("SELECT pg_sleep(30)");
                    return "not cancelled";
                } catch (SQLException e) {
                    return e.getSQLState();
                } finally {
                    timer.shutdown();
                }
            }
        });
        step("timed out", () -> {
            try (Statement s = c.createStatement()) {
                s.setQueryTimeout(1);
                s.execute("SELECT pg_sleep(30)");
                return "not cancelled";
            }
        });
        step("still connected", () -> query(c, LOG_IN, "c1@example.com"));
        step("encrypted connection", () -> query(c, "SHOW server_version_num").size());
    }

    static Object json(String text) throws SQLException {
        PGobject value = new PGobject();
        value.setType("jsonb");
        value.setValue(text);
        return value;
    }

    static void bind(PreparedStatement s, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                s.setNull(i + 1, Types.NULL);
            } else if (values[i] instanceof Array array) {
                s.setArray(i + 1, array);
            } else {
                s.setObject(i + 1, values[i]);
            }
        }
    }

    static List<Object> keys(Connection c, String sql, Object... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql, new String[] {"id"})) {
            bind(s, values);
            s.executeUpdate();
            return rows(s.getGeneratedKeys());
        }
    }

    static List<Object> query(Connection c, String sql, Object... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            bind(s, values);
            return rows(s.executeQuery());
        }
    }

    static int update(Connection c, String sql, Object... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            bind(s, values);
            return s.executeUpdate();
        }
    }

    static Object inTransaction(Connection c, Callable<Object> action) throws Exception {
        c.setAutoCommit(false);
        try {
            Object found = action.call();
            c.commit();
            return found;
        } finally {
            c.rollback();
            c.setAutoCommit(true);
        }
    }

    static List<Object> rows(ResultSet found) throws SQLException {
        List<Object> all = new ArrayList<>();
        while (found.next()) {
            List<Object> row = new ArrayList<>();
            for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                row.add(found.getObject(i));
            }
            all.add(row);
        }
        return all;
    }

    static String attempt(Callable<Object> action) {
        try {
            return "{\"value\": " + quoted(shown(action.call())) + "}";
        } catch (SQLException e) {
            return "{\"error\": " + quoted(e.getClass().getSimpleName()) + ", \"state\": " + quoted(e.getSQLState()) + "}";
        } catch (Exception e) {
            e.printStackTrace();
            return "{\"error\": " + quoted(e.toString()) + ", \"state\": null}";
        }
    }

    static void step(String name, Callable<Object> action) {
        step(name, action, false);
    }

    static void refused(String name, Callable<Object> action) {
        step(name, action, true);
    }

    static void step(String name, Callable<Object> action, boolean refused) {
        System.out.println("{\"step\": " + quoted(prefix + name) + ", \"refused\": " + refused + ", \"outcome\": " + attempt(action) + "}");
        System.out.flush();
    }

    static String shown(Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(JdbcApp::shown).toList().toString();
        }
        // The time of a row's making differs from run to run.
        return value.getClass().getSimpleName() + ":" + (value instanceof java.sql.Timestamp ? "" : value);
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            if (letter < ' ' || letter == '"' || letter == '\\' || letter > '~') {
                out.append(String.format("\\u%04x", (int) letter));
            } else {
                out.append(letter);
            }
        }
        return out.append('"').toString();
    }
}
