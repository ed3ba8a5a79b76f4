//! What axe, the accessibility checker, says of what is shown.

use super::Window;
use crate::repo;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;

/// What axe finds depends on the colours for these rules alone.
const OF_COLOURS: [&str; 2] = ["color-contrast", "link-in-text-block"];

const CHECK: &str = "const [options, done] = arguments; \
    axe.run(document, { resultTypes: ['violations'], ...options }).then( \
        ({ violations }) => done(violations \
            .filter(({ impact }) => impact === 'serious' || impact === 'critical') \
            .map(({ id, help, nodes }) => `${id}: ${help}: ` \
                + nodes.slice(0, 4).map(({ html }) => html.slice(0, 160)).join('; '))), \
        (error) => done([String(error)]))";

impl Window {
    /// Fails where axe finds a violation that it calls serious or critical.
    ///
    /// # Errors
    /// Each such violation with where it is; or when axe is not installed.
    pub async fn is_accessible(&self, what: &str) -> Result<()> {
        self.check(what, json!({})).await
    }

    /// The same in both themes, of which only colours differ.
    ///
    /// # Errors
    /// As [`Self::is_accessible`].
    pub async fn is_accessible_in_both_themes(&self, what: &str) -> Result<()> {
        self.is_accessible(what).await?;
        let chosen = self.theme().await?;
        let other = if chosen == "dark" { "light" } else { "dark" };
        self.paint(other).await?;
        let colours = json!({ "runOnly": { "type": "rule", "values": OF_COLOURS } });
        let checked = self.check(&format!("{what}, {other}"), colours).await;
        self.paint(&chosen).await?;
        checked
    }

    /// Keeps a picture in each of the themes, as `<name>-light` and `<name>-dark`.
    ///
    /// # Errors
    /// When one cannot be taken or written.
    pub async fn picture_in_both_themes(&self, name: &str) -> Result<()> {
        let chosen = self.theme().await?;
        for theme in ["light", "dark"] {
            self.paint(theme).await?;
            self.picture(&format!("{name}-{theme}")).await?;
        }
        self.paint(&chosen).await
    }

    /// The theme that was chosen, `light` or `dark`.
    async fn theme(&self) -> Result<String> {
        let theme = self
            .script("return document.documentElement.dataset.theme ?? null")
            .await?;
        let theme = theme.as_str().context("one was chosen")?;
        Ok(theme.to_owned())
    }

    /// Shows the page in a theme, without choosing it.
    async fn paint(&self, theme: &str) -> Result<()> {
        let script = format!("document.documentElement.dataset.theme = '{theme}'");
        self.script(&script).await.map(drop)
    }

    async fn check(&self, what: &str, options: Value) -> Result<()> {
        if self.script("return typeof axe === 'undefined'").await? == true {
            let path = repo::root().join("ui/node_modules/axe-core/axe.min.js");
            let axe = fs::read_to_string(&path)
                .with_context(|| format!("{} is missing; run `npm ci` in ui", path.display()))?;
            self.script(&axe).await?;
        }
        let found = self.driver().execute_async(CHECK, vec![options]).await?;
        let found = found.json().as_array().cloned().unwrap_or_default();
        if found.is_empty() {
            return Ok(());
        }
        let lines: Vec<_> = found.iter().filter_map(|line| line.as_str()).collect();
        bail!("{what} is not accessible:\n{}", lines.join("\n"))
    }
}
