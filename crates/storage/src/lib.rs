//! Every SQL statement: one API over SQLite and PostgreSQL.
