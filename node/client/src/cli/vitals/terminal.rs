//! Curves on a terminal, in Braille dots; or as a table, where those can't be shown.

use salus_primitives::Moment;
use textplots::{Chart, LabelBuilder, LabelFormat, Plot, Shape, TickDisplay, TickDisplayBuilder};

use super::curve::{Curve, Run};
use crate::sdk::words;

/// In dots: two of a character's width, four of its height.
const WIDTH: u32 = 160;
const HEIGHT: u32 = 64;

/// A curve in dots, its limits as lines across.
pub(super) fn drawn(curve: &Curve) -> String {
	let (start, end) = curve.time();
	let (low, high) = curve.range();
	let across = seconds(start, end).max(1.0);
	let lines: Vec<_> = curve.runs.iter().map(|run| line(run, start, across)).collect();
	let limits: Vec<_> = curve
		.limit
		.iter()
		.flat_map(|limit| limit.ends())
		.map(|end| [(0.0, end.approximate()), (across, end.approximate())])
		.collect();
	let shapes: Vec<_> = lines
		.iter()
		.map(|line| Shape::Lines(line))
		.chain(limits.iter().map(|limit| Shape::Lines(limit)))
		.collect();
	let mut chart = Chart::new_with_y_range(WIDTH, HEIGHT, 0.0, across, narrow(low), narrow(high));
	let mut drawing = &mut chart;
	for shape in &shapes {
		drawing = drawing.lineplot(shape);
	}
	let time = move |second: f32| {
		let since = words::milliseconds(std::time::Duration::from_secs_f32(second.max(0.0)));
		words::show_moment(start.saturating_add(since))
	};
	drawing.axis();
	drawing.figures();
	let drawing = drawing
		.x_label_format(LabelFormat::Custom(Box::new(time)))
		.y_label_format(LabelFormat::Custom(Box::new(|value| format!("{value:.1}"))))
		.y_tick_display(TickDisplay::Sparse);
	format!("{}, in {}\n{drawing}", curve.name(), curve.unit)
}

/// A run's points. One alone is a short stroke: a line needs two ends.
fn line(run: &Run, start: Moment, across: f32) -> Vec<(f32, f32)> {
	let mut line: Vec<_> = run
		.points
		.iter()
		.map(|point| (seconds(start, point.at), point.value.approximate()))
		.collect();
	if let [(x, y)] = line.as_slice() {
		let (x, y) = (*x, *y);
		line.push((x + across / 40.0, y));
	}
	line
}

fn seconds(from: Moment, to: Moment) -> f32 {
	std::time::Duration::from_millis(to.saturating_sub(from)).as_secs_f32()
}

/// The nearest that a chart of 64 dots can have.
fn narrow(value: f64) -> f32 {
	value as f32
}

/// A curve as a table, with a line between runs.
pub(super) fn table(curve: &Curve) -> Vec<String> {
	let mut lines = vec![format!("{}, in {}", curve.name(), curve.unit)];
	for (place, run) in curve.runs.iter().enumerate() {
		if place > 0 {
			lines.push("  …".into());
		}
		lines.extend(run.points.iter().map(|point| {
			let standing = match curve.limit.as_ref().map(|limit| limit.standing(&point.value)) {
				Some("Low") => " low",
				Some("High") => " high",
				_ => "",
			};
			let flags: String = point.flags.iter().map(|flag| format!(" {flag:?}")).collect();
			format!(
				"  {}  {:>10}{standing}{flags}  #{}",
				words::show_moment(point.at),
				point.value.to_string(),
				point.seq
			)
		}));
	}
	lines
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

	/// Which columns of a drawing have a dot, the axis at the left aside.
	fn columns(text: &str) -> Vec<bool> {
		let rows: Vec<Vec<char>> = text
			.lines()
			.skip(1)
			.filter(|line| line.starts_with(|first| ('\u{2800}'..='\u{28ff}').contains(&first)))
			.map(|line| line.chars().take(80).collect())
			.collect();
		let has = |column: usize| {
			let dot = |row: &Vec<char>| row.get(column).is_some_and(|c| ('\u{2801}'..='\u{28ff}').contains(c));
			rows.iter().any(dot)
		};
		(1..80).map(has).collect()
	}

	#[test]
	fn a_gap_in_the_numbers_is_a_gap_in_the_drawing() {
		let whole: Vec<u64> = (1..=100).collect();
		let broken: Vec<u64> = whole.iter().copied().filter(|seq| !(40..=60).contains(seq)).collect();
		let drawing = |seqs: &[u64]| drawn(&curves(&heart(7, seqs), &all()).unwrap().remove(0));
		let (whole, broken) = (columns(&drawing(&whole)), columns(&drawing(&broken)));
		let longest = |columns: &[bool]| columns.split(|dot| *dot).map(<[bool]>::len).max().unwrap_or(0);
		assert!(longest(&whole) <= 1, "{whole:?}");
		assert!(longest(&broken) >= 12, "{broken:?}");
	}

	#[test]
	fn axes_have_units_times_and_values() {
		let text = drawn(&curves(&heart(7, &[1, 61]), &all()).unwrap().remove(0));
		assert!(text.starts_with("heart rate (8867-4), in /min\n"), "{text}");
		assert!(
			text.contains("1970-01-01T00:00:01Z") && text.contains("1970-01-01T00:01:01Z"),
			"{text}"
		);
	}

	#[test]
	fn one_reading_or_a_level_curve_is_drawn_too() {
		let one = drawn(&curves(&heart(7, &[5]), &all()).unwrap().remove(0));
		assert!(columns(&one).contains(&true), "{one}");
		let level = [reading(7, 1, "59408-5", "98", "%"), reading(7, 2, "59408-5", "98", "%")];
		drawn(&curves(&level, &all()).unwrap().remove(0));
		let huge = [
			reading(7, 1, "59408-5", "9e18", "%"),
			reading(7, u64::MAX / 1_000, "59408-5", "1e-9", "%"),
		];
		drawn(&curves(&huge, &all()).unwrap().remove(0));
	}

	#[test]
	fn a_table_has_what_a_drawing_has() {
		let limits = [Limit::parse("8867-4=..62").unwrap()];
		let wanted = Wanted {
			limits: &limits,
			..all()
		};
		let lines = table(&curves(&heart(7, &[1, 3]), &wanted).unwrap().remove(0));
		let [title, first, gap, second] = lines.as_slice() else {
			unreachable!("{lines:?}")
		};
		assert_eq!(title, "heart rate (8867-4), in /min");
		assert!(
			first.contains("1970-01-01T00:00:01Z") && first.ends_with("#1"),
			"{first}"
		);
		assert_eq!(gap, "  …");
		assert!(second.contains(" high") && second.ends_with("#3"), "{second}");
	}
}
