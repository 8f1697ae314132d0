//! Use cases: one function per thing that a caller can ask for, one transaction each.
