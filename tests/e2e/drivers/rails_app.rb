# The small application on Ruby: the pg gem as it is, then ActiveRecord's models and bulk forms.

require "json"
require "pg"

$stdout.sync = true

def shown(value)
  case value
  when Array then value.map { |item| shown(item) }
  when Hash then value.to_h { |key, item| [key.to_s, shown(item)] }
  when BigDecimal then "BigDecimal:#{value.to_s('F')}"
  when String then value.encoding == Encoding::BINARY ? "binary:#{value.unpack1('H*')}" : "String:#{value}"
  else "#{value.class}:#{value}"
  end
end

def state_of(error)
  while error
    return error.result.error_field(PG::Result::PG_DIAG_SQLSTATE) if error.is_a?(PG::Error) && error.respond_to?(:result) && error.result

    error = error.cause
  end
end

def step(name, refused: false)
  outcome =
    begin
      { value: shown(yield) }
    rescue StandardError => error
      warn error.full_message unless state_of(error) || defined?(ActiveRecord::RecordNotFound) && error.is_a?(ActiveRecord::RecordNotFound)
      { error: error.class.name, state: state_of(error) }
    end
  puts JSON.generate(step: "#{$prefix}#{name}", refused: refused, outcome: outcome)
end

def refused(name, &action) = step(name, refused: true, &action)

MAILS = %w[ada@example.com n1@example.com].freeze
SIGN_UP = "INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES ($1, $2, $3, $4, $5, $6)"
ADA = ["Ada Ü", "ada@example.com", "1", "1990-02-03", "1234.50", '{"a": [1]}'].freeze

def on_pg
  $prefix = "pg: "
  # libpq reads the PG… variables, TLS included.
  c = PG.connect
  rows = ->(sql, values = [], format = 0) { c.exec_params(sql, values, format).to_a }
  step("sign-up") { rows.("#{SIGN_UP} RETURNING id, name, email, birth_date, salary, profile", ADA) }
  step("sign-up with nulls") { rows.("#{SIGN_UP} RETURNING id", ["Bob", "bob@example.com", nil, nil, nil, nil]) }
  step("sign-up twice") { rows.(SIGN_UP, ADA) }
  step("log in") { rows.("SELECT id, name, birth_date, salary, profile FROM customers WHERE email = $1", [MAILS[0]]) }
  step("log in, binary") { rows.("SELECT id, name, email, birth_date FROM customers WHERE email = $1", [{ value: MAILS[0], format: 1, type: 25 }], 1) }
  step("log in, varchar") { rows.("SELECT id FROM customers WHERE email = $1", [{ value: MAILS[0], type: 1043 }]) }
  step("prepared") do
    c.prepare("log-in", "SELECT id, name FROM customers WHERE email = $1")
    [MAILS[0], "no", "bob@example.com"].map { |mail| c.exec_prepared("log-in", [mail]).to_a }
  end
  step("described") do
    about = c.describe_prepared("log-in")
    [(0...about.nparams).map { |i| about.paramtype(i) }, (0...about.nfields).map { |i| [about.fname(i), about.ftype(i), about.fmod(i)] }]
  end
  step("typed") do
    found = c.exec("SELECT id, birth_date, salary, active FROM customers ORDER BY id")
    found.type_map = PG::BasicTypeMapForResults.new(c)
    found.to_a
  end
  step("single rows") do
    c.send_query("SELECT id, email FROM customers ORDER BY id")
    c.set_single_row_mode
    found = []
    while (result = c.get_result)
      result.stream_each { |row| found << row }
    end
    found
  end
  step("pipeline") do
    c.enter_pipeline_mode
    MAILS.each { |mail| c.send_query_params("SELECT name FROM customers WHERE email = $1", [mail]) }
    c.pipeline_sync
    # Between two statements' results there is a nil.
    results = 8.times.map { c.get_result }.compact
    found = results.map { |result| [result.result_status, result.to_a] }
    c.exit_pipeline_mode
    found
  end
  step("copy in") do
    c.copy_data("COPY customers (name, email, birth_date) FROM STDIN") { c.put_copy_data("K1\tk1@example.com\t2001-02-03\nK2\tk2@example.com\t\\N\n") }.cmd_tuples
  end
  step("copy out") do
    found = []
    c.copy_data("COPY (SELECT id, name, email FROM customers ORDER BY id) TO STDOUT (FORMAT csv)") { while (line = c.get_copy_data) do found << line end }
    found
  end
  step("transaction") do
    c.transaction do
      c.exec_params("UPDATE customers SET name = $1 WHERE email = $2", ["gone", MAILS[0]])
      raise "no"
    end
  rescue RuntimeError
    rows.("SELECT name FROM customers WHERE email = $1", [MAILS[0]])
  end
  step("notifications") do
    c.exec("LISTEN news")
    c.exec("NOTIFY news, 'hello'")
    heard = nil
    c.wait_for_notify(5) { |channel, _, payload| heard = [channel, payload] }
    heard
  end
  step("cancelled") do
    c.send_query("SELECT pg_sleep(30)")
    sleep(0.3)
    c.cancel
    c.get_last_result
  end
  refused("LIKE") { rows.("SELECT id FROM customers WHERE email LIKE $1", ["a%"]) }
  step("still connected") { rows.("SELECT id FROM customers WHERE email = $1", [MAILS[0]]) }
  c.exec("TRUNCATE customers, invoices RESTART IDENTITY")
  c.close
end

on_pg

begin
  require "active_record"
rescue LoadError
  warn "ActiveRecord is left out: it is not installed"
  exit
end

class Customer < ActiveRecord::Base
  has_many :invoices
  # Stored as text; said once, as for any column that is not of its stored type.
  attribute :birth_date, :date
  attribute :salary, :decimal, precision: 10, scale: 2
  validates :email, uniqueness: true, on: :careful
end

class Invoice < ActiveRecord::Base
  belongs_to :customer
end

def seen(record) = record && record.attributes.except("created_at")

def all_seen(records) = records.map { |record| seen(record) }

def on_active_record(settings)
  ActiveRecord::Base.establish_connection(settings)
  people = Customer
  ActiveRecord::Base.connection.execute("TRUNCATE customers, invoices RESTART IDENTITY")
  step("sign-up") { seen(people.create!(name: "Ada Ü", email: MAILS[0], phone: "1", birth_date: "1990-02-03", salary: "1234.50", profile: { a: [1, nil] })) }
  step("sign-up, as stored") { seen(people.find_by(email: MAILS[0])) }
  step("sign-up twice") { people.create!(name: "x", email: MAILS[0]) }
  step("sign-up, validated") { people.new(name: "x", email: MAILS[0]).valid?(:careful) }
  step("sign-ups") { (0...20).map { |i| people.create!(name: "n#{i}", email: "n#{i}@example.com", salary: i).id } }
  step("find") { seen(people.find(1)) }
  step("log in, unknown") { people.find_by(email: "no") }
  step("log in, must") { people.find_by!(email: "no") }
  step("where in") { people.where(email: MAILS).order(:id).pluck(:id, :name, :email, :birth_date, :salary) }
  step("where not") { people.where.not(email: MAILS[0]).count }
  step("where in or null") { people.where(email: [MAILS[0], nil]).count }
  step("where, bound") { people.where("email = ? OR email IN (:mails)".sub("?", ":one"), one: MAILS[0], mails: MAILS).count }
  step("or") { people.where(email: MAILS[0]).or(people.where(id: 3)).order(:id).pluck(:id) }
  step("exists") { [people.exists?(email: MAILS[0]), people.exists?(email: "no")] }
  step("change") do
    ada = people.find_by(email: MAILS[0])
    ada.update!(phone: "2", salary: nil, profile: { "b" => 1 }, birth_date: Date.new(1991, 1, 1))
    seen(ada.reload)
  end
  step("update all") { people.where(email: MAILS[1]).update_all(phone: "3", name: "U") }
  step("insert all") { people.insert_all([{ name: "I", email: "i@example.com" }, { name: "x", email: MAILS[0] }], unique_by: :email).to_a.length }
  step("insert all, returning") { people.insert_all!([{ name: "J", email: "j@example.com", birth_date: Date.new(2000, 1, 2), profile: { j: 1 } }], returning: %w[id name email]).to_a }
  step("upsert all") { people.upsert_all([{ name: "V", email: MAILS[1] }, { name: "W", email: "w@example.com" }], unique_by: :email).to_a.length }
  step("after the upsert") { people.where(email: [MAILS[1], "w@example.com"]).order(:id).pluck(:name, :email) }
  step("find or create") { 2.times.map { people.find_or_create_by!(email: "f@example.com") { |c| c.name = "F" }.name } }
  step("bills") { people.find_by(email: MAILS[0]).invoices.create!([{ email: MAILS[0], amount: 5, note: "n" }, { email: MAILS[0], amount: 6 }]).map(&:id) }
  step("includes") { people.includes(:invoices).where(email: MAILS).order(:id).map { |c| [c.email, c.invoices.map(&:note)] } }
  step("eager load") { people.eager_load(:invoices).where(email: MAILS[0]).order("invoices.id").map { |c| [c.email, c.invoices.map(&:note)] } }
  step("joins") { Invoice.joins(:customer).where(customers: { email: MAILS[0] }).order(:id).pluck(:id, :note, "customers.name") }
  step("merge") { Invoice.joins(:customer).merge(people.where(email: MAILS[0])).count }
  step("subquery") { Invoice.where(customer_id: people.where(email: MAILS[0]).select(:id)).count }
  step("group") { Invoice.group(:email).count }
  step("distinct") { Invoice.distinct.pluck(:email) }
  step("page") { all_seen(people.order(:id).limit(3).offset(1)) }
  step("page with its bills") { people.includes(:invoices).references(:invoices).order(:id).limit(2).map(&:email) }
  step("first and last") { [people.first.email, people.last.email] }
  step("batches") { people.find_each(batch_size: 7).map(&:email) }
  step("pick") { people.where(email: MAILS[0]).pick(:name, :salary) }
  step("locked") { people.transaction { people.lock.find_by(email: MAILS[0]).name } }
  step("transaction") do
    people.transaction do
      people.where(email: MAILS[0]).update_all(name: "gone")
      people.transaction(requires_new: true) { people.create!(name: "x", email: MAILS[0]) rescue raise(ActiveRecord::Rollback) }
      raise ActiveRecord::Rollback
    end
    people.find_by(email: MAILS[0]).name
  end
  step("delete") { people.where(email: "n5@example.com").delete_all }
  step("destroy") { people.find_by(email: "n6@example.com").destroy.destroyed? }
  step("migration") do
    schema = ActiveRecord::Migration.new
    schema.verbose = false
    schema.add_column(:customers, :visits, :integer)
    found = people.connection.columns(:customers).map(&:name).include?("visits")
    schema.remove_column(:customers, :visits)
    people.reset_column_information
    found
  end
  # As Devise writes it: constants for what is not given, on the very columns that are tagged.
  step("migration with defaults") do
    schema = ActiveRecord::Migration.new
    schema.verbose = false
    schema.create_table(:members, force: true) do |t|
      t.string :email, null: false, default: ""
      t.string :encrypted_password, null: false, default: ""
      t.integer :sign_in_count, null: false, default: 0
      t.index :email, unique: true
    end
    schema.add_column(:members, :nick, :string, limit: 30, null: false, default: "no 'nick' yet")
    members = Class.new(ActiveRecord::Base) { self.table_name = "members" }
    told = members.columns.map { |column| [column.name, column.default] }
    fresh = members.new
    first = members.create!(sign_in_count: 1).reload
    members.connection.execute("INSERT INTO members (email) VALUES ('m@example.com')")
    second = members.find_by(email: "m@example.com")
    [told, fresh.email, fresh.nick, first.email, first.nick, second.encrypted_password, second.nick,
     members.where(email: "").count]
  end
  step("schema") { people.connection.columns("invoices").map { |c| [c.name, c.type, c.null] } }
  refused("LIKE") { people.where("email LIKE ?", "a%").to_a }
  refused("ILIKE") { people.where(people.arel_table[:name].matches("a%")).to_a }
  refused("ORDER BY") { people.order(:email).to_a }
  refused("case insensitive") { people.where("LOWER(email) = LOWER(?)", "A").to_a }
  refused("maximum") { people.maximum(:salary) }
  step("still connected") { people.find_by(email: "n7@example.com").name }
end

settings = { adapter: "postgresql", host: ENV["PGHOST"], port: ENV["PGPORT"].to_i, username: ENV["PGUSER"], password: ENV["PGPASSWORD"],
             database: ENV["PGDATABASE"], sslmode: ENV["PGSSLMODE"], sslrootcert: ENV["PGSSLROOTCERT"] }
[true, false].each do |prepared|
  $prefix = prepared ? "ActiveRecord: " : "ActiveRecord, unprepared: "
  on_active_record(settings.merge(prepared_statements: prepared))
end
