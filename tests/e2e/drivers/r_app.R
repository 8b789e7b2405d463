# The small application in R, by DBI with RPostgreSQL: data frames written and read, fetches in parts, prepared values.

suppressPackageStartupMessages({ library(DBI); library(RPostgreSQL); library(jsonlite) })

connection <- dbConnect(PostgreSQL(), dbname = Sys.getenv("PGDATABASE"), host = Sys.getenv("PGHOST"), port = as.integer(Sys.getenv("PGPORT")),
                        user = Sys.getenv("PGUSER"), password = Sys.getenv("PGPASSWORD"))

# RPostgreSQL gives the server's message and no state: what stands in it tells them apart.
state <- function(message) {
  if (grepl("duplicate key", message)) "23505" else if (grepl("value too long", message)) "22001" else if (grepl("protected column", message)) "0A000" else NULL
}
step <- function(name, action, refused = FALSE) {
  outcome <- tryCatch(list(value = action()), error = function(error) list(error = "R", state = state(paste(conditionMessage(error), dbGetException(connection)$errorMsg))))
  # What an error left open would be in the next one's way.
  for (found in dbListResults(connection)) dbClearResult(found)
  cat(toJSON(list(step = name, refused = refused, outcome = outcome), auto_unbox = TRUE, null = "null", na = "null", digits = NA), "\n", sep = "")
}
refused <- function(name, text) step(name, function() dbGetQuery(connection, text), TRUE)
ask <- function(text, ...) {
  found <- dbGetQuery(connection, text, ...)
  list(types = lapply(found, function(column) class(column)[1]), rows = found)
}
# RPostgreSQL only warns when the server refuses.
options(warn = 2)

people <- data.frame(name = paste0("R'", 1:20), email = paste0("r", 1:20, "@example.com"), phone = rep(c("1\t2", NA), 10), stringsAsFactors = FALSE)
sign_up <- "INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES ('Ada \u00dc', 'ada@example.com', '+49', '1990-02-03', 1234.50, '{\"a\": [1, null]}')"
log_in <- "SELECT id, name, email, phone, birth_date, salary, profile::text AS profile, active FROM customers WHERE email = $1"

step("sign-up", function() ask(paste(sign_up, "RETURNING id, name, email")))
step("sign-up twice", function() dbSendQuery(connection, sign_up))
step("sign-up, too long", function() dbSendQuery(connection, paste0("INSERT INTO customers (name, email) VALUES ('x', '", strrep("x", 255), "')")))
step("a data frame", function() dbWriteTable(connection, "customers", people, append = TRUE, row.names = FALSE))
step("log in", function() ask(log_in, params = list("ada@example.com")))
step("log in, prepared", function() lapply(c("r1@example.com", "nobody"), function(mail) { found <- postgresqlExecStatement(connection, log_in, params = list(mail)); rows <- fetch(found, -1); dbClearResult(found); rows }))
step("log in, quoted", function() ask(paste0("SELECT id, name FROM customers WHERE email = '", postgresqlEscapeStrings(connection, "r3@example.com"), "'")))
step("log in, in", function() ask("SELECT id FROM customers WHERE email IN ('ada@example.com', 'r2@example.com') ORDER BY id"))
step("change", function() ask("UPDATE customers SET phone = '2', salary = NULL WHERE email = 'ada@example.com' RETURNING id, phone, salary"))
step("upsert", function() ask("INSERT INTO customers (name, email) VALUES ('U', 'ada@example.com') ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id, name"))
step("bills", function() ask("INSERT INTO invoices (customer_id, email, amount, note) VALUES (1, 'ada@example.com', 5, 'x'), (1, 'ada@example.com', 6, NULL) RETURNING id, note"))
step("bills joined", function() ask("SELECT i.note, c.name FROM invoices i JOIN customers c USING (email) ORDER BY i.id"))
step("table", function() { found <- dbReadTable(connection, "invoices"); found[order(found$id), ] })
step("by and by", function() { found <- dbSendQuery(connection, "SELECT id, email FROM customers ORDER BY id"); parts <- list(fetch(found, 3), fetch(found, 3), dbHasCompleted(found)); dbClearResult(found); parts })
step("columns", function() { found <- dbSendQuery(connection, "SELECT id, name, email, phone, salary, birth_date, active FROM customers LIMIT 1"); about <- dbColumnInfo(found); dbClearResult(found); about[, c("name", "type")] })
step("fields", function() dbListFields(connection, "invoices"))
step("exists", function() dbExistsTable(connection, "customers"))
step("group", function() ask("SELECT email, count(*) AS n, sum(amount) AS total FROM invoices GROUP BY email"))
step("transaction", function() {
  dbBegin(connection)
  dbGetQuery(connection, "UPDATE customers SET name = 'gone' WHERE email = 'ada@example.com'")
  inside <- dbGetQuery(connection, "SELECT name FROM customers WHERE email = 'ada@example.com'")
  dbRollback(connection)
  list(inside, dbGetQuery(connection, "SELECT name FROM customers WHERE email = 'ada@example.com'"))
})
step("delete", function() ask("DELETE FROM customers WHERE email = 'r5@example.com' RETURNING email"))
refused("LIKE", "SELECT id FROM customers WHERE email LIKE 'a%'")
refused("ORDER BY", "SELECT id FROM customers ORDER BY name")
refused("max", "SELECT max(salary) FROM customers")
step("still connected", function() ask(log_in, params = list("ada@example.com")))
invisible(dbDisconnect(connection))
