//! Where the binaries under test are.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The work tree.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// `countersign`: what `COUNTERSIGN_BIN` names, else built now.
pub fn countersign() -> PathBuf {
    named("COUNTERSIGN_BIN").unwrap_or_else(|| built().join("countersign"))
}

/// `countersign-desktop`: what `COUNTERSIGN_DESKTOP_BIN` names, else built now.
pub fn countersign_desktop() -> PathBuf {
    named("COUNTERSIGN_DESKTOP_BIN").unwrap_or_else(|| built().join("countersign-desktop"))
}

fn named(variable: &str) -> Option<PathBuf> {
    let path = PathBuf::from(std::env::var_os(variable)?);
    assert!(
        path.is_file(),
        "{variable} names {}, which is not there",
        path.display()
    );
    Some(path)
}

/// Builds both once for each test program; Cargo finds out by itself when nothing has changed.
fn built() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(root())
            .args([
                "build",
                "--quiet",
                "-p",
                "countersign-server",
                "-p",
                "countersign-desktop",
            ])
            .status()
            .expect("cargo starts");
        assert!(status.success(), "the binaries do not build");
        target().join("debug")
    })
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}
