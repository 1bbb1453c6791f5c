//! Curves as SVG: one panel each, one below the other, over one time.

use salus_primitives::Moment;
use svg::{
	node::element::{Circle, Group, Line, Polyline, Rectangle, Text, Title},
	Document,
};

use super::{
	curve::{Curve, Run},
	tick,
};
use crate::sdk::words;

const LEFT: f64 = 70.0;
const PANEL: f64 = 760.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 34.0;
const HEIGHT: f64 = 200.0;
const BELOW: f64 = 36.0;
const INK: &str = "#222";
const CURVE: &str = "#0b5fa5";
const LIMIT: &str = "#b00020";
const MISSING: &str = "#e6e6e6";

/// Where times and values of a panel stand.
struct Scale {
	start: Moment,
	end: Moment,
	low: f64,
	high: f64,
	top: f64,
}

impl Scale {
	fn x(&self, at: Moment) -> f64 {
		// Of a length of time that is drawn, no bit is lost.
		let part = |to: Moment| to.saturating_sub(self.start) as f64;
		LEFT + PANEL * part(at) / part(self.end).max(1.0)
	}

	fn y(&self, value: f64) -> f64 {
		self.top + HEIGHT * (self.high - value) / (self.high - self.low)
	}
}

/// The document of these curves.
pub(super) fn document(curves: &[Curve]) -> String {
	let times = curves.iter().map(Curve::time);
	let start = times.clone().map(|(start, _)| start).min().unwrap_or_default();
	let end = times.map(|(_, end)| end).max().unwrap_or_default();
	let width = LEFT + PANEL + RIGHT;
	let mut top = 0.0;
	let mut panels = Group::new().set("font-family", "sans-serif").set("font-size", 12);
	for curve in curves {
		let (low, high) = curve.range();
		let scale = Scale {
			start,
			end,
			low,
			high,
			top: top + TOP,
		};
		panels = panels.add(panel(curve, &scale));
		top += TOP + HEIGHT + BELOW;
	}
	Document::new()
		.set("viewBox", (0.0, 0.0, width, top))
		.set("width", width)
		.set("height", top)
		.set("role", "img")
		.add(Title::new("Readings of devices"))
		.add(background(width, top))
		.add(panels)
		.to_string()
}

fn background(width: f64, height: f64) -> Rectangle {
	Rectangle::new()
		.set("width", width)
		.set("height", height)
		.set("fill", "white")
}

fn panel(curve: &Curve, scale: &Scale) -> Group {
	let title = format!(
		"{}, {} to {}",
		curve.name(),
		words::show_moment(scale.start),
		words::show_moment(scale.end)
	);
	let mut panel = Group::new().add(label(LEFT, scale.top - 12.0, "start", &title));
	for rectangle in gaps(curve, scale) {
		panel = panel.add(rectangle);
	}
	panel = panel.add(axes(curve, scale));
	for end in curve.limit.iter().flat_map(|limit| limit.ends()) {
		let y = scale.y(end.approximate().into());
		panel = panel.add(
			line(LEFT, y, LEFT + PANEL, y, LIMIT)
				.set("stroke-dasharray", "6 4")
				.set("class", "limit"),
		);
	}
	for run in &curve.runs {
		panel = panel.add(drawn(run, scale));
	}
	panel
}

/// What is missing between runs of one device.
fn gaps<'a>(curve: &'a Curve, scale: &'a Scale) -> impl Iterator<Item = Rectangle> + 'a {
	let pairs = curve.runs.iter().zip(curve.runs.iter().skip(1));
	pairs.filter_map(move |(before, after)| {
		let (last, first) = (before.points.last()?, after.points.first()?);
		if before.device != after.device {
			return None;
		}
		let (x, width) = (scale.x(last.at), scale.x(first.at) - scale.x(last.at));
		(width > 0.0).then(|| {
			Rectangle::new()
				.set("x", x)
				.set("y", scale.top)
				.set("width", width)
				.set("height", HEIGHT)
				.set("fill", MISSING)
				.set("class", "gap")
		})
	})
}

fn axes(curve: &Curve, scale: &Scale) -> Group {
	let bottom = scale.top + HEIGHT;
	let mut axes = Group::new()
		.add(line(LEFT, scale.top, LEFT, bottom, INK))
		.add(line(LEFT, bottom, LEFT + PANEL, bottom, INK))
		.add(label(LEFT - 8.0, scale.top - 12.0, "end", curve.unit.as_str()))
		.add(label(LEFT + PANEL, bottom + 32.0, "end", "UTC"));
	for (value, text) in tick::numbers(scale.low, scale.high) {
		let y = scale.y(value);
		axes = axes
			.add(line(LEFT - 4.0, y, LEFT, y, INK))
			.add(label(LEFT - 8.0, y + 4.0, "end", &text));
	}
	for (at, text) in tick::times(scale.start, scale.end, 8) {
		let x = scale.x(at);
		axes = axes
			.add(line(x, bottom, x, bottom + 4.0, INK))
			.add(label(x, bottom + 18.0, "middle", &text));
	}
	axes
}

fn drawn(run: &Run, scale: &Scale) -> Group {
	let places: Vec<_> = run
		.points
		.iter()
		.map(|point| (scale.x(point.at), scale.y(point.height())))
		.collect();
	let path: Vec<_> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
	let group = Group::new().set("class", "run");
	match places.as_slice() {
		[(x, y)] => group.add(Circle::new().set("cx", *x).set("cy", *y).set("r", 2).set("fill", CURVE)),
		_ => group.add(
			Polyline::new()
				.set("points", path.join(" "))
				.set("fill", "none")
				.set("stroke", CURVE)
				.set("stroke-width", 1.5),
		),
	}
}

fn line(x1: f64, y1: f64, x2: f64, y2: f64, colour: &str) -> Line {
	Line::new()
		.set("x1", x1)
		.set("y1", y1)
		.set("x2", x2)
		.set("y2", y2)
		.set("stroke", colour)
}

fn label(x: f64, y: f64, anchor: &str, text: &str) -> Text {
	Text::new(text)
		.set("x", x)
		.set("y", y)
		.set("text-anchor", anchor)
		.set("fill", INK)
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::{
		super::{
			curve::{
				curves,
				tests::{all, heart, reading},
				Wanted,
			},
			limit::Limit,
		},
		*,
	};

	#[test]
	fn runs_gaps_limits_and_units_are_in_the_document() {
		let limits = [Limit::parse("8867-4=50..120").unwrap()];
		let wanted = Wanted {
			limits: &limits,
			..all()
		};
		let mut readings = heart(7, &[1, 2, 3, 8, 9, 20]);
		readings.push(reading(7, 21, "59408-5", "97", "%"));
		// Each part is on a line of its own.
		let text = document(&curves(&readings, &wanted).unwrap()).replace('\n', "");
		let count = |part: &str| text.matches(part).count();
		assert!(text.starts_with("<svg ") && text.ends_with("</svg>"), "{text}");
		assert_eq!(count("class=\"gap\""), 2);
		assert_eq!(count("class=\"limit\""), 2);
		assert_eq!(count("<polyline"), 2);
		assert_eq!(count("<circle"), 2, "readings that stand alone");
		assert!(
			text.contains(">/min<") && text.contains(">%<") && text.contains(">UTC<"),
			"{text}"
		);
		assert!(text.contains("heart rate (8867-4)"));
		assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
	}

	#[test]
	fn a_unit_is_text_and_never_markup() {
		let text = document(&curves(&[reading(7, 1, "8867-4", "1", "<g&>")], &all()).unwrap());
		assert!(text.contains("&lt;g&amp;&gt;") && !text.contains("<g&>"), "{text}");
	}

	#[test]
	fn what_comes_later_stands_further_right_and_what_is_more_higher() {
		let scale = Scale {
			start: 1_000,
			end: 11_000,
			low: 0.0,
			high: 10.0,
			top: TOP,
		};
		assert!((scale.x(1_000) - LEFT).abs() < 1e-9 && (scale.x(11_000) - LEFT - PANEL).abs() < 1e-9);
		assert!(scale.x(6_000) > scale.x(5_000) && scale.y(7.0) < scale.y(6.0));
		assert!((scale.y(10.0) - TOP).abs() < 1e-9 && (scale.y(0.0) - TOP - HEIGHT).abs() < 1e-9);
	}
}
