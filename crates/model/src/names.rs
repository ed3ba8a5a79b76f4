//! Closed sets of values that have a name each.

/// Gives an enum without fields the list of its values and the name that each has in
/// JSON, in a table and as a label. A value that is missing here does not compile; nor
/// does another order than that of the declaration, so that `value as usize` is a place
/// in an array of `ALL.len()`.
macro_rules! names {
    ($type:ident { $($value:ident => $name:literal,)+ }) => {
        impl $type {
            /// All of them, in the order of their declaration.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$value),+];

            /// The name as it is stored and printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $name,)+
                }
            }
        }

        const _: () = {
            let mut place = 0;
            while place < $type::ALL.len() {
                assert!($type::ALL[place] as usize == place);
                place += 1;
            }
        };
    };
}

pub(crate) use names;

#[cfg(test)]
mod tests {
    use crate::{Collection, ErrorClass, EventKind, OutboxState, Outcome, Reason, Tier};

    /// The name is the one in JSON.
    macro_rules! named_as_in_json {
        ($($type:ident),+) => {$(
            for value in $type::ALL {
                let json = serde_json::to_value(value).expect("a name");
                assert_eq!(json, value.as_str(), "{value:?}");
            }
        )+};
    }

    #[test]
    fn the_names_are_those_in_json() {
        named_as_in_json!(
            Collection,
            ErrorClass,
            EventKind,
            Outcome,
            OutboxState,
            Reason,
            Tier
        );
    }
}
