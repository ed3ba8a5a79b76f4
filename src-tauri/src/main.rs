//! The binary of the desktop shell; all of it is in the library beside.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    heliograph_desktop::run()
}
