//! Requests that are ready to be written.

use bytes::Bytes;
use heliograph_listener::signature;
use secrecy::SecretString;
use std::net::SocketAddr;

/// Where requests go, and how they are signed.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where the server listens.
    pub address: SocketAddr,
    /// The path of the webhook.
    pub path: String,
    /// The app secret that signs.
    pub secret: SecretString,
}

impl Target {
    /// A signed delivery as Meta posts it, as bytes.
    pub fn request(&self, body: &[u8]) -> Bytes {
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\nUser-Agent: facebookexternalua\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\
             X-Hub-Signature-256: {}\r\n\r\n",
            self.path,
            self.address,
            body.len(),
            signature::sign(&self.secret, body),
        );
        [head.as_bytes(), body].concat().into()
    }
}
