"""Django's SQLite backend with a fair queue of writers; named as ENGINE in the settings."""
