//! Entry point of `countersign-desktop`; see [`countersign_desktop::cli`].

fn main() -> std::process::ExitCode {
    countersign_desktop::cli::main()
}
