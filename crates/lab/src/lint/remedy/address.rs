//! Addresses that Instagram does not open.

/// The address with `https://` in front: instead of `http://`, or where nothing is there.
/// `None` where it is no address of the web.
pub(super) fn with_https(address: &str) -> Option<String> {
    let address = address.trim();
    let rest = match address.split_once("://") {
        Some((scheme, rest))
            if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") =>
        {
            rest
        }
        Some(_) => return None,
        None => address,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = host.contains('.') && !host.contains('@') && !host.ends_with('.');
    is_host.then(|| format!("https://{rest}"))
}

#[cfg(test)]
mod tests {
    use super::with_https;

    #[test]
    fn https_is_put_in_front_of_what_is_an_address() {
        for (address, right) in [
            ("http://shop.example/a?b", Some("https://shop.example/a?b")),
            (" HTTPS://shop.example ", Some("https://shop.example")),
            ("shop.example/hats", Some("https://shop.example/hats")),
            ("mailto:me@shop.example", None),
            ("ftp://shop.example", None),
            ("our shop", None),
        ] {
            assert_eq!(with_https(address).as_deref(), right, "{address}");
        }
    }
}
