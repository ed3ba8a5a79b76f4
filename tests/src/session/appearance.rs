//! The desktop's portal, as far as it says whether a person prefers dark or light.

use anyhow::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use zbus::Connection;
use zbus::fdo::Error;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, Value};

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const NAMESPACE: &str = "org.freedesktop.appearance";
const KEY: &str = "color-scheme";
/// As the portal numbers them; 0 stands for no preference.
const DARK: u32 = 1;
const LIGHT: u32 = 2;

/// What is preferred now.
#[derive(Debug, Clone, Default)]
pub(super) struct Appearance(Arc<AtomicU32>);

impl Appearance {
    /// Prefers dark or light from now on, and tells whoever listens.
    pub(super) async fn prefer(&self, connection: &Connection, dark: bool) -> Result<()> {
        let scheme = if dark { DARK } else { LIGHT };
        self.0.store(scheme, Ordering::Relaxed);
        connection.object_server().at(PATH, self.clone()).await?;
        connection.request_name(NAME).await?;
        let emitter = SignalEmitter::new(connection, PATH)?;
        Self::setting_changed(&emitter, NAMESPACE, KEY, scheme.into()).await?;
        Ok(())
    }
}

#[zbus::interface(name = "org.freedesktop.portal.Settings")]
impl Appearance {
    fn read(&self, namespace: &str, key: &str) -> zbus::fdo::Result<OwnedValue> {
        if (namespace, key) != (NAMESPACE, KEY) {
            return Err(Error::Failed(format!("there is no {namespace} {key}")));
        }
        // In a variant of its own, as the specification has it.
        let scheme = Value::U32(self.0.load(Ordering::Relaxed));
        OwnedValue::try_from(Value::Value(Box::new(scheme)))
            .map_err(|error| Error::Failed(error.to_string()))
    }

    #[zbus(signal)]
    async fn setting_changed(
        emitter: &SignalEmitter<'_>,
        namespace: &str,
        key: &str,
        value: Value<'_>,
    ) -> zbus::Result<()>;
}
