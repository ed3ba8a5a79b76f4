//! The binary of the desktop shell; all of it is in the library beside.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

/// What a long day of webhooks leaves free is given back, which the allocator of the
/// machine's C library does not do.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    heliograph_desktop::run()
}
