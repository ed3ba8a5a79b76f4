//! Reads `tauri.conf.json` beside the root manifest; capabilities stand in `src-tauri/`.

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    tauri_build::try_build(
        tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*"),
    )
    .expect("tauri-build reads tauri.conf.json at the repository root");
}
