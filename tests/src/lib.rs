//! End-to-end tests through the built binaries.
