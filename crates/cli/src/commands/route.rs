//! `heliograph route`: deliveries in, one line of JSON for each event out.

use crate::failure::Usage;
use crate::output;
use anyhow::Context;
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_engine::route;
use serde_json::value::RawValue;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Turns deliveries into events, one line of JSON for each.
#[derive(Debug, clap::Args)]
pub(crate) struct RouteArguments {
    /// Files with deliveries: one JSON document, or one on each line. `-` or none: standard input.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Routes what the files hold. Something that is not JSON is told on standard error with
/// its place, the rest is routed all the same, and the exit code is 1.
pub(crate) fn run(arguments: &RouteArguments) -> anyhow::Result<ExitCode> {
    let stdin = [PathBuf::from("-")];
    let files = if arguments.files.is_empty() {
        &stdin[..]
    } else {
        &arguments.files
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut good = true;
    for file in files {
        let bytes = read(file)?;
        for document in Documents::new(&bytes) {
            match document {
                Ok(document) => {
                    let events = route::route(document.as_bytes(), SystemClock.now());
                    for event in events.context("a document that parsed is routed")? {
                        serde_json::to_writer(&mut out, &event)
                            .map_err(io::Error::from)
                            .and_then(|()| out.write_all(b"\n"))?;
                    }
                }
                Err(error) => {
                    good = false;
                    output::error_line(&format!("{}: {error}", file.display()));
                }
            }
        }
    }
    out.flush()?;
    Ok(ExitCode::from(u8::from(!good)))
}

fn read(file: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        io::stdin()
            .read_to_end(&mut bytes)
            .context("standard input cannot be read")?;
    } else {
        bytes = std::fs::read(file)
            .map_err(|error| Usage(format!("{} cannot be read: {error}", file.display())))?;
    }
    Ok(bytes)
}

/// The JSON documents of a file, one after the other, whether one fills the file, each
/// has its line, or they follow each other in any other way.
struct Documents<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Documents<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mark = b"\xef\xbb\xbf";
        Self {
            bytes,
            at: if bytes.starts_with(mark) {
                mark.len()
            } else {
                0
            },
        }
    }

    /// The line, counted from 1, in which a byte stands.
    fn line_of(&self, at: usize) -> usize {
        1 + self.bytes[..at.min(self.bytes.len())]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
    }
}

impl<'a> Iterator for Documents<'a> {
    type Item = Result<&'a str, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.bytes[self.at..];
        let mut stream = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
        match stream.next()? {
            Ok(document) => {
                self.at += stream.byte_offset();
                Some(Ok(document.get()))
            }
            Err(error) => {
                // Goes on with the next line behind the one on which the document broke.
                let start = rest
                    .iter()
                    .position(|byte| !byte.is_ascii_whitespace())
                    .unwrap_or(0);
                let broken = rest[start..]
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .map_or(rest.len(), |end| start + end + 1);
                let line = self.line_of(self.at + start);
                self.at += broken;
                Some(Err(format!(
                    "line {line} is not JSON ({error}); it was passed over"
                )))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(text: &str) -> Vec<Result<&str, String>> {
        Documents::new(text.as_bytes()).collect()
    }

    #[test]
    fn one_document_may_fill_the_file() {
        assert_eq!(
            documents("\n{\n \"a\": [1,\n2]}\n"),
            [Ok("{\n \"a\": [1,\n2]}")]
        );
    }

    #[test]
    fn each_line_may_hold_one() {
        assert_eq!(
            documents("{\"a\":1}\n\n[2]\n3"),
            [Ok("{\"a\":1}"), Ok("[2]"), Ok("3")]
        );
    }

    #[test]
    fn a_broken_line_costs_itself_only() {
        let found = documents("{\"a\":1}\n{\"a\":\n{\"b\":2}\n");
        assert_eq!(found[0], Ok("{\"a\":1}"));
        assert!(
            found[1]
                .as_ref()
                .is_err_and(|error| error.starts_with("line 2 "))
        );
        assert_eq!(found[2], Ok("{\"b\":2}"));
        assert_eq!(found.len(), 3);
    }
}
