//! `cargo xtask quickstart`: from a fresh clone to a running server in one command.

use std::process::Command;

use crate::process::{self, cargo, target};

/// Builds the release binaries and hands the terminal over to `countersign quickstart`.
pub(crate) fn run(options: &[String]) -> anyhow::Result<()> {
    println!("Building Countersign. The first time this takes a few minutes.");
    build_release()?;
    let mut server = Command::new(target().join("release").join("countersign"));
    server.arg("quickstart").args(options);
    replace_this_process(server)
}

/// Builds `countersign` and `countersign-desktop` with the release profile.
pub(crate) fn build_release() -> anyhow::Result<()> {
    process::run(cargo().args([
        "build",
        "--release",
        "--package",
        "countersign-server",
        "--package",
        "countersign-desktop",
    ]))
}

/// The server takes this process's place, so that the terminal and its signals are its own.
#[cfg(unix)]
fn replace_this_process(mut server: Command) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    let error = server.exec();
    Err(anyhow::Error::new(error).context("cannot start the server"))
}

#[cfg(not(unix))]
fn replace_this_process(mut server: Command) -> anyhow::Result<()> {
    process::run(&mut server)
}
