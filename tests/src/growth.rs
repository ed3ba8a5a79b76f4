//! Whether memory grows: samples over time, as a table, as a picture, and judged.

use crate::window::Memory;
use anyhow::{Result, bail};
use std::fmt::Write as _;
use std::time::Duration;
use std::{fs, path::Path};

/// The most that may be added, in MiB a minute.
pub const MOST_A_MINUTE: f64 = 1.0;
/// The most that may be added to what was held, as a part of it.
pub const MOST_GROWTH: f64 = 0.1;

/// What a page has done with is collected when there is much of it, so what it holds comes
/// and goes by a hundred MiB within minutes while it is used. What does not go is the least
/// of so many samples.
const A_TIDE: usize = 24;

/// Of the chart, in pixels, without its margins.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 36.0;
const BELOW: f64 = 48.0;

/// A part of a window that is judged by itself.
struct Part {
    name: &'static str,
    colour: &'static str,
    /// What it holds of its own, in MiB.
    of: fn(&Memory) -> f64,
}

const PARTS: [Part; 3] = [
    Part {
        name: "all",
        colour: "#555",
        of: |memory| memory.whole.own,
    },
    Part {
        name: "page",
        colour: "#1971c2",
        of: |memory| memory.page.own,
    },
    Part {
        name: "shell",
        colour: "#d9480f",
        of: |memory| memory.shell.own,
    },
];

/// What a window held, in order, since it was begun.
#[derive(Debug, Default)]
pub struct Samples(Vec<(Duration, Memory)>);

/// How one part of a window grew over the last two thirds of the time, by its low tides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// By the straight line with the least squares, in MiB a minute.
    pub a_minute: f64,
    /// Along that line, from its begin to its end, as a part of what was held at its begin.
    pub part: f64,
}

impl Samples {
    /// Adds what is held so long after the begin.
    pub fn add(&mut self, at: Duration, memory: Memory) {
        self.0.push((at, memory));
    }

    /// One line for each sample: seconds, then MiB.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut csv = "seconds,shell_pss,shell_own,page_pss,page_own,all_pss,all_own\n".to_owned();
        for (at, memory) in &self.0 {
            let _ = write!(csv, "{:.0}", at.as_secs_f64());
            for held in [memory.shell, memory.page, memory.whole] {
                let _ = write!(csv, ",{:.1},{:.1}", held.share, held.own);
            }
            csv.push('\n');
        }
        csv
    }

    /// The growth of each part, by what it holds of its own.
    ///
    /// # Errors
    /// When there are too few samples to judge by.
    pub fn growth(&self) -> Result<Vec<(&'static str, Growth)>> {
        let of = |part: &Part| {
            let all = self.0.iter().map(|(at, memory)| (*at, (part.of)(memory)));
            Ok((part.name, growth(&all.collect::<Vec<_>>())?))
        };
        PARTS.iter().map(of).collect()
    }

    /// How each part grew, in words; refuses what grows over one of the limits.
    ///
    /// # Errors
    /// The same words, with which part grew too much.
    pub fn judge(&self) -> Result<String> {
        let growth = self.growth()?.into_iter();
        judged(growth.map(|(part, growth)| (part, growth, String::new())))
    }

    /// The least of each part: what it holds when all that it has done with is given back.
    fn least(&self, part: &Part) -> f64 {
        let all = self.0.iter().map(|(_, memory)| (part.of)(memory));
        all.fold(f64::INFINITY, f64::min)
    }

    /// How much more each part holds at rest than it did `earlier`, so long before, in words;
    /// refuses what grew over one of the limits. While a page is used it comes and goes by a
    /// hundred MiB, so what use has left behind shows when it has rested.
    ///
    /// # Errors
    /// The same words, with which part grew too much.
    pub fn judge_rest(&self, earlier: &Self, between: Duration) -> Result<String> {
        let minutes = between.as_secs_f64() / 60.0;
        let grown = PARTS.iter().map(|part| {
            let (before, after) = (earlier.least(part), self.least(part));
            let added = after - before;
            let growth = Growth {
                a_minute: added / minutes,
                part: added / before,
            };
            (
                part.name,
                growth,
                format!(" ({before:.0} to {after:.0} MiB)"),
            )
        });
        judged(grown)
    }

    /// Writes them as `<name>.csv` and as the chart `<name>.svg`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path, name: &str, title: &str) -> Result<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join(format!("{name}.csv")), self.csv())?;
        fs::write(folder.join(format!("{name}.svg")), self.svg(title))?;
        Ok(())
    }

    /// What each part holds of its own, over the time.
    fn svg(&self, title: &str) -> String {
        let most = self
            .0
            .iter()
            .map(|(_, it)| it.whole.own)
            .fold(1.0, f64::max);
        let step = (most / 4.0 / 25.0).ceil() * 25.0;
        let last = self.0.last().map_or(1.0, |(at, _)| at.as_secs_f64());
        let x = |at: f64| LEFT + at / last.max(1.0) * WIDTH;
        let y = |mib: f64| TOP + HEIGHT - mib / (4.0 * step) * HEIGHT;
        let (width, height) = (LEFT + WIDTH + 90.0, TOP + HEIGHT + BELOW);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
             <text x=\"{LEFT}\" y=\"20\" font-weight=\"bold\">{title}</text>\n"
        );
        for line in 0..=4 {
            let mib = f64::from(line) * step;
            let _ = writeln!(
                svg,
                "<path d=\"M{LEFT} {0:.1}h{WIDTH}\" stroke=\"#ddd\"/>\
                 <text x=\"{1}\" y=\"{2:.1}\" text-anchor=\"end\">{mib:.0}</text>",
                y(mib),
                LEFT - 6.0,
                y(mib) + 4.0
            );
        }
        for mark in 0..=6 {
            let at = last * f64::from(mark) / 6.0;
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.1}</text>",
                x(at),
                TOP + HEIGHT + 18.0,
                at / 60.0
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">minutes; MiB that come out of \
             no file</text>",
            LEFT + WIDTH / 2.0,
            TOP + HEIGHT + 38.0
        );
        for Part { name, colour, of } in PARTS {
            let points: Vec<_> = self
                .0
                .iter()
                .map(|(at, memory)| format!("{:.1},{:.1}", x(at.as_secs_f64()), y(of(memory))))
                .collect();
            let end = self.0.last().map_or(0.0, |(_, memory)| of(memory));
            let _ = writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name} {end:.0}</text>",
                points.join(" "),
                x(last) + 8.0,
                y(end) + 4.0
            );
        }
        svg.push_str("</svg>\n");
        svg
    }
}

/// How each part grew, in words; refuses what grew over one of the limits.
fn judged(parts: impl Iterator<Item = (&'static str, Growth, String)>) -> Result<String> {
    let mut words = String::new();
    let mut grown = Vec::new();
    for (part, growth, more) in parts {
        let _ = writeln!(
            words,
            "{part}: {:+.2} MiB a minute, {:+.1} %{more}",
            growth.a_minute,
            growth.part * 100.0
        );
        if growth.a_minute >= MOST_A_MINUTE || growth.part > MOST_GROWTH {
            grown.push(part);
        }
    }
    if !grown.is_empty() {
        bail!("memory grows: {grown:?}\n{words}");
    }
    Ok(words)
}

/// The line with the least squares through the low tides of the last two thirds.
fn growth(all: &[(Duration, f64)]) -> Result<Growth> {
    let last = &all[all.len() / 3..];
    let low = |some: &[(Duration, f64)]| some.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
    let judged: Vec<_> = last.chunks(A_TIDE).filter_map(low).collect();
    if judged.len() < 3 {
        bail!("{} samples say nothing about growth", all.len());
    }
    let points = judged
        .iter()
        .map(|(at, mib)| (at.as_secs_f64() / 60.0, *mib));
    let number = f64::from(u32::try_from(judged.len())?);
    let (times, values) = points
        .clone()
        .fold((0.0, 0.0), |(times, values), (at, mib)| {
            (times + at, values + mib)
        });
    let (middle, mean) = (times / number, values / number);
    let (above, below) = points
        .clone()
        .fold((0.0, 0.0), |(above, below), (at, mib)| {
            let away = at - middle;
            (above + away * (mib - mean), below + away * away)
        });
    let a_minute = above / below;
    let ends = points.map(|(at, _)| at);
    let (first, last) = ends.fold((f64::MAX, 0.0_f64), |(first, last), at| {
        (first.min(at), last.max(at))
    });
    let begun = mean + a_minute * (first - middle);
    Ok(Growth {
        a_minute,
        part: a_minute * (last - first) / begun,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::Held;

    fn samples(mib: impl Fn(u32) -> f64) -> Samples {
        let mut samples = Samples::default();
        for at in 0..180 {
            let held = Held {
                share: 300.0,
                own: mib(at),
            };
            let memory = Memory {
                shell: Held::default(),
                page: held,
                whole: held,
            };
            samples.add(Duration::from_secs(u64::from(at) * 10), memory);
        }
        // A shell that holds nothing has no part to grow by.
        for (at, (_, memory)) in (0..).zip(&mut samples.0) {
            memory.shell.own = 50.0 + f64::from(at % 2);
        }
        samples
    }

    #[test]
    fn what_comes_and_goes_does_not_grow_and_what_fills_at_first_may() {
        let comes_and_goes = samples(|at| 200.0 + f64::from(at % 12) * 4.0);
        assert!(comes_and_goes.judge().is_ok());
        let fills = samples(|at| 200.0 + f64::from(at.min(50)) * 2.0);
        assert!(fills.judge().is_ok());
    }

    #[test]
    fn a_leak_is_found_by_its_rate_and_by_its_part() {
        // Two MiB a minute of much, and a tenth of a MiB a second of a little.
        let much = samples(|at| 2_000.0 + f64::from(at) / 3.0);
        assert!(much.judge().is_err());
        let little = samples(|at| 20.0 + f64::from(at) / 12.0);
        assert!(little.judge().is_err());
        let growth = much.growth().expect("there are samples enough");
        let (part, page) = growth[1];
        assert_eq!(part, "page");
        assert!((page.a_minute - 2.0).abs() < 0.01, "{page:?}");
    }

    #[test]
    fn what_use_leaves_behind_shows_at_rest() {
        let half_an_hour = Duration::from_secs(1_800);
        let before = samples(|at| 200.0 + f64::from(at % 12) * 4.0);
        let same = samples(|at| 204.0 + f64::from(at % 12) * 9.0);
        assert!(same.judge_rest(&before, half_an_hour).is_ok());
        let more = samples(|at| 221.0 + f64::from(at % 12));
        let words = more.judge_rest(&before, half_an_hour).expect_err("a tenth");
        assert!(words.to_string().contains("200 to 221"), "{words}");
        let a_minute = samples(|at| 2_000.0 + f64::from(at % 2));
        let later = samples(|_| 2_031.0);
        assert!(later.judge_rest(&a_minute, half_an_hour).is_err());
    }

    #[test]
    fn is_written_as_a_table_and_as_a_picture() {
        let some = samples(|at| 200.0 + f64::from(at));
        assert_eq!(some.csv().lines().count(), 181);
        assert!(
            some.csv()
                .contains("\n10,0.0,51.0,300.0,201.0,300.0,201.0\n")
        );
        assert_eq!(some.svg("Idle").matches("<polyline").count(), 3);
    }
}
