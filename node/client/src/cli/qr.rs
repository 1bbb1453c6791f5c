//! QR codes of two rows of blocks a line.

use qrcode::{Color, EcLevel, QrCode};

/// The text as a QR code; none when it is too long for one.
pub(crate) fn render(text: &str) -> Option<String> {
	const QUIET: usize = 4;
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
	fn what_is_too_long_has_no_code() {
		assert!(render(&"A".repeat(10_000)).is_none());
	}
}
