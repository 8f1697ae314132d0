//! The steps of `cargo xtask test`, and the smaller tasks.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::process::{cargo, output, root, run, target};
use crate::quickstart::build_release;
use crate::tools;

/// Everything that must hold before a change lands, in the order in which it fails fastest.
pub(crate) fn test() -> anyhow::Result<()> {
    let skip_log = target().join("skipped.txt");
    std::fs::create_dir_all(target())?;
    std::fs::write(&skip_log, "")?;
    let debug = target().join("debug");

    let mut report = Report::default();
    report.step("tools", || {
        tools::install_missing();
        Ok(())
    })?;
    report.step("format", || run(cargo().args(["fmt", "--all", "--check"])))?;
    report.step("lint", || {
        run(cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    report.step("licences, bans and sources", || match tools::cargo_deny() {
        Ok(deny) => run(Command::new(deny).current_dir(root()).args([
            "--log-level",
            "error",
            "check",
            "licenses",
            "bans",
            "sources",
        ])),
        Err(error) => {
            let line = format!("SKIPPED: licences, bans and sources: {error:#}\n");
            append(&skip_log, &line)
        }
    })?;
    // Binaries and test programs in one resolution, so that nothing is compiled twice.
    report.step("build", || {
        run(cargo().args(["build", "--workspace", "--bins", "--tests", "--quiet"]))
    })?;
    report.step("tests", || {
        run(cargo()
            .args(["test", "--workspace", "--no-fail-fast"])
            .env("COUNTERSIGN_SKIP_LOG", &skip_log)
            .env("COUNTERSIGN_BIN", debug.join("countersign"))
            .env("COUNTERSIGN_DESKTOP_BIN", debug.join("countersign-desktop")))
    })?;
    report.step("documentation", || {
        run(cargo()
            .args(["doc", "--workspace", "--no-deps", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings"))
    })?;

    report.print();
    let skipped = std::fs::read_to_string(&skip_log).unwrap_or_default();
    if skipped.is_empty() {
        println!("Nothing was skipped.");
        return Ok(());
    }
    print!("\n{skipped}");
    if std::env::var("CI").is_ok_and(|value| value == "true") {
        bail!("something was skipped, which CI=true does not allow");
    }
    Ok(())
}

/// Runs the load client of `countersign-testkit` against the release binaries.
pub(crate) fn bench(options: &[String]) -> anyhow::Result<()> {
    build_release()?;
    let release = target().join("release");
    run(cargo()
        .args(["run", "--release", "--package", "countersign-testkit"])
        .args(["--bin", "countersign-bench", "--"])
        .args(options)
        .env("COUNTERSIGN_BIN", release.join("countersign"))
        .env(
            "COUNTERSIGN_DESKTOP_BIN",
            release.join("countersign-desktop"),
        ))
}

/// Writes the committed copy of the OpenAPI document.
pub(crate) fn openapi() -> anyhow::Result<()> {
    let document = output(cargo().args([
        "run",
        "--quiet",
        "--package",
        "countersign-server",
        "--bin",
        "countersign",
        "--",
        "openapi",
    ]))?;
    let file = root().join("docs/openapi.json");
    std::fs::write(&file, document).with_context(|| format!("cannot write {}", file.display()))?;
    println!("wrote {}", file.display());
    Ok(())
}

fn append(file: &std::path::Path, line: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    print!("{line}");
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)?
        .write_all(line.as_bytes())?;
    Ok(())
}

/// Names and durations of the steps that have run.
#[derive(Default)]
struct Report {
    finished: Vec<(&'static str, Duration)>,
}

impl Report {
    fn step(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        println!("\n== {name}");
        let start = Instant::now();
        let result = work();
        self.finished.push((name, start.elapsed()));
        if result.is_err() {
            self.print();
        }
        result.with_context(|| format!("step `{name}` failed"))
    }

    fn print(&self) {
        println!();
        for (name, time) in &self.finished {
            println!("{:>7.1} s  {name}", time.as_secs_f64());
        }
        let total: Duration = self.finished.iter().map(|(_, time)| *time).sum();
        println!("{:>7.1} s  in all", total.as_secs_f64());
    }
}
