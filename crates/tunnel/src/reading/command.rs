//! Any program that prints the address.

use super::{Said, addresses};

/// A program of which nothing is known but that it prints an address.
#[derive(Debug, Default)]
pub(crate) struct Command {
    has_url: bool,
}

impl Command {
    /// The first public address without a path is the tunnel's; https before http. Those
    /// that come later are of requests, of documentation, of something else.
    pub(super) fn read(&mut self, line: &str) -> Vec<Said> {
        if self.has_url {
            return Vec::new();
        }
        let Some(url) = addresses(line).into_iter().next() else {
            return Vec::new();
        };
        self.has_url = true;
        vec![Said::Url(url), Said::Up]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_address_counts() {
        let mut reader = Command::default();
        assert_eq!(reader.read("listening on http://127.0.0.1:8787"), []);
        assert_eq!(
            reader.read("your url is: https://shop.loca.lt"),
            [Said::Url("https://shop.loca.lt".into()), Said::Up]
        );
        assert_eq!(reader.read("GET https://other.example"), []);
    }
}
