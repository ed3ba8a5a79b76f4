//! The plot of `scaling` as an SVG document: two charts, one line for each system.

use crate::scaling::Scaling;
use crate::system::System;
use std::fmt::Write;

/// Of one chart, in pixels, without its margins.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 48.0;

/// One chart: values over places, the values on a logarithmic scale.
struct Chart<'a> {
    title: &'a str,
    below: &'a str,
    /// The names of the places on the horizontal axis.
    places: Vec<String>,
    /// For each system, a value for each place.
    lines: Vec<(System, Vec<f64>)>,
}

/// The document.
pub(crate) fn svg(scaling: &Scaling) -> String {
    let by_workers = Chart::new(
        "Webhooks a second, by workers on one queue",
        "workers",
        scaling
            .workers
            .iter()
            .map(|it| (it.workers.to_string(), it.system, it.jobs_per_second)),
    );
    let by_automations = Chart::new(
        "Webhooks a second, by automations a workspace",
        "automations",
        scaling.automations.iter().map(|it| {
            let name = it.automations.to_string();
            (name, it.drained.system, it.drained.jobs_per_second)
        }),
    );
    let (width, height) = (2.0 * (WIDTH + LEFT) + 40.0, HEIGHT + TOP + BOTTOM);
    let mut document = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    by_workers.draw(&mut document, 0.0);
    by_automations.draw(&mut document, WIDTH + LEFT + 20.0);
    document.push_str("</svg>\n");
    document
}

impl<'a> Chart<'a> {
    fn new(
        title: &'a str,
        below: &'a str,
        measured: impl Iterator<Item = (String, System, f64)>,
    ) -> Self {
        let mut chart = Self {
            title,
            below,
            places: Vec::new(),
            lines: Vec::new(),
        };
        for (place, system, value) in measured {
            if !chart.places.contains(&place) {
                chart.places.push(place);
            }
            match chart.lines.iter_mut().find(|(known, _)| *known == system) {
                Some((_, values)) => values.push(value),
                None => chart.lines.push((system, vec![value])),
            }
        }
        chart
    }

    /// Whole powers of ten around all values.
    fn decades(&self) -> (i32, i32) {
        let values = self.lines.iter().flat_map(|(_, values)| values);
        let (least, most) = values.fold((f64::MAX, 1.0_f64), |(least, most), value| {
            (least.min(*value), most.max(*value))
        });
        #[allow(clippy::cast_possible_truncation, reason = "a few decades")]
        let decade = |value: f64| value.max(1.0).log10();
        let (low, high) = (decade(least).floor(), decade(most).ceil());
        #[allow(clippy::cast_possible_truncation, reason = "a few decades")]
        (low as i32, (high as i32).max(low as i32 + 1))
    }

    fn draw(&self, to: &mut String, at: f64) {
        let (low, high) = self.decades();
        let (left, right, foot) = (at + LEFT, at + LEFT + WIDTH, TOP + HEIGHT);
        let y = |value: f64| {
            let part = (value.max(1.0).log10() - f64::from(low)) / f64::from(high - low);
            foot - part * HEIGHT
        };
        #[allow(clippy::cast_precision_loss, reason = "a handful of places")]
        let x = |place: usize| {
            let between = self.places.len().saturating_sub(1).max(1) as f64;
            left + 20.0 + place as f64 / between * (WIDTH - 40.0)
        };
        // Writing into a String does not fail.
        let mut line = |text: String| {
            let _ = writeln!(to, "{text}");
        };
        line(format!(
            "<text x=\"{left}\" y=\"20\" font-weight=\"bold\">{}</text>",
            self.title
        ));
        for decade in low..=high {
            let height = y(10_f64.powi(decade));
            line(format!(
                "<path d=\"M{left} {height:.1}H{right}\" stroke=\"#ddd\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                left - 6.0,
                height + 4.0,
                10_f64.powi(decade)
            ));
        }
        for (place, name) in self.places.iter().enumerate() {
            line(format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{name}</text>",
                x(place),
                foot + 18.0
            ));
        }
        line(format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            left + WIDTH / 2.0,
            foot + 36.0,
            self.below
        ));
        for (system, values) in &self.lines {
            let colour = match system {
                System::Node => "#888",
                System::Heliograph => "#d9480f",
            };
            let points: Vec<_> = (0..)
                .zip(values)
                .map(|(place, value)| format!("{:.1},{:.1}", x(place), y(*value)))
                .collect();
            line(format!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                points.join(" ")
            ));
            for (place, value) in values.iter().enumerate() {
                line(format!(
                    "<circle cx=\"{0:.1}\" cy=\"{1:.1}\" r=\"3\" fill=\"{colour}\"/>\
                     <text x=\"{0:.1}\" y=\"{2:.1}\" text-anchor=\"middle\" fill=\"{colour}\">\
                     {value:.0}</text>",
                    x(place),
                    y(*value),
                    y(*value) - 8.0
                ));
            }
            if let Some(first) = values.first() {
                line(format!(
                    "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}</text>",
                    x(0),
                    y(*first) + 18.0,
                    system.name()
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_value_stands_higher() {
        let measured = [("1", 1_000.0), ("2", 9_000.0)];
        let chart = Chart::new(
            "title",
            "below",
            measured
                .into_iter()
                .map(|(place, value)| (place.to_owned(), System::Node, value)),
        );
        assert_eq!(chart.decades(), (3, 4));
        let mut drawn = String::new();
        chart.draw(&mut drawn, 0.0);
        let heights: Vec<f64> = drawn
            .split("cy=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next()?.parse().ok())
            .collect();
        assert!(heights[0] > heights[1], "{heights:?}");
    }
}
