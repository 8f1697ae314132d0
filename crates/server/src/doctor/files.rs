//! Files: are they there, and closed to others?

use std::path::Path;

use super::Findings;
use crate::folder::mode;

/// Bits that let others read or write.
const OTHERS: u32 = 0o077;

/// A folder that has to be private.
pub(super) fn folder(path: &Path, findings: &mut Findings) {
    private("data folder", path, findings);
}

/// A file that has to be private.
pub(super) fn private(check: &'static str, path: &Path, findings: &mut Findings) {
    match mode(path) {
        Ok(mode) if mode & OTHERS == 0 => {
            findings.ok(
                check,
                format!("{} is closed to other users", path.display()),
            );
        }
        Ok(mode) => findings.failed(
            check,
            format!(
                "{} can be reached by other users (mode {mode:04o}): chmod go= {}",
                path.display(),
                path.display()
            ),
        ),
        Err(error) => findings.failed(check, format!("{error:#}")),
    }
}

/// A file that may be missing, but has to be private when it is there.
pub(super) fn private_if_there(check: &'static str, path: &Path, findings: &mut Findings) {
    if path.exists() {
        private(check, path, findings);
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::super::Verdict;
    use super::*;

    #[test]
    fn open_files_fail() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("master.key");
        let verdict = || {
            let mut findings = Findings::default();
            private("master key", &path, &mut findings);
            findings.worst()
        };
        assert_eq!(verdict(), Verdict::Failed);
        std::fs::write(&path, b"x").unwrap();
        for (mode, expected) in [
            (0o600, Verdict::Ok),
            (0o400, Verdict::Ok),
            (0o640, Verdict::Failed),
            (0o604, Verdict::Failed),
        ] {
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(verdict(), expected, "{mode:o}");
        }
    }
}
