//! What axe, the accessibility checker, says of what is shown.

use super::Window;
use crate::repo;
use anyhow::{Context, Result, bail};
use std::fs;

impl Window {
    /// Fails where axe finds a violation that it calls serious or critical.
    ///
    /// # Errors
    /// Each such violation with where it is; or when axe is not installed.
    pub async fn is_accessible(&self, what: &str) -> Result<()> {
        let path = repo::root().join("ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&path)
            .with_context(|| format!("{} is missing; run `npm ci` in ui", path.display()))?;
        self.script(&axe).await?;
        let script = "const done = arguments[0]; \
            axe.run(document, { resultTypes: ['violations'] }).then( \
                ({ violations }) => done(violations \
                    .filter(({ impact }) => impact === 'serious' || impact === 'critical') \
                    .map(({ id, help, nodes }) => `${id}: ${help}: ` \
                        + nodes.slice(0, 4).map(({ html }) => html.slice(0, 160)).join('; '))), \
                (error) => done([String(error)]))";
        let found = self.driver().execute_async(script, Vec::new()).await?;
        let found = found.json().as_array().cloned().unwrap_or_default();
        if found.is_empty() {
            return Ok(());
        }
        let lines: Vec<_> = found.iter().filter_map(|line| line.as_str()).collect();
        bail!("{what} is not accessible:\n{}", lines.join("\n"))
    }
}
