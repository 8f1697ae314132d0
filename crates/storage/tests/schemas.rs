//! The migrations of both engines make the same schema.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

#[allow(dead_code, reason = "not every test file needs all of it")]
mod common;

use std::{collections::BTreeSet, fmt::Write as _};

use common::open;
use countersign_storage::{Database, DatabaseUrl, params};
use countersign_storage_testkit::postgres;

/// Table, column, type (SQLite's kinds), whether NULL is allowed.
const SQLITE_COLUMNS: &str = "
    SELECT m.name, c.name, c.type, c.\"notnull\" = 0
      FROM sqlite_schema m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
const POSTGRES_COLUMNS: &str = "
    SELECT table_name, column_name, data_type, is_nullable = 'YES'
      FROM information_schema.columns WHERE table_schema = 'public'";

/// Table, columns of a key or index in order, whether unique, whether primary, whether partial. A
/// column that is an expression is '?'.
const SQLITE_INDEXES: &str = "
    SELECT m.name, GROUP_CONCAT(COALESCE(i.name, '?'), ', ' ORDER BY i.seqno),
           l.\"unique\", l.origin = 'pk', l.partial
      FROM sqlite_schema m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
     GROUP BY m.name, l.name
    UNION ALL
    SELECT m.name, c.name, 1, 1, 0
      FROM sqlite_schema m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND c.pk > 0 AND NOT EXISTS (
        SELECT 1 FROM pragma_index_list(m.name) l WHERE l.origin = 'pk')";
const POSTGRES_INDEXES: &str = "
    SELECT c.relname::text,
           STRING_AGG(COALESCE(a.attname::text, '?'), ', ' ORDER BY k.place),
           i.indisunique, i.indisprimary, i.indpred IS NOT NULL
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
     CROSS JOIN LATERAL UNNEST(i.indkey::int2[]) WITH ORDINALITY AS k(attribute, place)
      LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attribute AND k.attribute > 0
     GROUP BY c.relname, i.indexrelid, i.indisunique, i.indisprimary, i.indpred IS NOT NULL";

/// Table, column, table and column that it refers to.
const SQLITE_REFERENCES: &str = "
    SELECT m.name, f.\"from\", f.\"table\", f.\"to\", f.on_delete
      FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";
const POSTGRES_REFERENCES: &str = "
    SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text, b.attname::text,
           CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT'
                WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END
      FROM pg_constraint c
     CROSS JOIN LATERAL UNNEST(c.conkey, c.confkey) AS k(mine, theirs)
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.mine
      JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.theirs
     WHERE c.contype = 'f'";

/// What the kinds of PostgreSQL are in SQLite. Booleans are integers there, UUIDs are bytes.
fn kind(of: &str) -> &str {
    match of {
        "bigint" | "integer" | "smallint" | "boolean" => "INTEGER",
        "text" | "character varying" => "TEXT",
        "bytea" | "uuid" => "BLOB",
        other => other,
    }
}

async fn describe(database: &Database, texts: [&'static str; 3]) -> BTreeSet<String> {
    let [columns, indexes, references] = texts;
    let mut lines = BTreeSet::new();
    for row in database.read(columns, params![]).await.unwrap() {
        let (table, column) = (row.text(0).unwrap(), row.text(1).unwrap());
        let null = if row.bool(3).unwrap() {
            "NULL"
        } else {
            "NOT NULL"
        };
        lines.insert(format!(
            "{table}.{column} {} {null}",
            kind(row.text(2).unwrap())
        ));
    }
    for row in database.read(indexes, params![]).await.unwrap() {
        let mut line = format!("{} index ({})", row.text(0).unwrap(), row.text(1).unwrap());
        for (column, word) in [(2, "unique"), (3, "primary"), (4, "partial")] {
            if row.bool(column).unwrap() {
                write!(line, " {word}").unwrap();
            }
        }
        lines.insert(line);
    }
    for row in database.read(references, params![]).await.unwrap() {
        let part = |column| row.text(column).unwrap();
        lines.insert(format!(
            "{}.{} -> {}.{} {}",
            part(0),
            part(1),
            part(2),
            part(3),
            part(4)
        ));
    }
    lines
}

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let server = match postgres::shared() {
        Ok(server) => server,
        Err(skip) => return skip.report("storage::both_engines_have_the_same_schema"),
    };
    let folder = tempfile::tempdir().unwrap();
    let sqlite = open(&DatabaseUrl::sqlite(folder.path().join("schema.db"))).await;
    let url = DatabaseUrl::parse(&server.create_database().unwrap()).unwrap();
    let postgres = open(&url).await;
    sqlite.migrate().await.unwrap();
    postgres.migrate().await.unwrap();
    let sqlite_texts = [SQLITE_COLUMNS, SQLITE_INDEXES, SQLITE_REFERENCES];
    let postgres_texts = [POSTGRES_COLUMNS, POSTGRES_INDEXES, POSTGRES_REFERENCES];
    let here = describe(&sqlite, sqlite_texts).await;
    let there = describe(&postgres, postgres_texts).await;
    assert!(here.len() > 20, "{here:?}");
    let only_here: Vec<_> = here.difference(&there).collect();
    let missing_here: Vec<_> = there.difference(&here).collect();
    assert!(
        only_here.is_empty() && missing_here.is_empty(),
        "only in SQLite: {only_here:#?}\nonly in PostgreSQL: {missing_here:#?}"
    );
}
