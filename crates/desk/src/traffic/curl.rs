//! A delivery as a command line.

use heliograph_listener::signature;
use secrecy::SecretString;

/// A `curl` that posts a body to an address, signed. It runs in a Unix shell and in Git's
/// shell on Windows; the body goes byte for byte, for the signature is over its bytes.
#[must_use]
pub fn curl(url: &str, body: &str, secret: &SecretString) -> String {
    let signed = signature::sign(secret, body.as_bytes());
    format!(
        "curl -i {} -H 'Content-Type: application/json' -H 'X-Hub-Signature-256: {signed}' \
         --data-binary {}",
        in_quotes(url),
        in_quotes(body)
    )
}

/// A word of a shell, whatever it holds.
fn in_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

    use super::*;
    use std::process::Command;

    #[test]
    #[cfg_attr(not(shell_with_curl), ignore = "needs sh and curl")]
    fn a_shell_reads_the_body_byte_for_byte() {
        let body = "{\"text\":\"it's \\u00e4 $HOME `x` \\\\ 'q'\",\n \"n\": 1}";
        let line = curl("http://127.0.0.1:1/x", body, &"s".into());
        let script = line.replacen("curl", "printf '%s\\n--\\n'", 1);
        let shell = Command::new("sh").arg("-c").arg(script).output().unwrap();
        let words = String::from_utf8(shell.stdout).unwrap();
        assert!(words.contains(&format!("{body}\n--\n")), "{words}");
        assert!(words.contains(&signature::sign(&"s".into(), body.as_bytes())));
    }
}
