//! Secrets made up for one run.

/// 32 hexadecimal digits that nobody can guess, for a verify token or an app secret that
/// the user did not name.
///
/// # Panics
/// When the operating system gives no randomness, without which no secret is one.
#[must_use]
pub fn made_up_secret() -> String {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    hex::encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::made_up_secret;

    #[test]
    fn no_two_are_the_same() {
        assert_eq!(made_up_secret().len(), 32);
        assert_ne!(made_up_secret(), made_up_secret());
    }
}
