//! redis-server with TLS, whose certificate an authority of its own has signed.

use crate::process::{data_folder, free_port};
use crate::redis::Redis;
use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::path::{Path, PathBuf};

/// One redis-server that is spoken to with TLS on one port, and without on another.
#[derive(Debug)]
pub struct TlsRedis {
    server: Redis,
    port: u16,
    folder: tempfile::TempDir,
}

impl TlsRedis {
    /// Starts one.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> Result<Self> {
        let folder = data_folder("redis-tls")?;
        certificates(folder.path())?;
        let path = |name: &str| folder.path().join(name).display().to_string();
        let port = free_port()?;
        let server = Redis::with(&[
            "--tls-port",
            &port.to_string(),
            "--tls-cert-file",
            &path("server.pem"),
            "--tls-key-file",
            &path("server.key"),
            "--tls-ca-cert-file",
            &path("ca.pem"),
            "--tls-auth-clients",
            "no",
        ])?;
        Ok(Self {
            server,
            port,
            folder,
        })
    }

    /// Where it is with TLS, such as `rediss://127.0.0.1:7001`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("rediss://127.0.0.1:{}", self.port)
    }

    /// The same server without TLS.
    #[must_use]
    pub fn plain(&self) -> &Redis {
        &self.server
    }

    /// The certificate of the authority, as a PEM file.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

/// An authority of our own and a certificate for the loopback address, as PEM files.
fn certificates(folder: &Path) -> Result<()> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key)?.pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate()?;
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let server = CertificateParams::new(names)?;
    let server_pem = server.signed_by(&key, &issuer)?.pem();
    for (name, pem) in [
        ("ca.pem", authority_pem),
        ("server.pem", server_pem),
        ("server.key", key.serialize_pem()),
    ] {
        std::fs::write(folder.join(name), pem)?;
    }
    Ok(())
}
