//! Whether whoever watches elsewhere is told what is handled here: the options.

use crate::options::flag;
use heliograph_runtime::Runtime;
use heliograph_runtime::elsewhere::machine_name;

/// Whether windows elsewhere are told what is handled here, and under which name.
#[derive(Debug, clap::Args)]
pub(crate) struct LiveOptions {
    /// On servers, what this worker handles is told live over Redis to windows that watch,
    /// with bodies, traces and sends, and nothing while none does. This tells nobody.
    #[arg(long, env = "HELIOGRAPH_NO_LIVE", value_parser = flag)]
    no_live: bool,
    /// What this worker is called there, and where it says that it has obeyed an
    /// invalidation. Default: the machine's name and the process' id.
    #[arg(long, env = "HELIOGRAPH_WORKER_NAME", value_name = "NAME")]
    worker_name: Option<String>,
}

impl LiveOptions {
    /// Gives this worker its name, and tells from now on, where that is wanted.
    pub(crate) fn start(&self, runtime: &Runtime) {
        let name = self.name();
        runtime.is_called(&name);
        if !self.no_live {
            runtime.tell_elsewhere(&name);
        }
    }

    fn name(&self) -> String {
        let given = self.worker_name.as_deref().map(str::trim);
        given
            .filter(|name| !name.is_empty())
            .map_or_else(of_this_process, str::to_owned)
    }
}

fn of_this_process() -> String {
    format!("{}:{}", machine_name(), std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_has_a_name_also_where_none_is_given() {
        let named = |name: Option<&str>| {
            let options = LiveOptions {
                no_live: false,
                worker_name: name.map(str::to_owned),
            };
            options.name()
        };
        assert_eq!(named(Some(" blue 1 ")), "blue 1");
        for none in [None, Some(" ")] {
            let name = named(none);
            let id = format!(":{}", std::process::id());
            assert!(name.len() > id.len() && name.ends_with(&id), "{name}");
        }
    }
}
