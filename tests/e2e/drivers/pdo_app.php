<?php
// The small application on PHP: PDO with prepared statements of the server and with its own
// placeholders, and the pgsql extension. PDO sends everything as text.

function shown($value) {
    if (is_array($value)) {
        return array_map('shown', $value);
    }
    return gettype($value) . ':' . (is_bool($value) ? ($value ? 'true' : 'false') : (is_resource($value) ? stream_get_contents($value) : $value));
}

function step($name, $action, $refused = false) {
    try {
        $outcome = ['value' => shown($action())];
    } catch (PDOException $error) {
        $outcome = ['error' => get_class($error), 'state' => (string) $error->getCode()];
    }
    echo json_encode(['step' => $GLOBALS['prefix'] . $name, 'refused' => $refused, 'outcome' => $outcome], JSON_THROW_ON_ERROR), "\n";
}

function refused($name, $action) {
    step($name, $action, true);
}

const SIGN_UP = 'INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES (?, ?, ?, ?, ?, ?)';
const LOG_IN = 'SELECT id, name, email, phone, birth_date, salary, profile, active, plan FROM customers WHERE email = ?';
const ADA = ['Ada Ü', 'ada@example.com', '+49', '1990-02-03', '1234.50', '{"a": [1, null]}'];

function connection($emulated) {
    $options = [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => $emulated, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC];
    $dsn = sprintf('pgsql:host=%s;port=%s;dbname=%s;sslmode=verify-full;sslrootcert=%s', getenv('PGHOST'), getenv('PGPORT'), getenv('PGDATABASE'), getenv('PGSSLROOTCERT'));
    return new PDO($dsn, getenv('PGUSER'), getenv('PGPASSWORD'), $options);
}

function application(PDO $db) {
    $run = function ($sql, $values = []) use ($db) {
        $statement = $db->prepare($sql);
        $statement->execute($values);
        return $statement->fetchAll();
    };
    $count = function ($sql, $values = []) use ($db) {
        $statement = $db->prepare($sql);
        $statement->execute($values);
        return $statement->rowCount();
    };
    $db->exec('TRUNCATE customers, invoices RESTART IDENTITY');
    step('sign-up', fn() => $run(SIGN_UP . ' RETURNING id, name, email, birth_date, salary, profile', ADA));
    step('last id', fn() => $db->lastInsertId('customers_id_seq'));
    step('sign-up with nulls', fn() => $run(SIGN_UP . ' RETURNING id', ['Bob', 'bob@example.com', null, null, null, null]));
    step('sign-up twice', fn() => $run(SIGN_UP, ADA));
    step('sign-up, too long', fn() => $run(SIGN_UP, [str_repeat('x', 101), 'l@example.com', null, null, null, null]));
    step('many', function () use ($db) {
        $statement = $db->prepare('INSERT INTO customers (name, email, salary) VALUES (:name, :email, :salary)');
        $done = 0;
        foreach (range(1, 30) as $i) {
            $statement->bindValue(':name', "n'$i\\");
            $statement->bindValue(':email', "n$i@example.com");
            $statement->bindValue(':salary', $i, PDO::PARAM_INT);
            $statement->execute();
            $done += $statement->rowCount();
        }
        return $done;
    });
    step('log in', fn() => $run(LOG_IN, ['ada@example.com']));
    step('log in, named twice', fn() => $run('SELECT id FROM customers WHERE email = :mail OR (email = :other AND id > 0)', ['mail' => 'ada@example.com', 'other' => 'no']));
    step('log in, in', fn() => $run('SELECT id, name FROM customers WHERE email IN (?, ?) ORDER BY id', ['ada@example.com', 'n3@example.com']));
    step('log in, any', fn() => $run('SELECT id FROM customers WHERE email = ANY(?) ORDER BY id', ['{ada@example.com,"n3@example.com",NULL}']));
    step('log in, quoted', fn() => $db->query('SELECT id FROM customers WHERE email = ' . $db->quote('ada@example.com'))->fetchAll());
    step('as objects', fn() => (array) $db->query("SELECT id, name, email FROM customers WHERE email = 'ada@example.com'")->fetchObject());
    step('column', fn() => $db->query('SELECT email FROM customers ORDER BY id LIMIT 3')->fetchAll(PDO::FETCH_COLUMN));
    step('types', function () use ($db) {
        $statement = $db->query('SELECT id, name, email, salary, profile, active FROM customers LIMIT 1');
        return array_map(fn($i) => [$statement->getColumnMeta($i)['name'], $statement->getColumnMeta($i)['native_type'], $statement->getColumnMeta($i)['len'], $statement->getColumnMeta($i)['precision']], range(0, 5));
    });
    step('change', fn() => $count('UPDATE customers SET phone = ?, birth_date = ?, profile = ? WHERE email = ?', ['2', '1991-01-01', '{"b": null}', 'bob@example.com']));
    step('upsert', fn() => $run('INSERT INTO customers (name, email) VALUES (?, ?) ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name RETURNING id, name', ['Ada U', 'ada@example.com']));
    step('bills', fn() => $run('INSERT INTO invoices (customer_id, email, amount, note) VALUES (?, ?, ?, ?) RETURNING id, email, note', [1, 'ada@example.com', '9.99', 'first']));
    step('bill with its customer', fn() => $run('SELECT i.id, i.note, c.name FROM invoices i INNER JOIN customers c ON c.id = i.customer_id WHERE c.email = ?', ['ada@example.com']));
    step('page', fn() => $run('SELECT id, name, email, birth_date FROM customers ORDER BY id DESC LIMIT 3 OFFSET 2'));
    step('count', fn() => $run('SELECT count(*) AS n FROM customers WHERE email <> ?', ['ada@example.com']));
    // Laravel's first(), exists(), chunk by id and insertOrIgnore.
    step('first', fn() => $run('select "id", "name" from "customers" where "email" = ? and "customers"."phone" is not null limit 1', ['bob@example.com']));
    step('exists', fn() => $run('select exists(select * from "customers" where "email" = ?) as "exists"', ['bob@example.com']));
    step('chunk by id', fn() => $run('select "id", "email" from "customers" where "id" > ? order by "id" asc limit 5', [4]));
    step('insert or ignore', fn() => $count('insert into "customers" ("email", "name") values (?, ?), (?, ?) on conflict do nothing', ['ada@example.com', 'x', 'fresh@example.com', 'F']));
    step('eager', fn() => $run('select "id", "note", "customer_id" from "invoices" where "invoices"."customer_id" in (1, 2, 3)'));
    step('transaction', function () use ($db, $run) {
        $db->beginTransaction();
        $run('UPDATE customers SET name = ? WHERE email = ?', ['gone', 'bob@example.com']);
        try {
            $run(SIGN_UP, ADA);
        } catch (PDOException $error) {
            $state = $error->getCode();
        }
        $db->rollBack();
        return [$state, $run('SELECT name FROM customers WHERE email = ?', ['bob@example.com'])];
    });
    step('copy from array', fn() => $db->pgsqlCopyFromArray('customers (name, email)', ["C1\tc1@example.com", "C2\tc2@example.com"]));
    step('copy to array', fn() => count($db->pgsqlCopyToArray('customers', "\t", '\\\\N', 'id, name, email')));
    step('copied', fn() => $run('SELECT name FROM customers WHERE email IN (?, ?) ORDER BY id', ['c1@example.com', 'c2@example.com']));
    step('notifications', function () use ($db) {
        $db->exec('LISTEN news');
        $db->exec("NOTIFY news, 'hello'");
        $heard = $db->pgsqlGetNotify(PDO::FETCH_ASSOC, 2000);
        return [$heard['message'], $heard['payload']];
    });
    refused('LIKE', fn() => $run('SELECT id FROM customers WHERE email LIKE ?', ['a%']));
    refused('ILIKE', fn() => $run('select * from "customers" where "email"::text ilike ?', ['a%']));
    refused('ORDER BY', fn() => $run('SELECT id FROM customers ORDER BY email'));
    refused('lower', fn() => $run('SELECT id FROM customers WHERE lower(email) = ?', ['a']));
    step('still connected', fn() => $run(LOG_IN, ['ada@example.com']));
}

// Cursors exist only where the server prepares.
function cursors(PDO $db) {
    step('cursor', function () use ($db) {
        $db->beginTransaction();
        $statement = $db->prepare('SELECT id, email FROM customers ORDER BY id', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
        $statement->execute();
        $found = [$statement->fetch(), $statement->fetch(PDO::FETCH_ASSOC, PDO::FETCH_ORI_LAST), $statement->fetch(PDO::FETCH_ASSOC, PDO::FETCH_ORI_ABS, 2)];
        $statement = null;
        $db->commit();
        return $found;
    });
}

// The older extension: parameters and prepared statements of libpq.
function pgsql() {
    $c = pg_connect(sprintf('host=%s port=%s dbname=%s user=%s password=%s sslmode=verify-full sslrootcert=%s', getenv('PGHOST'), getenv('PGPORT'), getenv('PGDATABASE'), getenv('PGUSER'), getenv('PGPASSWORD'), getenv('PGSSLROOTCERT')));
    step('parameters', fn() => pg_fetch_all(pg_query_params($c, 'SELECT id, name FROM customers WHERE email = $1', ['ada@example.com'])));
    step('prepared', function () use ($c) {
        pg_prepare($c, 'log-in', 'SELECT id, name, birth_date FROM customers WHERE email = $1');
        return array_map(fn($mail) => pg_fetch_all(pg_execute($c, 'log-in', [$mail])), ['ada@example.com', 'bob@example.com', 'no']);
    });
    step('insert', fn() => pg_insert($c, 'pages', ['title' => 'home', 'visits' => 3]) !== false);
    step('types', fn() => array_map(fn($i) => pg_field_type(pg_query($c, 'SELECT id, name, birth_date, salary FROM customers LIMIT 1'), $i), range(0, 3)));
    step('copy', fn() => count(pg_copy_to($c, 'pages')));
    step('asynchronous', function () use ($c) {
        pg_send_query_params($c, 'SELECT name FROM customers WHERE email = $1', ['bob@example.com']);
        return pg_fetch_all(pg_get_result($c));
    });
}

foreach ([false => 'prepared: ', true => 'emulated: '] as $emulated => $prefix) {
    $db = connection((bool) $emulated);
    application($db);
    if (!$emulated) {
        cursors($db);
    }
}
$prefix = 'pgsql: ';
pgsql();
