//! Private servers and proxies for the tests.
