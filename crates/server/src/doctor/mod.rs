//! `countersign doctor`: what is checked and what is found. Nothing is changed by it.

mod deployment;
mod files;
mod settings;

use std::process::ExitCode;

use serde::Serialize;

use crate::cli::Operation;
use crate::output;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// As it should be.
    Ok,
    /// Worth knowing; nothing is wrong.
    Note,
    /// Works, but somebody should have decided it.
    Warning,
    /// Wrong.
    Failed,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    check: &'static str,
    verdict: Verdict,
    text: String,
}

/// All results, in the order of the checks.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, check: &'static str, verdict: Verdict, text: impl Into<String>) {
        self.0.push(Finding {
            check,
            verdict,
            text: text.into(),
        });
    }

    pub(crate) fn ok(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(check, Verdict::Ok, text);
    }

    pub(crate) fn note(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(check, Verdict::Note, text);
    }

    pub(crate) fn warning(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(check, Verdict::Warning, text);
    }

    pub(crate) fn failed(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(check, Verdict::Failed, text);
    }

    fn worst(&self) -> Verdict {
        self.0
            .iter()
            .map(|finding| finding.verdict)
            .max()
            .unwrap_or(Verdict::Ok)
    }
}

#[derive(Serialize)]
struct Report<'a> {
    healthy: bool,
    checks: &'a [Finding],
}

/// Checks the deployment and prints what is found.
pub(crate) async fn run(options: &Operation) -> anyhow::Result<ExitCode> {
    let mut findings = Findings::default();
    match &options.target.config {
        Some(path) => settings::of_config(path, &mut findings).await,
        None => settings::of_folder(&options.target, &mut findings).await,
    }
    let healthy = findings.worst() < Verdict::Failed;
    if options.json {
        output::say_json(&Report {
            healthy,
            checks: &findings.0,
        })?;
    } else {
        for Finding {
            check,
            verdict,
            text,
        } in &findings.0
        {
            let verdict = match verdict {
                Verdict::Ok => "ok",
                Verdict::Note => "note",
                Verdict::Warning => "warning",
                Verdict::Failed => "FAILED",
            };
            output::say(&format!("{verdict:<8} {check:<16} {text}"));
        }
        output::say(match findings.worst() {
            Verdict::Ok | Verdict::Note => "\nNothing is wrong.",
            Verdict::Warning => "\nNothing is wrong; the warnings are for you to decide.",
            Verdict::Failed => "\nSomething is wrong.",
        });
    }
    Ok(if healthy {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
