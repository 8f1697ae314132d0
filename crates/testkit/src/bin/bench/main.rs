//! `countersign-bench`: measures a release server over real sockets, from one thread.
//!
//! It starts the server itself (`countersign quickstart --json --no-desktop`), fills it with users,
//! and measures pairings and sign-ins at several numbers of connections. Server and client CPU are
//! read from the kernel and told apart, so that the table itself shows which of the two was the
//! limit. Nothing here asserts; it prints figures.

mod authenticator;
mod http;
mod load;
mod measure;
mod server;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;

/// Measures the server: full desktop sign-ins and pairings per second, latency, CPU, memory, start.
#[derive(Debug, Parser)]
#[command(name = "countersign-bench")]
struct Options {
    /// The server binary.
    #[arg(long, default_value = "target/release/countersign")]
    server: PathBuf,
    /// Numbers of connections to measure at.
    #[arg(long, value_delimiter = ',', default_value = "1,8,32")]
    connections: Vec<usize>,
    /// Seconds for each figure.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Measure on PostgreSQL (started in a folder of its own) instead of SQLite.
    #[arg(long)]
    postgres: bool,
    /// Measure on both.
    #[arg(long, conflicts_with = "postgres")]
    both: bool,
    /// Print one JSON object instead of the table.
    #[arg(long)]
    json: bool,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let mut results = Vec::new();
    let raw = measure::raw_es256(std::time::Duration::from_secs(2))?;
    if options.both || !options.postgres {
        results.push(run(&options, false).context("SQLite")?);
    }
    if options.both || options.postgres {
        results.push(run(&options, true).context("PostgreSQL")?);
    }
    if options.json {
        println!(
            "{}",
            serde_json::json!({ "es256": raw, "databases": results })
        );
    } else {
        measure::print_table(&raw, &results);
    }
    Ok(())
}

fn run(options: &Options, postgres: bool) -> anyhow::Result<measure::DatabaseFigures> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (mut server, start) = server::BenchServer::start(&options.server, postgres).await?;
        let seed = load::seed(&server, 32).await?;
        let mut figures = measure::DatabaseFigures {
            database: if postgres { "PostgreSQL" } else { "SQLite" }.to_owned(),
            cold_start_milliseconds: start,
            resident_idle_bytes: server.resident_bytes()?,
            resident_loaded_bytes: 0,
            restart_milliseconds: 0.0,
            rows: Vec::new(),
        };
        for &connections in &options.connections {
            figures
                .rows
                .push(load::pairings(&server, &seed, connections).await?);
        }
        let paired = load::paired_users(&server, &seed, 256).await?;
        for &connections in &options.connections {
            let row = load::sign_ins(&server, &seed, &paired, connections, options.seconds).await?;
            figures.rows.push(row);
        }
        figures.resident_loaded_bytes = server.resident_bytes()?;
        figures.restart_milliseconds = server.restart().await?;
        figures.resident_idle_bytes = server.resident_bytes()?;
        server.stop().await?;
        Ok(figures)
    })
}
