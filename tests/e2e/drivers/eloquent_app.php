<?php
// The small application on Laravel's Eloquent and on Doctrine (ORM and DBAL), as Debian has them.

spl_autoload_register(function ($class) {
    $file = '/usr/share/php/' . str_replace('\\', '/', $class) . '.php';
    if (is_file($file)) {
        require_once $file;
    }
});
foreach (['Illuminate/Database/autoload.php', 'Illuminate/Support/autoload.php', 'Doctrine/ORM/autoload.php'] as $file) {
    if (is_file("/usr/share/php/$file")) {
        require_once "/usr/share/php/$file";
    }
}

use Doctrine\DBAL\DriverManager;
use Doctrine\ORM\Configuration;
use Doctrine\ORM\EntityManager;
use Doctrine\ORM\Mapping as ORM;
use Doctrine\ORM\Mapping\Driver\AttributeDriver;
use Doctrine\ORM\Proxy\ProxyFactory;
use Illuminate\Database\Capsule\Manager as Capsule;
use Illuminate\Database\Eloquent\Model;

$prefix = '';

function shown($value) {
    if ($value instanceof DateTimeInterface) {
        return 'date:' . $value->format('Y-m-d');
    }
    if (is_object($value)) {
        $value = method_exists($value, 'toArray') ? $value->toArray() : get_object_vars($value);
    }
    return is_array($value) ? array_map('shown', $value) : gettype($value) . ':' . var_export($value, true);
}

function state($error) {
    for (; $error !== null; $error = $error->getPrevious()) {
        if ($error instanceof PDOException && isset($error->errorInfo[0])) {
            return (string) $error->errorInfo[0];
        }
    }
    return null;
}

function step($name, $action, $refused = false) {
    try {
        $outcome = ['value' => shown($action())];
    } catch (Exception $error) {
        $outcome = ['error' => get_class($error), 'state' => state($error)];
        if (state($error) === null) {
            fwrite(STDERR, $error . "\n");
        }
    }
    echo json_encode(['step' => $GLOBALS['prefix'] . $name, 'refused' => $refused, 'outcome' => $outcome], JSON_THROW_ON_ERROR), "\n";
}

function refused($name, $action) {
    step($name, $action, true);
}

class Customer extends Model {
    public $timestamps = false;
    protected $table = 'customers';
    protected $guarded = [];
    protected $casts = ['profile' => 'array', 'birth_date' => 'date:Y-m-d', 'active' => 'boolean'];
    public function invoices() {
        return $this->hasMany(Invoice::class, 'customer_id');
    }
}

class Invoice extends Model {
    public $timestamps = false;
    protected $table = 'invoices';
    protected $guarded = [];
    public function customer() {
        return $this->belongsTo(Customer::class, 'customer_id');
    }
}

function eloquent($emulated) {
    $capsule = new Capsule();
    $capsule->addConnection([
        'driver' => 'pgsql', 'host' => getenv('PGHOST'), 'port' => getenv('PGPORT'), 'database' => getenv('PGDATABASE'),
        'username' => getenv('PGUSER'), 'password' => getenv('PGPASSWORD'), 'charset' => 'utf8', 'schema' => 'public',
        'sslmode' => 'verify-full', 'sslrootcert' => getenv('PGSSLROOTCERT'), 'options' => [PDO::ATTR_EMULATE_PREPARES => $emulated],
    ]);
    $capsule->setAsGlobal();
    $capsule->bootEloquent();
    Capsule::statement('TRUNCATE customers, invoices RESTART IDENTITY');
    $ada = ['name' => 'Ada Ü', 'email' => 'ada@example.com', 'phone' => '+49', 'birth_date' => '1990-02-03', 'salary' => '1234.50', 'profile' => ['a' => [1, null]]];
    step('create', fn() => Customer::create($ada));
    step('create, nulls', fn() => Customer::create(['name' => 'Bob', 'email' => 'bob@example.com']));
    step('create twice', fn() => Customer::create($ada));
    step('find', fn() => Customer::find(1)->makeHidden('created_at'));
    step('where', fn() => Customer::where('email', 'ada@example.com')->first()->makeHidden('created_at'));
    step('whereIn', fn() => Customer::whereIn('email', ['ada@example.com', 'bob@example.com'])->orderBy('id')->pluck('name', 'id'));
    step('exists', fn() => [Customer::where('email', 'bob@example.com')->exists(), Customer::where('email', 'no')->exists()]);
    step('count', fn() => Customer::where('email', '<>', 'ada@example.com')->whereNotNull('name')->count());
    step('insert many', fn() => Customer::insert(array_map(fn($i) => ['name' => "n'$i\\", 'email' => "n$i@example.com"], range(1, 30))));
    step('insertOrIgnore', fn() => Customer::insertOrIgnore([['name' => 'x', 'email' => 'ada@example.com'], ['name' => 'F', 'email' => 'fresh@example.com']]));
    step('upsert', fn() => Customer::upsert([['name' => 'Bobby', 'email' => 'bob@example.com']], ['email'], ['name']));
    step('updateOrCreate', fn() => Customer::updateOrCreate(['email' => 'bob@example.com'], ['phone' => '2'])->phone);
    step('firstOrCreate', fn() => Customer::firstOrCreate(['email' => 'new@example.com'], ['name' => 'New'])->name);
    step('update', fn() => Customer::where('email', 'bob@example.com')->update(['birth_date' => '1991-01-01', 'profile' => json_encode(['b' => null])]));
    step('save', function () {
        $bob = Customer::where('email', 'bob@example.com')->first();
        $bob->salary = '99.90';
        $bob->save();
        return [$bob->salary, $bob->getChanges(), Customer::find(2)->salary];
    });
    step('relations', fn() => Customer::find(1)->invoices()->create(['email' => 'ada@example.com', 'amount' => '9.99', 'note' => 'first'])->note);
    step('with', fn() => Customer::with('invoices')->where('email', 'ada@example.com')->get()->map(fn($c) => [$c->name, $c->invoices->pluck('note')]));
    step('whereHas', fn() => Customer::whereHas('invoices', fn($q) => $q->where('email', 'ada@example.com'))->pluck('name'));
    step('join', fn() => Capsule::table('invoices')->join('customers', 'customers.email', '=', 'invoices.email')->select('customers.name', 'invoices.note')->get());
    step('paginate', fn() => Customer::orderBy('id')->skip(2)->take(3)->get(['id', 'email']));
    step('chunkById', function () {
        $seen = 0;
        Customer::chunkById(10, function ($rows) use (&$seen) {
            $seen += count(array_filter($rows->pluck('email')->all(), fn($mail) => str_contains($mail, '@')));
        });
        return $seen;
    });
    step('cursor', fn() => Customer::orderBy('id')->cursor()->take(3)->map(fn($c) => $c->email)->all());
    step('transaction', function () use ($ada) {
        try {
            Capsule::transaction(function () use ($ada) {
                Customer::where('email', 'bob@example.com')->update(['name' => 'gone']);
                Customer::create($ada);
            });
        } catch (Illuminate\Database\QueryException $error) {
            return [$error->getCode(), Customer::where('email', 'bob@example.com')->value('name')];
        }
    });
    step('delete', fn() => Customer::where('email', 'new@example.com')->delete());
    refused('LIKE', fn() => Customer::where('email', 'like', 'a%')->get());
    refused('ILIKE', fn() => Customer::where('email', 'ilike', 'a%')->get());
    refused('orderBy', fn() => Customer::orderBy('name')->get());
    refused('whereDate', fn() => Customer::whereDate('birth_date', '>', '1990-01-01')->get());
    if (!$emulated) {
        refused('JSON path', fn() => Customer::where('profile->a', 1)->get());
    }
}

#[ORM\Entity]
#[ORM\Table(name: 'customers')]
class Person {
    #[ORM\Id, ORM\GeneratedValue(strategy: 'IDENTITY'), ORM\Column(type: 'bigint')]
    public $id;
    #[ORM\Column(type: 'string', length: 100)]
    public $name;
    #[ORM\Column(type: 'string', length: 254, unique: true)]
    public $email;
    #[ORM\Column(type: 'date', nullable: true)]
    public $birth_date;
    #[ORM\Column(type: 'decimal', precision: 10, scale: 2, nullable: true)]
    public $salary;
    #[ORM\Column(type: 'json', nullable: true)]
    public $profile;

    public static function named($name, $email, $day = null, $salary = null, $profile = null) {
        $person = new Person();
        [$person->name, $person->email, $person->salary, $person->profile] = [$name, $email, $salary, $profile];
        $person->birth_date = $day ? new DateTime($day) : null;
        return $person;
    }
}

function manager() {
    $options = ['sslmode' => 'verify-full', 'sslrootcert' => getenv('PGSSLROOTCERT')];
    $parameters = $options + ['driver' => 'pdo_pgsql', 'host' => getenv('PGHOST'), 'port' => getenv('PGPORT'), 'user' => getenv('PGUSER'),
        'password' => getenv('PGPASSWORD'), 'dbname' => getenv('PGDATABASE'), 'serverVersion' => '15'];
    $configuration = new Configuration();
    $configuration->setMetadataDriverImpl(new AttributeDriver([]));
    $configuration->setProxyDir(sys_get_temp_dir());
    $configuration->setProxyNamespace('Proxies');
    $configuration->setAutoGenerateProxyClasses(ProxyFactory::AUTOGENERATE_EVAL);
    return new EntityManager(DriverManager::getConnection($parameters, $configuration), $configuration);
}

function doctrine() {
    $manager = manager();
    $people = fn() => $manager->getRepository(Person::class);
    $db = $manager->getConnection();
    $db->executeStatement('TRUNCATE customers, invoices RESTART IDENTITY');
    step('persist', function () use ($manager) {
        $manager->persist($ada = Person::named('Ada Ü', 'ada@example.com', '1990-02-03', '1234.50', ['a' => [1, null]]));
        $manager->persist(Person::named('Bob', 'bob@example.com'));
        $manager->flush();
        return $ada->id;
    });
    $manager->clear();
    step('find', fn() => $people()->find(1));
    step('findOneBy', fn() => $people()->findOneBy(['email' => 'ada@example.com']));
    step('findBy, in', fn() => $people()->findBy(['email' => ['ada@example.com', 'bob@example.com']], ['id' => 'ASC']));
    step('count', fn() => $people()->count(['email' => 'bob@example.com']));
    step('DQL', fn() => $manager->createQuery('SELECT p.id, p.name FROM Person p WHERE p.email = :mail')->setParameter('mail', 'ada@example.com')->getResult());
    step('DQL update', fn() => $manager->createQuery('UPDATE Person p SET p.salary = :pay WHERE p.email = :mail')->execute(['pay' => '99.90', 'mail' => 'bob@example.com']));
    step('change', function () use ($manager, $people) {
        $bob = $people()->findOneBy(['email' => 'bob@example.com']);
        $manager->refresh($bob);
        $bob->birth_date = new DateTime('1991-01-01');
        $manager->flush();
        $manager->clear();
        return $people()->find(2);
    });
    step('page', fn() => $manager->createQueryBuilder()->select('p.email')->from(Person::class, 'p')->orderBy('p.id')->setFirstResult(1)->setMaxResults(1)->getQuery()->getArrayResult());
    step('DBAL insert', fn() => $db->insert('customers', ['name' => 'Eve', 'email' => 'eve@example.com', 'birth_date' => new DateTime('2000-02-29')], ['birth_date' => 'date']));
    step('DBAL any', fn() => $db->fetchAllAssociative('SELECT id, name FROM customers WHERE email IN (?) ORDER BY id', [['ada@example.com', 'eve@example.com']], [Doctrine\DBAL\Connection::PARAM_STR_ARRAY]));
    step('DBAL update', fn() => $db->update('customers', ['name' => 'Eva'], ['email' => 'eve@example.com']));
    step('DBAL twice', fn() => $db->insert('customers', ['name' => 'Eve', 'email' => 'eve@example.com']));
    step('nested transactions', fn() => $db->transactional(function ($db) {
        $db->executeStatement("UPDATE customers SET name = 'E' WHERE email = ?", ['eve@example.com']);
        return $db->fetchOne('SELECT name FROM customers WHERE email = ?', ['eve@example.com']);
    }));
    step('DBAL delete', fn() => $db->delete('customers', ['email' => 'eve@example.com']));
    refused('LIKE', fn() => $manager->createQuery("SELECT p FROM Person p WHERE p.email LIKE 'a%'")->getResult());
    refused('ORDER BY', fn() => $people()->findBy([], ['name' => 'ASC']));
    refused('LOWER', fn() => $manager->createQuery('SELECT p.id FROM Person p WHERE LOWER(p.email) = :m')->setParameter('m', 'a')->getResult());
}

foreach ([false, true] as $emulated) {
    $prefix = $emulated ? 'eloquent, emulated: ' : 'eloquent: ';
    eloquent($emulated);
}
$prefix = 'doctrine: ';
doctrine();
