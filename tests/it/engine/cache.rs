//! The cache layer over the real cache and the real store: whatever the interleaving, a
//! read that starts after an edit has returned sees the edit.

mod interleaving;
mod layer;
mod obeying;
