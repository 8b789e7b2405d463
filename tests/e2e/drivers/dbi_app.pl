#!/usr/bin/perl
# The small application on Perl's DBI with DBD::Pg: prepared on the server and not, COPY, asynchronous
# statements, notifications.

use strict;
use warnings;
use DBI;
use DBD::Pg ':async';
use JSON::PP;

my $json  = JSON::PP->new->canonical->allow_nonref->ascii;
my $prefix = '';
my ($db, $dsn, @ada);

sub step {
    my ($name, $action, $refused) = @_;
    my $value = eval { $action->() };
    my $outcome = $@ ? { error => 'DBI', state => $DBI::state } : { value => $value };
    print $json->encode({ step => "$prefix$name", refused => $refused ? \1 : \0, outcome => $outcome }), "\n";
}

sub refused { step($_[0], $_[1], 1) }

sub rows { my ($sql, @values) = @_; return $db->selectall_arrayref($sql, undef, @values) }

use constant SIGN_UP => 'INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES (?, ?, ?, ?, ?, ?)';
use constant LOG_IN => 'SELECT id, name, email, phone, birth_date, salary, profile, active, plan FROM customers WHERE email = ?';

sub application {
    $db->do('TRUNCATE customers, invoices RESTART IDENTITY');
    step('sign-up', sub { rows(SIGN_UP . ' RETURNING id, name, email, birth_date, salary, profile', @ada) });
    step('last id', sub { $db->last_insert_id(undef, undef, 'customers', undef) });
    step('sign-up with nulls', sub { $db->do(SIGN_UP, undef, 'Bob', 'bob@example.com', (undef) x 4) });
    step('sign-up twice', sub { $db->do(SIGN_UP, undef, @ada) });
    step('sign-up, too long', sub { $db->do(SIGN_UP, undef, 'x' x 101, 'l@example.com', (undef) x 4) });
    step('many', sub {
        my $statement = $db->prepare('INSERT INTO customers (name, email, salary) VALUES (?, ?, ?)');
        $statement->execute_array({}, [map { "n'$_\\" } 1 .. 30], [map { "n$_\@example.com" } 1 .. 30], [1 .. 30]);
    });
    step('log in', sub { rows(LOG_IN, 'ada@example.com') });
    step('log in again', sub { my $s = $db->prepare_cached(LOG_IN); [map { $s->execute('bob@example.com'); $s->fetchall_arrayref } 1 .. 3] });
    step('log in, dollars', sub { rows('SELECT id FROM customers WHERE email = $1 AND id > $2', 'ada@example.com', 0) });
    step('log in, names', sub {
        my $s = $db->prepare('SELECT id FROM customers WHERE email = :mail OR email = :other ORDER BY id');
        $s->bind_param(':mail', 'ada@example.com');
        $s->bind_param(':other', 'n3@example.com');
        $s->execute;
        $s->fetchall_arrayref;
    });
    step('log in, in', sub { rows('SELECT id, name FROM customers WHERE email IN (?, ?) ORDER BY id', 'ada@example.com', 'n3@example.com') });
    step('log in, any', sub { rows('SELECT id FROM customers WHERE email = ANY(?) ORDER BY id', ['ada@example.com', 'n3@example.com']) });
    step('log in, quoted', sub { rows('SELECT id FROM customers WHERE email = ' . $db->quote('ada@example.com')) });
    step('as a hash', sub { $db->selectrow_hashref('SELECT id, name, email FROM customers WHERE email = ?', undef, 'ada@example.com') });
    step('by id', sub { $db->selectall_hashref('SELECT id, name FROM customers WHERE id < 5', 'id') });
    step('types', sub {
        my $s = $db->prepare('SELECT id, name, email, salary, birth_date, profile, active FROM customers');
        $s->execute;
        [$s->{NAME}, $s->{pg_type}, $s->{PRECISION}, $s->{SCALE}];
    });
    step('change', sub { $db->do('UPDATE customers SET phone = ?, birth_date = ?, profile = ? WHERE email = ?', undef, '2', '1991-01-01', '{"b": null}', 'bob@example.com') });
    step('upsert', sub { rows('INSERT INTO customers (name, email) VALUES (?, ?) ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name RETURNING id, name', 'Ada U', 'ada@example.com') });
    step('bill', sub { rows('INSERT INTO invoices (customer_id, email, amount, note) VALUES (?, ?, ?, ?) RETURNING id, email, note', 1, 'ada@example.com', '9.99', 'first') });
    step('bill with its customer', sub { rows('SELECT i.id, i.note, c.name FROM invoices i JOIN customers c USING (email) WHERE c.email = ?', 'ada@example.com') });
    step('page', sub { rows('SELECT id, name, email, birth_date FROM customers ORDER BY id DESC LIMIT 3 OFFSET 2') });
    step('transaction', sub {
        $db->begin_work;
        $db->do('UPDATE customers SET name = ? WHERE email = ?', undef, 'gone', 'bob@example.com');
        $db->pg_savepoint('before');
        eval { $db->do(SIGN_UP, undef, @ada) };
        my $state = $db->state;
        $db->pg_rollback_to('before');
        my $inside = rows('SELECT name FROM customers WHERE email = ?', 'bob@example.com');
        $db->rollback;
        [$state, $inside, rows('SELECT name FROM customers WHERE email = ?', 'bob@example.com')];
    });
    step('cursor', sub {
        $db->begin_work;
        $db->do('DECLARE c CURSOR FOR SELECT id, email FROM customers ORDER BY id');
        my $first = rows('FETCH 3 FROM c');
        $db->commit;
        $first;
    });
    step('copy in', sub {
        $db->do('COPY customers (name, email) FROM STDIN');
        $db->pg_putcopydata("C$_\tc$_\@example.com\n") for 1 .. 3;
        $db->pg_putcopyend;
    });
    step('copy out', sub {
        my ($line, @lines) = ('');
        $db->do('COPY (SELECT name, email FROM customers WHERE id > 30 ORDER BY id) TO STDOUT');
        push @lines, $line while $db->pg_getcopydata($line) >= 0;
        \@lines;
    });
    step('without waiting', sub {
        my $s = $db->prepare('SELECT name FROM customers WHERE email = ?', { pg_async => PG_ASYNC });
        $s->execute('c2@example.com');
        $db->pg_result;
        $s->fetchall_arrayref;
    });
    step('cancelled', sub {
        my $host = DBI->connect($dsn, $ENV{PGUSER}, $ENV{PGPASSWORD}, { RaiseError => 1 });
        $db->do('SELECT pg_sleep(60)', { pg_async => PG_ASYNC });
        my $runs = "SELECT 1 FROM pg_stat_activity WHERE pid = $db->{pg_pid} AND state = 'active'";
        select(undef, undef, undef, 0.02) until $host->selectrow_array($runs);
        [$db->pg_cancel ? 1 : 0, rows('SELECT 1')];
    });
    step('notifications', sub { $db->do('LISTEN news'); $db->do("NOTIFY news, 'hello'"); my $heard = $db->pg_notifies; [$heard->[0], $heard->[2]] });
    step('columns', sub { [map { $_->{COLUMN_NAME} } @{ $db->column_info(undef, 'public', 'invoices', undef)->fetchall_arrayref({}) }] });
    refused('LIKE', sub { rows('SELECT id FROM customers WHERE email LIKE ?', 'a%') });
    refused('ORDER BY', sub { rows('SELECT id FROM customers ORDER BY email') });
    refused('lower', sub { rows('SELECT id FROM customers WHERE lower(email) = ?', 'a') });
    refused('max', sub { rows('SELECT max(salary) FROM customers') });
}

$dsn = "dbi:Pg:dbname=$ENV{PGDATABASE};host=$ENV{PGHOST};port=$ENV{PGPORT};sslmode=verify-full;sslrootcert=$ENV{PGSSLROOTCERT}";
@ada = ("Ada \x{dc}", 'ada@example.com', '+49', '1990-02-03', '1234.50', '{"a": [1, null]}');
for my $prepared (0, 1) {
    $prefix = $prepared ? 'prepared: ' : 'default: ';
    $db = DBI->connect($dsn, $ENV{PGUSER}, $ENV{PGPASSWORD},
        { RaiseError => 1, PrintError => 0, PrintWarn => 0, AutoCommit => 1, pg_server_prepare => 1, pg_switch_prepared => $prepared ? 1 : 2 });
    application();
    $db->disconnect;
}
