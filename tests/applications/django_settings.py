"""Settings of Django's own tests, on the server that the environment names."""

import os


def database(name):
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": os.environ["PGUSER"],
        "PASSWORD": os.environ["PGPASSWORD"],
        "HOST": os.environ["PGHOST"],
        "PORT": os.environ["PGPORT"],
        "TEST": {"NAME": name},
    }


# The second is a database without a policy: it is reached directly.
DATABASES = {
    "default": database(os.environ["PGDATABASE"]),
    "other": {**database(os.environ["PGDATABASE"] + "_other"), "PORT": os.environ["PGPORT_DIRECT"]},
}
SECRET_KEY = "of the tests"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
