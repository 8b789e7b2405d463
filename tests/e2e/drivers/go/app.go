// The small application in Go, on lib/pq and on pgx: database/sql, named statements, batches, COPY.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	_ "github.com/jackc/pgx/v4/stdlib"
	"github.com/lib/pq"
)

const (
	signUp = "INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"
	logIn  = "SELECT id, name, email, phone, birth_date, salary, profile, active FROM customers WHERE email = $1"
)

var prefix string

func stateOf(err error) any {
	var fromPq *pq.Error
	var fromPgx *pgconn.PgError
	switch {
	case errors.As(err, &fromPq):
		return string(fromPq.Code)
	case errors.As(err, &fromPgx):
		return fromPgx.Code
	}
	return nil
}

func tried(name string, refused bool, action func() (any, error)) {
	outcome := map[string]any{}
	if found, err := action(); err != nil {
		outcome["error"], outcome["state"] = fmt.Sprintf("%T", err), stateOf(err)
		if stateOf(err) == nil {
			outcome["error"] = err.Error()
		}
	} else {
		outcome["value"] = fmt.Sprintf("%v", found)
	}
	line, _ := json.Marshal(map[string]any{"step": prefix + name, "refused": refused, "outcome": outcome})
	fmt.Println(string(line))
}

func step(name string, action func() (any, error))    { tried(name, false, action) }
func refused(name string, action func() (any, error)) { tried(name, true, action) }

func shown(value any) string {
	switch value := value.(type) {
	case []byte:
		return "bytes:" + string(value)
	case time.Time:
		return "time:" + value.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprintf("%T:%v", value, value)
}

type asker interface {
	Query(string, ...any) (*sql.Rows, error)
}

func rows(db asker, text string, values ...any) (any, error) {
	found, err := db.Query(text, values...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	return scanned(found)
}

func scanned(found *sql.Rows) (any, error) {
	columns, _ := found.Columns()
	var all []string
	for found.Next() {
		cells := make([]any, len(columns))
		places := make([]any, len(columns))
		for i := range cells {
			places[i] = &cells[i]
		}
		if err := found.Scan(places...); err != nil {
			return nil, err
		}
		for _, cell := range cells {
			all = append(all, shown(cell))
		}
	}
	return all, found.Err()
}

func changed(result sql.Result, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return result.RowsAffected()
}

func application(db *sql.DB) {
	day := time.Date(1990, 2, 3, 0, 0, 0, 0, time.UTC)
	step("sign-up", func() (any, error) {
		return rows(db, signUp+", name, email, birth_date, salary, profile", "Ada Ü", "ada@example.com", "1", day, "1234.50", `{"a": [1]}`)
	})
	step("sign-up with nulls", func() (any, error) { return rows(db, signUp, "Bob", "bob@example.com", nil, nil, nil, nil) })
	step("sign-up, date as text", func() (any, error) { return rows(db, signUp, "Cy", "cy@example.com", nil, "2001-02-03", nil, nil) })
	step("sign-up twice", func() (any, error) { return rows(db, signUp, "x", "ada@example.com", nil, nil, nil, nil) })
	step("log in", func() (any, error) { return rows(db, logIn, "ada@example.com") })
	step("log in, scanned", func() (any, error) {
		var name string
		var born sql.NullTime
		var pay sql.NullFloat64
		err := db.QueryRow("SELECT name, birth_date, salary FROM customers WHERE email = $1", "ada@example.com").Scan(&name, &born, &pay)
		return fmt.Sprint(name, born.Time.Format("2006-01-02"), born.Valid, pay), err
	})
	step("log in, prepared", func() (any, error) {
		statement, err := db.Prepare("SELECT id, name, birth_date FROM customers WHERE email = $1")
		if err != nil {
			return nil, err
		}
		defer statement.Close()
		var all []any
		for _, mail := range []string{"ada@example.com", "no", "bob@example.com"} {
			found, err := statement.Query(mail)
			if err != nil {
				return nil, err
			}
			row, err := scanned(found)
			if err != nil {
				return nil, err
			}
			all = append(all, row)
		}
		return all, nil
	})
	step("log in, in", func() (any, error) {
		return rows(db, "SELECT id FROM customers WHERE email IN ($1, $2) ORDER BY id", "ada@example.com", "cy@example.com")
	})
	step("log in, any", func() (any, error) {
		return rows(db, "SELECT id, email FROM customers WHERE email = ANY($1) ORDER BY id", pq.Array([]string{"ada@example.com", `q"\`}))
	})
	step("column types", func() (any, error) {
		found, err := db.Query(logIn, "no")
		if err != nil {
			return nil, err
		}
		defer found.Close()
		types, err := found.ColumnTypes()
		var all []string
		for _, one := range types {
			length, _ := one.Length()
			precision, scale, _ := one.DecimalSize()
			all = append(all, fmt.Sprint(one.Name(), one.DatabaseTypeName(), one.ScanType(), length, precision, scale))
		}
		return all, err
	})
	step("change", func() (any, error) {
		return changed(db.Exec("UPDATE customers SET phone = $1, birth_date = $2, salary = NULL WHERE email = $3", "2", day, "bob@example.com"))
	})
	step("upsert", func() (any, error) {
		return rows(db, "INSERT INTO customers (name, email) VALUES ($1, $2) ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id, name", "U", "ada@example.com")
	})
	step("bills", func() (any, error) {
		return changed(db.Exec("INSERT INTO invoices (customer_id, email, amount, note) VALUES (1, $1, 5, $2), (1, $1, 6, NULL)", "ada@example.com", "n"))
	})
	step("bill with its customer", func() (any, error) {
		return rows(db, "SELECT i.id, i.note, c.name FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE c.email = $1 ORDER BY i.id", "ada@example.com")
	})
	step("page", func() (any, error) {
		return rows(db, "SELECT id, name, email FROM customers ORDER BY id LIMIT $1 OFFSET $2", 2, 1)
	})
	step("transaction", func() (any, error) {
		tx, err := db.Begin()
		if err != nil {
			return nil, err
		}
		if _, err = tx.Exec("UPDATE customers SET name = $1 WHERE email = $2", "gone", "bob@example.com"); err != nil {
			return nil, err
		}
		_, twin := tx.Exec(strings.TrimSuffix(signUp, " RETURNING id"), "x", "ada@example.com", nil, nil, nil, nil)
		_, aborted := tx.Exec("SELECT 1")
		tx.Rollback()
		after, err := rows(db, "SELECT name FROM customers WHERE email = $1", "bob@example.com")
		return []any{stateOf(twin), stateOf(aborted), after}, err
	})
	step("cancelled", func() (any, error) {
		limited, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		_, err := db.ExecContext(limited, "SELECT pg_sleep(30)")
		return err != nil, nil
	})
	refused("LIKE", func() (any, error) { return rows(db, "SELECT id FROM customers WHERE email LIKE $1", "a%") })
	refused("ORDER BY", func() (any, error) { return rows(db, "SELECT id FROM customers ORDER BY name") })
	refused("max", func() (any, error) { return rows(db, "SELECT max(birth_date) FROM customers") })
	step("still connected", func() (any, error) { return rows(db, logIn, "ada@example.com") })
}

// COPY FROM STDIN as lib/pq does it.
func copied(db *sql.DB) {
	step("copy in", func() (any, error) {
		tx, err := db.Begin()
		if err != nil {
			return nil, err
		}
		statement, err := tx.Prepare(pq.CopyIn("customers", "name", "email", "birth_date"))
		if err != nil {
			return nil, err
		}
		for i := 0; i < 5; i++ {
			if _, err = statement.Exec(fmt.Sprintf("K\t%d", i), fmt.Sprintf("k%d@example.com", i), nil); err != nil {
				return nil, err
			}
		}
		if _, err = statement.Exec(); err != nil {
			return nil, err
		}
		statement.Close()
		if err = tx.Commit(); err != nil {
			return nil, err
		}
		return rows(db, "SELECT name, email FROM customers WHERE email IN ('k1@example.com', 'k4@example.com') ORDER BY id")
	})
	step("listen", func() (any, error) {
		listener := pq.NewListener(parameters(), time.Second, time.Second, nil)
		defer listener.Close()
		if err := listener.Listen("news"); err != nil {
			return nil, err
		}
		if _, err := db.Exec("NOTIFY news, 'hello'"); err != nil {
			return nil, err
		}
		select {
		case heard := <-listener.Notify:
			return heard.Channel + heard.Extra, nil
		case <-time.After(5 * time.Second):
			return "nothing", nil
		}
	})
}

// pgx's own interface: binary everywhere, batches that travel as one pipeline, binary COPY.
func ownPgx() {
	ctx := context.Background()
	connection, err := pgx.Connect(ctx, parameters())
	if err != nil {
		panic(err)
	}
	defer connection.Close(ctx)
	all := func(found pgx.Rows, err error) (any, error) {
		if err != nil {
			return nil, err
		}
		defer found.Close()
		var seen []string
		for found.Next() {
			values, err := found.Values()
			if err != nil {
				return nil, err
			}
			for _, value := range values {
				seen = append(seen, shown(value))
			}
		}
		return seen, found.Err()
	}
	step("batch", func() (any, error) {
		batch := &pgx.Batch{}
		for i := 0; i < 20; i++ {
			batch.Queue("INSERT INTO customers (name, email, birth_date, salary, profile) VALUES ($1, $2, $3, $4, $5)",
				fmt.Sprint("n", i), fmt.Sprintf("n%d@example.com", i), time.Date(1990, 1, 1+i, 0, 0, 0, 0, time.UTC), fmt.Sprint(i, ".25"), map[string]any{"i": i})
		}
		batch.Queue("SELECT name, email, birth_date FROM customers WHERE email = $1", "n3@example.com")
		results := connection.SendBatch(ctx, batch)
		defer results.Close()
		for i := 0; i < 20; i++ {
			if _, err := results.Exec(); err != nil {
				return nil, err
			}
		}
		return all(results.Query())
	})
	step("batch with a twin", func() (any, error) {
		batch := &pgx.Batch{}
		batch.Queue("INSERT INTO customers (name, email) VALUES ($1, $2)", "a", "batch@example.com")
		batch.Queue("INSERT INTO customers (name, email) VALUES ($1, $2)", "a", "n1@example.com")
		results := connection.SendBatch(ctx, batch)
		_, first := results.Exec()
		_, second := results.Exec()
		results.Close()
		after, err := all(connection.Query(ctx, "SELECT count(*) FROM customers WHERE email = $1", "batch@example.com"))
		return []any{first, stateOf(second), after}, err
	})
	step("log in", func() (any, error) {
		return all(connection.Query(ctx, "SELECT id, name, email, birth_date, profile FROM customers WHERE email = $1", "n3@example.com"))
	})
	step("log in, simple protocol", func() (any, error) {
		return all(connection.Query(ctx, "SELECT id, name, email FROM customers WHERE email = $1", pgx.QuerySimpleProtocol(true), "n3@example.com"))
	})
	step("log in, any", func() (any, error) {
		return all(connection.Query(ctx, "SELECT id FROM customers WHERE email = ANY($1) ORDER BY id", []string{"n3@example.com", "n4@example.com"}))
	})
	step("copy from", func() (any, error) {
		source := pgx.CopyFromRows([][]any{{"C0", "c0@example.com", time.Date(2001, 2, 3, 0, 0, 0, 0, time.UTC)}, {"C1", "c1@example.com", nil}})
		n, err := connection.CopyFrom(ctx, pgx.Identifier{"customers"}, []string{"name", "email", "birth_date"}, source)
		if err != nil {
			return nil, err
		}
		found, err := all(connection.Query(ctx, "SELECT name, email, birth_date FROM customers WHERE email = $1", "c0@example.com"))
		return []any{n, found}, err
	})
	step("notifications", func() (any, error) {
		connection.Exec(ctx, "LISTEN news")
		connection.Exec(ctx, "NOTIFY news, 'hello'")
		limited, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		heard, err := connection.WaitForNotification(limited)
		if err != nil {
			return nil, err
		}
		return heard.Channel + heard.Payload, nil
	})
	refused("batch with LIKE", func() (any, error) {
		batch := &pgx.Batch{}
		batch.Queue("SELECT name FROM customers WHERE email = $1", "n3@example.com")
		batch.Queue("SELECT name FROM customers WHERE email LIKE $1", "n3%")
		results := connection.SendBatch(ctx, batch)
		defer results.Close()
		first, err := all(results.Query())
		if err != nil {
			return nil, err
		}
		_, err = all(results.Query())
		return first, err
	})
	step("still connected", func() (any, error) {
		return all(connection.Query(ctx, "SELECT name FROM customers WHERE email = $1", "n3@example.com"))
	})
}

func parameters() string {
	return fmt.Sprintf("host=%s port=%s user=%s password=%s dbname=%s sslmode=verify-full sslrootcert=%s", os.Getenv("PGHOST"), os.Getenv("PGPORT"),
		os.Getenv("PGUSER"), os.Getenv("PGPASSWORD"), os.Getenv("PGDATABASE"), os.Getenv("PGSSLROOTCERT"))
}

func main() {
	for _, driver := range []string{"postgres", "pgx"} {
		prefix = driver + ": "
		for _, more := range []string{"", " binary_parameters=yes"} {
			if more != "" {
				if driver != "postgres" {
					continue
				}
				prefix = "postgres, binary: "
			}
			db, err := sql.Open(driver, parameters()+more)
			if err != nil {
				panic(err)
			}
			if _, err := db.Exec("TRUNCATE customers, invoices RESTART IDENTITY"); err != nil {
				panic(err)
			}
			application(db)
			if driver == "postgres" {
				copied(db)
			}
			db.Close()
		}
	}
	prefix = "pgx, its own interface: "
	ownPgx()
}
