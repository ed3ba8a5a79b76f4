//! Asking to follow.

use super::*;

fn world(change: impl FnOnce(&mut FollowStep)) -> World {
    let mut automation = full(AutomationType::DmAutomation);
    automation.steps.opening = None;
    automation.steps.email = None;
    change(automation.steps.follow.as_mut().unwrap());
    World::of(vec![automation])
}

#[test]
fn not_following_and_then_following() {
    let mut world = world(|_| {});
    let button = payload(&world.says("price"));
    assert_eq!(world.profile_reads, 0, "nothing hangs on the profile yet");
    let decision = world.clicks(I_FOLLOW, &button);
    assert_eq!(world.profile_reads, 1);
    assert_eq!(decision.trace.reason, Reason::AskedAgain);
    assert_eq!(seen(&decision), ["Not yet, it seems. [I follow]"]);
    assert_eq!(world.state.as_ref().unwrap().asked, 2);
    world.follows(true);
    let decision = world.clicks(I_FOLLOW, &button);
    assert_eq!(decision.trace.reason, Reason::Advanced);
    assert_eq!(seen(&decision), ["Here is the list."]);
    assert_eq!(world.awaits(), None);
}

#[test]
fn it_asks_a_bounded_number_of_times_and_then_ends() {
    let mut world = world(|_| {});
    let button = payload(&world.says("price"));
    for _ in 0..2 {
        assert_eq!(
            world.clicks(I_FOLLOW, &button).trace.reason,
            Reason::AskedAgain
        );
    }
    let decision = world.clicks(I_FOLLOW, &button);
    assert_eq!(decision.trace.reason, Reason::GaveUp);
    assert!(decision.effects.is_empty());
    assert_eq!(world.awaits(), None);
}

#[test]
fn it_goes_on_without_where_that_is_configured() {
    let mut world = world(|step| {
        step.most_asks = 1;
        step.when_exhausted = WhenExhausted::Skip;
    });
    let button = payload(&world.says("price"));
    let decision = world.clicks(I_FOLLOW, &button);
    assert_eq!(decision.trace.reason, Reason::Skipped);
    assert_eq!(seen(&decision), ["Here is the list."]);
}

#[test]
fn without_verification_a_click_is_enough() {
    let mut world = world(|step| step.verify = false);
    let button = payload(&world.says("price"));
    let decision = world.clicks(I_FOLLOW, &button);
    assert_eq!(world.profile_reads, 0);
    assert_eq!(decision.trace.reason, Reason::Advanced);
}

#[test]
fn somebody_who_follows_already_is_not_asked_where_that_is_configured() {
    let mut world = world(|step| step.skip_when_following = true);
    world.follows(true);
    let decision = world.says("price");
    assert_eq!(seen(&decision), ["Here is the list."]);
    assert_eq!(
        decision.trace.notes,
        ["The ask to follow was passed over: the person follows already."]
    );
    world.follows(false);
    assert_eq!(seen(&world.says("price")), ["Do you follow us? [I follow]"]);
}

#[test]
fn what_the_contact_remembers_is_not_relied_on() {
    let mut world = world(|step| step.skip_when_following = true);
    world.contact().follows = Some(true);
    assert_eq!(seen(&world.says("price")), ["Do you follow us? [I follow]"]);
    assert_eq!(world.contact().follows, Some(false), "and it learns better");
}

#[test]
fn a_profile_that_cannot_be_read_counts_as_not_following_and_says_so() {
    let mut world = world(|_| {});
    let button = payload(&world.says("price"));
    world.profile = Err("Instagram did not answer".into());
    let decision = world.clicks(I_FOLLOW, &button);
    assert_eq!(decision.trace.reason, Reason::AskedAgain);
    assert_eq!(
        decision.trace.notes,
        [
            "The person's profile could not be read (Instagram did not answer); what it would say \
          counts as unknown."
        ]
    );
}

#[test]
fn a_click_without_a_state_is_verified_too() {
    let mut world = world(|_| {});
    let button = payload(&world.says("price"));
    world.state = None;
    let decision = world.clicks(I_FOLLOW, &button);
    assert_eq!(decision.trace.reason, Reason::AskedAgain);
    assert_eq!(world.awaits(), Some(Awaiting::AwaitingFollowConfirmation));
}

#[test]
fn without_a_retry_text_the_question_is_repeated() {
    let mut world = world(|step| step.retry_text = None);
    let button = payload(&world.says("price"));
    assert_eq!(
        seen(&world.clicks(I_FOLLOW, &button)),
        ["Do you follow us? [I follow]"]
    );
}
