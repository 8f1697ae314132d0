//! Project tasks: quickstart, test, bench.
fn main() {}
