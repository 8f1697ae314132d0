//! Project tasks, run as `cargo xtask <task>`. See `HELP` below for what each does.

mod process;
mod quickstart;
mod steps;
mod tools;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <task>

  quickstart [-- OPTIONS]   build the release binaries and run `countersign quickstart OPTIONS`
  test                      install missing test tools, then run every check and every test
  bench [-- OPTIONS]        run the load client against the release binaries
  openapi                   write docs/openapi.json from the handlers
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments
        .enumerate()
        .filter(|(position, argument)| !(*position == 0 && argument == "--"))
        .map(|(_, argument)| argument)
        .collect();
    let result = match task.as_str() {
        "quickstart" => quickstart::run(&rest),
        "test" => steps::test(),
        "bench" => steps::bench(&rest),
        "openapi" => steps::openapi(),
        "" | "help" | "-h" | "--help" => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        other => Err(anyhow::anyhow!("there is no task `{other}`\n\n{HELP}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
