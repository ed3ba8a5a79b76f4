//! What the benchmarks share: the reference workload, a load generator for HTTP, the
//! machine they run on, and figures as they are printed.
//!
//! `heliograph bench` and `cargo xtask bench production` measure with the same workload,
//! so their figures can be held against each other.

pub mod figures;
pub mod load;
pub mod machine;
pub mod workload;
