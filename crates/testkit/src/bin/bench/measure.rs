//! Figures: what is measured, how CPU is read, how the table is printed.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use countersign_crypto::signing::{Es256KeyPair, verify_es256};
use serde::Serialize;

/// Clock ticks a second of `/proc/<pid>/stat`; fixed on Linux for user space.
const TICKS: u64 = 100;

/// The raw rate of the signature algorithm in one thread.
#[derive(Debug, Serialize)]
pub(crate) struct RawEs256 {
    verifications_per_second: f64,
    signatures_per_second: f64,
}

/// One line of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) connections: usize,
    pub(crate) operations: u64,
    pub(crate) per_second: f64,
    pub(crate) p50_milliseconds: f64,
    pub(crate) p99_milliseconds: f64,
    pub(crate) server_cpu_milliseconds: f64,
    pub(crate) client_cpu_milliseconds: f64,
}

/// The figures of one database.
#[derive(Debug, Serialize)]
pub(crate) struct DatabaseFigures {
    pub(crate) database: String,
    pub(crate) cold_start_milliseconds: f64,
    pub(crate) restart_milliseconds: f64,
    pub(crate) resident_idle_bytes: u64,
    pub(crate) resident_loaded_bytes: u64,
    pub(crate) rows: Vec<Row>,
}

/// Measures ES256 in this thread for about `each` per direction.
pub(crate) fn raw_es256(each: Duration) -> anyhow::Result<RawEs256> {
    let key = Es256KeyPair::generate().map_err(|error| anyhow::anyhow!("{error}"))?;
    let message = [0x5a_u8; 600];
    let sign = || {
        key.sign(&message)
            .map_err(|error| anyhow::anyhow!("{error}"))
    };
    let signature = sign()?;
    let verifications = rate(each, || {
        anyhow::ensure!(
            verify_es256(key.public_jwk(), &message, &signature),
            "does not verify"
        );
        Ok(())
    })?;
    let signatures = rate(each, || sign().map(|_| ()))?;
    Ok(RawEs256 {
        verifications_per_second: verifications,
        signatures_per_second: signatures,
    })
}

fn rate(each: Duration, mut run: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut count = 0_u32;
    while started.elapsed() < each {
        for _ in 0..100 {
            run()?;
        }
        count += 100;
    }
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}

/// CPU time that a process has used, user and system.
pub(crate) fn cpu_of(pid: u32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold spaces.
    let (_, rest) = stat.rsplit_once(')').context("stat")?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut ticks = || -> anyhow::Result<u64> { Ok(fields.next().context("stat")?.parse()?) };
    let total = ticks()? + ticks()?;
    Ok(Duration::from_millis(total * 1000 / TICKS))
}

/// CPU time that this process has used.
pub(crate) fn own_cpu() -> anyhow::Result<Duration> {
    cpu_of(std::process::id())
}

/// The latency below which `share` of the sorted latencies lie, in milliseconds.
pub(crate) fn quantile(sorted: &[Duration], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a list of measurements"
    )]
    let index = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted
        .get(index)
        .map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
}

/// Prints the tables.
pub(crate) fn print_table(raw: &RawEs256, databases: &[DatabaseFigures]) {
    println!("{}\n", machine_line());
    println!(
        "ES256 in one thread: {:.0} verifications/s, {:.0} signatures/s\n",
        raw.verifications_per_second, raw.signatures_per_second
    );
    for figures in databases {
        println!(
            "{}: first start {:.0} ms, start with data {:.0} ms to the first answer; resident {:.1} MB idle, {:.1} MB after the load\n",
            figures.database,
            figures.cold_start_milliseconds,
            figures.restart_milliseconds,
            mb(figures.resident_idle_bytes),
            mb(figures.resident_loaded_bytes),
        );
        println!(
            "| what | connections | per second | p50 ms | p99 ms | server CPU ms each | client CPU ms each |"
        );
        println!("|---|---|---|---|---|---|---|");
        for row in &figures.rows {
            println!(
                "| {} | {} | {:.0} | {:.2} | {:.2} | {:.3} | {:.3} |",
                row.what,
                row.connections,
                row.per_second,
                row.p50_milliseconds,
                row.p99_milliseconds,
                row.server_cpu_milliseconds,
                row.client_cpu_milliseconds
            );
        }
        println!();
    }
}

#[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}

fn machine_line() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("Machine: {model}, {cores} logical processors, shared by server and client")
}
