//! Entry point.

use std::process::ExitCode;

fn main() -> ExitCode {
    countersign_server::main()
}
