#!/usr/bin/perl
# The small application on Perl's DBIx::Class: result classes, relationships, prefetching, find_or_create, populate,
# transactions and savepoints, cursors, and what its deployment tools read of the tables.

use strict;
use warnings;

package Ledger::Result::Customer;
use base 'DBIx::Class::Core';
__PACKAGE__->load_components('InflateColumn::DateTime');
__PACKAGE__->table('customers');
__PACKAGE__->add_columns(
    id         => { data_type => 'bigint', is_auto_increment => 1, sequence => 'customers_id_seq' },
    name       => { data_type => 'varchar', size => 100 },
    email      => { data_type => 'varchar', size => 254 },
    phone      => { data_type => 'text', is_nullable => 1 },
    birth_date => { data_type => 'date', is_nullable => 1 },
    salary     => { data_type => 'numeric', size => [10, 2], is_nullable => 1 },
    profile    => { data_type => 'jsonb', is_nullable => 1 },
    plan       => { data_type => 'text', default_value => 'free' },
);
__PACKAGE__->set_primary_key('id');
__PACKAGE__->add_unique_constraint(email => ['email']);
__PACKAGE__->has_many(invoices => 'Ledger::Result::Invoice', 'customer_id');

package Ledger::Result::Invoice;
use base 'DBIx::Class::Core';
__PACKAGE__->table('invoices');
__PACKAGE__->add_columns(
    id          => { data_type => 'bigint', is_auto_increment => 1, sequence => 'invoices_id_seq' },
    customer_id => { data_type => 'bigint' },
    email       => { data_type => 'varchar', size => 254 },
    amount      => { data_type => 'numeric', size => [10, 2] },
    note        => { data_type => 'text', is_nullable => 1 },
);
__PACKAGE__->set_primary_key('id');
__PACKAGE__->belongs_to(customer => 'Ledger::Result::Customer', 'customer_id');
__PACKAGE__->belongs_to(same_mail => 'Ledger::Result::Customer', { 'foreign.email' => 'self.email' });

package Ledger;
use base 'DBIx::Class::Schema';
__PACKAGE__->register_class(Customer => 'Ledger::Result::Customer');
__PACKAGE__->register_class(Invoice => 'Ledger::Result::Invoice');

package main;
use DBIx::Class::ResultClass::HashRefInflator;
use JSON::PP;

my $json = JSON::PP->new->canonical->allow_nonref->ascii->allow_blessed;
my $dsn = "dbi:Pg:dbname=$ENV{PGDATABASE};host=$ENV{PGHOST};port=$ENV{PGPORT};sslmode=verify-full;sslrootcert=$ENV{PGSSLROOTCERT}";
my ($schema, $prefix, @mine) = (undef, '', qw(id name email phone birth_date salary profile));

# DBIx::Class keeps the driver's message only; the state is the handle's last.
sub step {
    my ($name, $action, $refused) = @_;
    my $value = eval { $action->() };
    my $failed = $@;
    my $outcome = $failed ? { error => ref $failed, state => $DBI::state } : { value => $value };
    print $json->encode({ step => "$prefix$name", refused => $refused ? \1 : \0, outcome => $outcome }), "\n";
    print STDERR $failed if $failed && !$DBI::state;
}

sub refused { step($_[0], $_[1], 1) }
sub people { $schema->resultset('Customer') }
sub bills { $schema->resultset('Invoice') }
sub plain { [map { ref $_ ? { $_->get_inflated_columns, birth_date => $_->get_column('birth_date') } : $_ } @_] }
sub hashes($) { [$_[0]->search(undef, { result_class => 'DBIx::Class::ResultClass::HashRefInflator' })->all] }
sub ada { people()->find({ email => 'ada@example.com' }, { key => 'email' }) }

sub application {
    my %ada = (name => "Ada \x{dc}", email => 'ada@example.com', phone => '1', birth_date => '1990-02-03', salary => '1234.50', profile => '{"a": [1, null]}');
    step('sign-up', sub { my $one = people()->create({%ada}); $one->discard_changes; plain($one) });
    step('sign-ups', sub { people()->populate([map { { name => "n'$_", email => "n$_\@example.com", salary => $_ } } 1 .. 20]); people()->count });
    step('sign-ups, no rows back', sub { people()->populate([[qw(name email phone)], map { ["p$_", "p$_\@example.com", undef] } 1 .. 5]); people()->count });
    step('sign-up twice', sub { people()->create({%ada}) });
    step('sign-up, too long', sub { people()->create({ name => 'x' x 101, email => 'l@example.com' }) });
    step('log in', sub { plain(ada()) });
    step('log in, unknown', sub { people()->find({ email => 'nobody' }) });
    step('log in, search', sub { hashes(people()->search({ email => 'ada@example.com' }, { columns => \@mine })) });
    step('log in, in', sub { [people()->search({ email => { -in => ['ada@example.com', 'n3@example.com'] } }, { order_by => 'id' })->get_column('id')->all] });
    step('log in, or', sub { people()->search([{ email => 'ada@example.com' }, { email => 'n3@example.com', phone => undef }])->count });
    step('not', sub { people()->search({ email => { '!=' => 'ada@example.com' }, phone => { '!=' => undef } })->count });
    step('find or create', sub { [map { people()->find_or_create({ name => 'Bob', email => 'bob@example.com' }, { key => 'email' })->id } 1 .. 2] });
    step('update or create', sub { plain(people()->update_or_create({ name => 'Bob B', email => 'bob@example.com', phone => '7' }, { key => 'email' })->discard_changes) });
    step('change', sub { my $one = ada(); $one->update({ phone => '2', salary => undef, profile => '{"b": null}' }); plain($one->discard_changes) });
    step('change of many', sub { people()->search({ email => ['n2@example.com', 'n3@example.com'] })->update({ name => 'N', salary => '5.50' }) });
    step('bills', sub { my $one = ada(); [map { $one->create_related(invoices => { email => $one->email, amount => $_, note => $_ % 2 ? "note $_" : undef })->id } 1 .. 4] });
    step('bills of one', sub { [map { [$_->email, $_->note] } ada()->invoices({}, { order_by => 'id' })] });
    step('bills joined', sub { [map { [$_->note, $_->customer->name] } bills()->search({ 'customer.email' => 'ada@example.com' }, { join => 'customer', prefetch => 'customer', order_by => 'me.id' })] });
    step('bills joined by address', sub { [map { [$_->id, $_->same_mail->name] } bills()->search({}, { prefetch => 'same_mail', order_by => 'me.id' })] });
    step('customer with bills', sub { [map { my $one = $_; [$one->email, map { $_->note } $one->invoices] } people()->search({ 'me.email' => 'ada@example.com' }, { prefetch => 'invoices', order_by => ['me.id', 'invoices.id'] })] });
    step('page with bills', sub { [map { my $one = $_; [$one->id, scalar $one->invoices->all] } people()->search({}, { prefetch => 'invoices', order_by => 'me.id', rows => 3, page => 1 })] });
    step('nested', sub { plain(people()->create({ name => 'Nest', email => 'nest@example.com', invoices => [{ email => 'nest@example.com', amount => 1, note => 'in' }] })->discard_changes) });
    step('group', sub { hashes(bills()->search({}, { select => ['email', { count => 'id', -as => 'n' }], as => ['email', 'n'], group_by => 'email', order_by => { -desc => \'count(id)' } })) });
    step('distinct', sub { bills()->search({}, { columns => ['email'], distinct => 1 })->count });
    step('subquery', sub { [people()->search({ email => { -in => bills()->search({ amount => { '>' => 2 } })->get_column('email')->as_query } }, { order_by => 'id' })->get_column('name')->all] });
    step('page', sub { my $page = people()->search({}, { order_by => 'id', rows => 4, page => 2 }); [plain($page->all), $page->pager->total_entries] });
    step('locked', sub { $schema->txn_do(sub { plain(people()->search({ email => 'ada@example.com' }, { for => 'update' })->all) }) });
    step('transaction', sub {
        $schema->txn_begin;
        ada()->update({ name => 'gone' });
        $schema->svp_begin('before');
        eval { people()->create({%ada}) };
        $schema->svp_rollback('before');
        my $inside = ada()->name;
        $schema->txn_rollback;
        [$inside, ada()->name];
    });
    step('export', sub { my @all; my $cursor = people()->search({}, { order_by => 'id', rows => 6 })->cursor; while (my @row = $cursor->next) { push @all, $row[2] } \@all });
    step('literal', sub { [people()->search(\['email = ?', 'ada@example.com'])->get_column('name')->all] });
    step('delete', sub { people()->find({ email => 'n5@example.com' })->delete; people()->search({ email => ['n6@example.com', 'n7@example.com'] })->delete_all; people()->count });
    refused('LIKE', sub { people()->search({ email => { -like => 'a%' } })->count });
    refused('ORDER BY', sub { [people()->search({}, { order_by => 'name' })->get_column('id')->all] });
    refused('lower', sub { people()->search(\['lower(email) = ?', 'a'])->count });
    refused('range', sub { people()->search({ birth_date => { -between => ['1990-01-01', '1991-01-01'] } })->count });
    refused('max', sub { people()->get_column('salary')->max });
    refused('equal, randomized', sub { people()->search({ name => 'a' })->count });
    step('still connected', sub { plain(ada()) });
}

for my $prepared (0, 1) {
    $prefix = $prepared ? 'prepared: ' : 'default: ';
    $schema = Ledger->connect($dsn, $ENV{PGUSER}, $ENV{PGPASSWORD},
        { AutoCommit => 1, PrintError => 0, PrintWarn => 0, pg_server_prepare => 1, pg_switch_prepared => $prepared ? 1 : 2, quote_names => $prepared });
    $schema->storage->dbh->do('TRUNCATE customers, invoices RESTART IDENTITY');
    application();
    $schema->storage->disconnect;
}
