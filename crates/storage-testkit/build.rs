//! Compiles the VFS. It is C because a VFS cannot be written in safe Rust.

fn main() {
    println!("cargo:rerun-if-changed=src/power_cut.c");
    let mut build = cc::Build::new();
    // Where libsqlite3-sys keeps the header of the SQLite that it compiles.
    if let Ok(include) = std::env::var("DEP_SQLITE3_INCLUDE") {
        build.include(include);
    }
    // Nothing refers to the object: it registers itself. So it is linked as a whole.
    build
        .file("src/power_cut.c")
        .warnings(true)
        .cargo_metadata(false)
        .compile("power_cut");
    if let Ok(out) = std::env::var("OUT_DIR") {
        println!("cargo:rustc-link-search=native={out}");
    }
    println!("cargo:rustc-link-lib=static:+whole-archive,-bundle=power_cut");
}
