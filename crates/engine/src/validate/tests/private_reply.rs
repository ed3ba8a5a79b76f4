//! The one private reply to a comment.

use super::*;

#[test]
fn a_comment_flow_sends_one_message_until_the_person_answers() {
    let two = |a: &mut Automation| {
        a.steps.opening = None;
        a.steps.follow = None;
        a.steps.email = None;
        a.steps.main.as_mut().unwrap().messages.push(text("two"));
    };
    assert_eq!(
        found_in(AutomationType::CommentReplyFlow, two),
        ["steps.main.messages OnlyFirstIsSent?"]
    );
    assert_eq!(found(two), NOTHING);
    assert_eq!(
        found_in(AutomationType::CommentReplyFlow, |a| {
            a.steps.main.as_mut().unwrap().messages.push(text("two"));
        }),
        NOTHING,
        "behind an opening message all of them go out"
    );
    // The gates of the good automation are passed over for those who are through already.
    let gates = |a: &mut Automation| {
        a.steps.opening = None;
        a.steps.main.as_mut().unwrap().messages.push(text("two"));
    };
    assert_eq!(
        found_in(AutomationType::CommentReplyFlow, gates),
        ["steps.main.messages OnlyFirstIsSent?"]
    );
    assert_eq!(
        found_in(AutomationType::CommentReplyFlow, |a| {
            gates(a);
            a.steps.email.as_mut().unwrap().skip_when_known = false;
        }),
        NOTHING,
        "everybody is asked for their address first"
    );
}
