//! QR codes: of two rows of blocks a line on a terminal, and to be printed.

use qrcode::{Color, EcLevel, QrCode};

/// How many light modules frame a code.
const QUIET: usize = 4;

/// The text as a QR code; none when it is too long for one.
pub(crate) fn render(text: &str) -> Option<String> {
	let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
	let width = code.width();
	let colors = code.to_colors();
	let dark = |row: usize, column: usize| {
		let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < width);
		match (inside(row), inside(column)) {
			(Some(row), Some(column)) => colors.get(row * width + column) == Some(&Color::Dark),
			_ => false,
		}
	};
	let all = width + 2 * QUIET;
	let line = |row: usize| {
		(0..all)
			.map(|column| match (dark(row, column), dark(row + 1, column)) {
				// Drawn light on dark, as terminals are.
				(true, true) => ' ',
				(true, false) => '▄',
				(false, true) => '▀',
				(false, false) => '█',
			})
			.collect::<String>()
	};
	Some((0..all).step_by(2).map(line).collect::<Vec<_>>().join("\n"))
}

/// The text as a QR code beside some lines, on a card of 85.6 by 54 mm; none when it is too long for one. Paper gets
/// creases and stains, so that a quarter of the code can be unreadable where there is room for that.
pub(crate) fn svg(text: &str, lines: &[String]) -> Option<String> {
	let code = [EcLevel::Q, EcLevel::L]
		.into_iter()
		.find_map(|level| QrCode::with_error_correction_level(text, level).ok())?;
	let width = code.width();
	let all = width + 2 * QUIET;
	let mut modules = String::new();
	for (place, _) in code
		.to_colors()
		.iter()
		.enumerate()
		.filter(|(_, color)| **color == Color::Dark)
	{
		let (row, column) = (place / width + QUIET, place % width + QUIET);
		modules.push_str(&format!("M{column} {row}h1v1h-1z"));
	}
	// In tenths of a millimetre; the more lines, the smaller.
	let step = (480 / lines.len().max(1)).min(30);
	let words: String = lines
		.iter()
		.enumerate()
		.map(|(line, text)| {
			format!(
				"\n<text x=\"530\" y=\"{}\">{}</text>",
				30 + step * (line + 1),
				escaped(text)
			)
		})
		.collect();
	let font = step * 7 / 10;
	Some(format!(
		r##"<svg xmlns="http://www.w3.org/2000/svg" width="85.6mm" height="54mm" viewBox="0 0 856 540" font-family="sans-serif" font-size="{font}">
<rect width="856" height="540" rx="30" fill="#fff" stroke="#000" stroke-width="2"/>
<svg x="20" y="20" width="500" height="500" viewBox="0 0 {all} {all}" shape-rendering="crispEdges"><path d="{modules}"/></svg>{words}
</svg>
"##
	))
}

/// A text as XML has it.
fn escaped(text: &str) -> String {
	text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;

	#[test]
	fn a_code_is_square_and_framed() {
		let picture = render("SALUSCARD1:00").unwrap();
		let lines: Vec<Vec<char>> = picture.lines().map(|line| line.chars().collect()).collect();
		assert!(lines.iter().all(|line| line.len() == lines.first().unwrap().len()));
		assert!(lines.iter().take(2).flatten().all(|letter| *letter == '█'));
		assert!(lines.iter().skip(2).flatten().any(|letter| *letter == ' '));
	}

	#[test]
	fn a_printed_code_has_every_dark_module_and_every_line() {
		let text = "SALUSEMERGENCY1:00";
		let picture = svg(text, &["a <b> & c".into(), "d".into()]).unwrap();
		let code = QrCode::with_error_correction_level(text, EcLevel::Q).unwrap();
		let dark = code
			.to_colors()
			.into_iter()
			.filter(|color| *color == Color::Dark)
			.count();
		assert_eq!(picture.matches("h1v1h-1z").count(), dark);
		// The first finder pattern's corner, behind the quiet zone.
		assert!(picture.contains("M4 4h1v1h-1z") && !picture.contains("M3 "));
		assert!(picture.contains(">a &lt;b&gt; &amp; c</text>") && picture.contains(">d</text>"));
	}

	#[test]
	fn what_is_too_long_has_no_code() {
		assert!(svg(&"A".repeat(10_000), &[]).is_none());
		assert!(render(&"A".repeat(10_000)).is_none());
	}
}
