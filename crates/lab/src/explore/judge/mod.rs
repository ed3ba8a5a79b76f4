//! What is wrong with the ways that were walked.

mod circle;
mod dead_end;
mod never_sent;
mod refused;
mod stuck;

use super::WayKind;
use super::instagram::Taking;
use super::walk::Walk;
use super::world::World;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) kind: WayKind,
    pub(super) message: String,
    pub(super) path: String,
    /// The steps that show it, one after the other.
    pub(super) steps: Vec<usize>,
}

/// Everything that is wrong: of one kind and path, what was come to first.
pub(super) fn of(world: &World, walk: &Walk, taking: &mut Taking) -> Vec<Verdict> {
    let mut all = Vec::new();
    all.extend(dead_end::of(world, walk));
    all.extend(circle::of_buttons(walk));
    all.extend(circle::of_words(world, walk));
    all.extend(stuck::of(world, walk));
    all.extend(never_sent::of(world, walk));
    all.extend(refused::of(world, walk, taking));
    let mut seen = std::collections::HashSet::new();
    all.retain(|verdict| seen.insert((verdict.kind, verdict.path.clone())));
    all
}
