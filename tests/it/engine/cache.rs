//! Cache properties.
