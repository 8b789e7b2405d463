// The small application on C++'s libpqxx: parameters, prepared statements, streams (COPY), pipelines, cursors,
// subtransactions, notifications.

#include <iostream>
#include <optional>
#include <pqxx/pqxx>
#include <sstream>
#include <vector>

static std::string quoted(const std::string &text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') { out += "\\n"; continue; }
    if (c == '\t') { out += "\\t"; continue; }
    out += c;
  }
  return out + "\"";
}

static std::string shown(const pqxx::result &rows) {
  std::ostringstream out;
  out << "[" << rows.affected_rows();
  for (pqxx::row::size_type c = 0; c < rows.columns(); ++c)
    out << ", " << quoted(rows.column_name(c)) << ", " << rows.column_type(c);
  for (const auto &row : rows)
    for (const auto &field : row) out << ", " << (field.is_null() ? "null" : quoted(field.c_str()));
  return out.str() + "]";
}

template <typename Action> static void step(const std::string &name, Action action, bool refused = false) {
  std::string outcome;
  try {
    outcome = "{\"value\": " + action() + "}";
  } catch (const pqxx::sql_error &error) {
    outcome = "{\"error\": " + quoted(typeid(error).name()) + ", \"state\": " + quoted(error.sqlstate()) + "}";
  } catch (const std::exception &error) {
    outcome = "{\"error\": " + quoted(error.what()) + ", \"state\": null}";
    std::cerr << error.what() << std::endl;
  }
  std::cout << "{\"step\": " << quoted(name) << ", \"refused\": " << (refused ? "true" : "false")
            << ", \"outcome\": " << outcome << "}" << std::endl;
}

// A statement in a transaction of its own.
template <typename... Values> static std::string alone(pqxx::connection &c, const std::string &sql, Values... values) {
  pqxx::work work{c};
  auto rows = work.exec_params(sql, values...);
  work.commit();
  return shown(rows);
}

static std::string plainly(pqxx::connection &c, const std::string &sql) {
  pqxx::work work{c};
  auto rows = work.exec(sql);
  work.commit();
  return shown(rows);
}

struct Heard : pqxx::notification_receiver {
  std::string what;
  explicit Heard(pqxx::connection &c) : notification_receiver(c, "news") {}
  void operator()(const std::string &payload, int) override { what = payload; }
};

static const std::string SIGN_UP = "INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES ($1, $2, $3, $4, $5, $6) "
                                   "RETURNING id, name, email, phone, birth_date, salary, profile";
static const std::string LOG_IN = "SELECT id, name, email, phone, birth_date, salary, profile, active FROM customers WHERE email = $1";
static const std::string ADA = "ada@example.com", BOB = "bob@example.com";
static const std::optional<std::string> NONE;

static void people(pqxx::connection &c) {
  const std::string day = "1990-02-03", pay = "1234.50", profile = "{\"a\": [1, null]}", phone = "+49", name = "Ada \xc3\x9c";
  step("sign-up", [&] { return alone(c, SIGN_UP, name, ADA, phone, day, pay, profile); });
  step("sign-up with nulls", [&] { return alone(c, SIGN_UP, std::string("Bob"), BOB, NONE, NONE, NONE, NONE); });
  step("sign-up twice", [&] { return alone(c, SIGN_UP, name, ADA, NONE, NONE, NONE, NONE); });
  step("sign-up, too long", [&] { return alone(c, SIGN_UP, std::string(101, 'x'), std::string("l@x"), NONE, NONE, NONE, NONE); });
  step("log in", [&] { return alone(c, LOG_IN, ADA); });
  step("log in, quoted", [&] { return plainly(c, "SELECT id, name FROM customers WHERE email = " + c.quote(ADA)); });
  c.prepare("log_in", LOG_IN);
  step("log in, prepared", [&] {
    std::string all = "[";
    for (const auto &mail : {ADA, BOB, std::string("nobody")}) {
      pqxx::work work{c};
      all += (all.size() > 1 ? ", " : "") + shown(work.exec_prepared("log_in", mail));
    }
    return all + "]";
  });
  step("log in, any", [&] { return alone(c, "SELECT id FROM customers WHERE email = ANY($1::text[]) ORDER BY id", "{" + ADA + "," + BOB + "}"); });
  step("change", [&] { return alone(c, "UPDATE customers SET phone = $1, profile = $2 WHERE email = $3", NONE, std::string("{\"b\": null}"), ADA); });
  step("upsert", [&] { return alone(c, "INSERT INTO customers (name, email) VALUES ($1, $2) ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id, name", std::string("B2"), BOB); });
  step("bills", [&] { return alone(c, "INSERT INTO invoices (customer_id, email, amount, note) VALUES (1, $1, 5, $2), (1, $1, 6, $3) RETURNING id, email, note", ADA, std::string("first"), NONE); });
  step("bills joined", [&] { return plainly(c, "SELECT i.note, c.name FROM invoices i JOIN customers c ON c.email = i.email ORDER BY i.id"); });
  step("admin list", [&] { return plainly(c, "SELECT id, name, email, birth_date, salary FROM customers ORDER BY id LIMIT 5"); });
}

static void bulk(pqxx::connection &c) {
  step("copy in", [&] {
    pqxx::work work{c};
    pqxx::stream_to stream{work, "customers", std::vector<std::string>{"name", "email", "phone"}};
    for (int n = 0; n < 25; ++n)
      stream << std::make_tuple("S\t" + std::to_string(n), "s" + std::to_string(n) + "@example.com", n % 2 ? NONE : std::optional<std::string>{"\\N"});
    stream.complete();
    work.commit();
    return std::string("true");
  });
  step("copy out", [&] {
    pqxx::work work{c};
    pqxx::stream_from stream{work, "invoices", std::vector<std::string>{"email", "note"}};
    std::string all = "[\"\"", line;
    while (stream.get_raw_line(line)) all += ", " + quoted(line);
    stream.complete();
    return all + "]";
  });
  step("pipeline", [&] {
    pqxx::work work{c};
    pqxx::pipeline line{work};
    line.retain(10);
    for (int n = 0; n < 6; ++n) line.insert("SELECT name FROM customers WHERE email = 's" + std::to_string(n) + "@example.com'");
    std::string all = "[0";
    while (!line.empty()) all += ", " + shown(line.retrieve().second);
    return all + "]";
  });
  step("cursor", [&] {
    pqxx::work work{c};
    pqxx::stateless_cursor<pqxx::cursor_base::read_only, pqxx::cursor_base::owned> cursor{work, "SELECT id, email FROM customers ORDER BY id", "mine", false};
    return "[" + std::to_string(cursor.size()) + ", " + shown(cursor.retrieve(3, 6)) + "]";
  });
  step("cursor, by and by", [&] {
    pqxx::work work{c};
    pqxx::icursorstream stream{work, "SELECT name FROM customers ORDER BY id", "slow", 7};
    pqxx::result rows;
    std::string all = "[0";
    while (stream >> rows) all += ", " + shown(rows);
    return all + "]";
  });
  step("subtransaction", [&] {
    pqxx::work work{c};
    work.exec("UPDATE customers SET name = 'inside' WHERE email = 'ada@example.com'");
    std::string taken;
    pqxx::subtransaction inner{work, "inner"};
    try {
      inner.exec("INSERT INTO customers (name, email) VALUES ('x', 'ada@example.com')");
    } catch (const pqxx::unique_violation &) {
      taken = "\"taken\"";
    }
    inner.abort();
    auto name = shown(work.exec_params("SELECT name FROM customers WHERE email = $1", ADA));
    work.abort();
    return "[" + taken + ", " + name + ", " + alone(c, "SELECT name FROM customers WHERE email = $1", ADA) + "]";
  });
  step("notified", [&] {
    Heard heard{c};
    plainly(c, "NOTIFY news, 'told'");
    c.await_notification(10, 0);
    return quoted(heard.what);
  });
  step("delete", [&] { return alone(c, "DELETE FROM customers WHERE email = $1 RETURNING email", BOB); });
}

int main() {
  pqxx::connection c;
  people(c);
  bulk(c);
  step("LIKE", [&] { return alone(c, "SELECT id FROM customers WHERE email LIKE $1", std::string("a%")); }, true);
  step("ORDER BY", [&] { return plainly(c, "SELECT id FROM customers ORDER BY name"); }, true);
  step("lower", [&] { return alone(c, "SELECT id FROM customers WHERE lower(email) = $1", ADA); }, true);
  step("max", [&] { return plainly(c, "SELECT max(salary) FROM customers"); }, true);
  step("still connected", [&] { return alone(c, LOG_IN, ADA); });
}
