//! What the tests need beside Rust, and how it comes to this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::process::{cargo, on_path, root, run, succeeds, target};

/// One thing that some test uses.
struct Tool {
    /// Whether it is here already, from whatever source.
    present: fn() -> bool,
    /// The Debian packages that bring it.
    packages: &'static [&'static str],
}

/// Programs are looked for by name, not by package: any source will do.
const TOOLS: &[Tool] = &[
    Tool {
        present: || on_path("curl").is_some(),
        packages: &["curl"],
    },
    Tool {
        present: || on_path("python3").is_some(),
        packages: &["python3"],
    },
    Tool {
        present: python_has_requests,
        packages: &["python3", "python3-requests"],
    },
    Tool {
        present: || on_path("node").is_some(),
        packages: &["nodejs"],
    },
    Tool {
        present: || on_path("npm").is_some(),
        packages: &["npm"],
    },
    Tool {
        present: || on_path("go").is_some(),
        packages: &["golang-go"],
    },
    // The single-file launcher needs the compiler, not the runtime alone.
    Tool {
        present: || on_path("javac").is_some(),
        packages: &["default-jdk-headless"],
    },
    Tool {
        present: || Path::new("/usr/share/java/okhttp.jar").is_file(),
        packages: &["libokhttp-java"],
    },
    Tool {
        present: || on_path("ruby").is_some(),
        packages: &["ruby"],
    },
    Tool {
        present: || on_path("chromium").is_some() && on_path("chromedriver").is_some(),
        packages: &["chromium", "chromium-driver", "fonts-dejavu-core"],
    },
    Tool {
        present: postgresql_is_here,
        packages: &["postgresql"],
    },
];

/// The version whose checks `deny.toml` is written for.
const CARGO_DENY: &str = "0.20.2";

/// Installs what is missing. What cannot be had is named in one line; the tests that need it then
/// say `SKIPPED`.
pub(crate) fn install_missing() {
    let mut missing: Vec<&str> = TOOLS
        .iter()
        .filter(|tool| !(tool.present)())
        .flat_map(|tool| tool.packages)
        .copied()
        .collect();
    missing.sort_unstable();
    missing.dedup();
    if !missing.is_empty() {
        let names = missing.join(" ");
        if !is_root() || on_path("apt-get").is_none() {
            println!(
                "These Debian packages are missing; tests that need them are skipped: {names}"
            );
        } else if let Err(error) = apt_install(&missing) {
            println!("Could not install {names}: {error:#}");
        }
    }
    if on_path("npm").is_some()
        && let Err(error) = npm_packages()
    {
        println!("Could not install the Node packages of tests/seed/node: {error:#}");
    }
}

fn apt_install(packages: &[&str]) -> anyhow::Result<()> {
    println!("Installing {}", packages.join(" "));
    let log = target().join("apt-get.log");
    std::fs::create_dir_all(target())?;
    let file = std::fs::File::create(&log)?;
    let quiet = |arguments: &[&str]| -> anyhow::Result<()> {
        run(Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-qq", "-o", "Dpkg::Use-Pty=0"])
            .args(arguments)
            .stdin(std::process::Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file.try_clone()?))
        .with_context(|| format!("see {}", log.display()))
    };
    quiet(&["update"])?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(packages);
    quiet(&install)
}

/// The clients of `tests/seed/node`, as its lock file names them, in a folder under `target/`.
fn npm_packages() -> anyhow::Result<()> {
    let source = root().join("tests/seed/node");
    let folder = target().join("tools/seed-node");
    let stamp = folder.join("installed.lock");
    let lock = std::fs::read(source.join("package-lock.json"))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)?;
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(source.join(file), folder.join(file))?;
    }
    println!("Installing the Node packages of tests/seed/node");
    run(Command::new("npm").current_dir(&folder).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))?;
    std::fs::write(stamp, lock)?;
    Ok(())
}

/// `cargo-deny` from `PATH` if it is the right version, else our own copy under `target/tools`.
pub(crate) fn cargo_deny() -> anyhow::Result<PathBuf> {
    let own = target().join("tools/bin/cargo-deny");
    if own.is_file() {
        return Ok(own);
    }
    if let Some(found) = on_path("cargo-deny")
        && Command::new(&found)
            .arg("--version")
            .output()
            .is_ok_and(|output| {
                String::from_utf8_lossy(&output.stdout)
                    .trim()
                    .ends_with(CARGO_DENY)
            })
    {
        return Ok(found);
    }
    println!("Building cargo-deny {CARGO_DENY}, once");
    run(cargo()
        .args(["install", "cargo-deny", "--version", CARGO_DENY])
        .args(["--locked", "--debug", "--quiet", "--root"])
        .arg(target().join("tools")))?;
    Ok(own)
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn python_has_requests() -> bool {
    ["python3", "/usr/bin/python3"]
        .iter()
        .any(|python| succeeds(Command::new(python).args(["-c", "import requests"])))
}

fn postgresql_is_here() -> bool {
    on_path("initdb").is_some()
        || std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|versions| {
            versions
                .flatten()
                .any(|version| version.path().join("bin/initdb").is_file())
        })
}
