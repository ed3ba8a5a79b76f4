//! Redis: the cache, the invalidations, who handles which contact, and what MongoDB does
//! not have yet.
