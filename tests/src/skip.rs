//! A test whose tool cannot be had says so; `cargo xtask test` lists these lines at the end and, with
//! `CI=true`, fails for them.

use std::io::Write as _;

/// Says that `test` did not run and why: on standard output, and as a line of the file that
/// `COUNTERSIGN_SKIP_LOG` names.
pub fn skip(test: &str, why: &str) {
    let line = format!("SKIPPED: {test}: {why}\n");
    print!("{line}");
    if let Some(file) = std::env::var_os("COUNTERSIGN_SKIP_LOG") {
        std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(file)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .expect("the skip log can be written");
    }
}

/// Looks a program up on `PATH`.
pub fn on_path(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Whether a program is on `PATH`; if not, `test` is reported as skipped.
pub fn has(test: &str, program: &str) -> bool {
    let found = on_path(program).is_some();
    if !found {
        skip(test, &format!("`{program}` is not installed"));
    }
    found
}
