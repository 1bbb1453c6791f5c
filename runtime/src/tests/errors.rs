//! Every error of our pallets is asserted by a test. The errors are the metadata's, the tests are read as source: an
//! error counts where it stands inside an assertion, inside what a helper with such an assertion is called with, or in
//! the list that a loop with such an assertion goes through. Comments and strings count for nothing.

use super::*;
use scale_info::{TypeDef, TypeInfo};
use std::{
	collections::BTreeSet,
	fs,
	path::{Path, PathBuf},
};

/// What compares an outcome with the error it is given.
const ASSERTIONS: [&str; 4] = [
	"assert_noop!",
	"assert_err!",
	"assert_err_ignore_postinfo!",
	"assert_eq!",
];

fn errors_of<E: TypeInfo + 'static>() -> BTreeSet<String> {
	let TypeDef::Variant(errors) = E::type_info().type_def else {
		panic!("errors are an enum");
	};
	errors.variants.iter().map(|error| error.name.to_string()).collect()
}

/// The source files in a folder, or that file.
fn files(path: &Path) -> Vec<PathBuf> {
	if path.is_file() {
		return vec![path.to_path_buf()];
	}
	let inside = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
	inside.flat_map(|path| files(&path)).collect()
}

/// A piece of code: a word, with `!` where it names a macro, or one other character.
type Token = String;

/// The code without comments, strings, characters and lifetimes.
fn tokens(source: &str) -> Vec<Token> {
	let letters: Vec<char> = source.chars().collect();
	let is = |at: usize, what: &str| {
		what.chars()
			.enumerate()
			.all(|(n, letter)| letters.get(at + n) == Some(&letter))
	};
	let find = |from: usize, what: &str| (from..letters.len()).find(|at| is(*at, what)).unwrap_or(letters.len());
	let mut found = vec![];
	let mut at = 0;
	while at < letters.len() {
		let letter = letters[at];
		if is(at, "//") {
			at = find(at, "\n");
		} else if is(at, "/*") {
			at = find(at, "*/") + 2;
		} else if is(at, "r#\"") {
			at = find(at + 3, "\"#") + 2;
		} else if letter == '"' {
			at += 1;
			while at < letters.len() && letters[at] != '"' {
				at += if letters[at] == '\\' { 2 } else { 1 };
			}
			at += 1;
		} else if letter == '\'' {
			// A character, which ends with another of these, or a lifetime, which doesn't.
			let escaped = letters.get(at + 1) == Some(&'\\');
			at = match escaped {
				true => find(at + 3, "'") + 1,
				false if letters.get(at + 2) == Some(&'\'') => at + 3,
				false => at + 1,
			};
		} else if letter.is_alphanumeric() || letter == '_' {
			let end = (at..letters.len())
				.find(|end| !letters[*end].is_alphanumeric() && letters[*end] != '_')
				.unwrap_or(letters.len());
			let mut word: String = letters[at..end].iter().collect();
			at = end;
			if letters.get(at) == Some(&'!') && letters.get(at + 1) == Some(&'(') {
				word.push('!');
				at += 1;
			}
			found.push(word);
		} else {
			if !letter.is_whitespace() {
				found.push(letter.to_string());
			}
			at += 1;
		}
	}
	found
}

/// Where the bracket closes that opens here.
fn closing(code: &[Token], open: usize) -> usize {
	let mut depth = 0usize;
	for (at, token) in code.iter().enumerate().skip(open) {
		match token.as_str() {
			"(" | "[" | "{" => depth += 1,
			")" | "]" | "}" => depth -= 1,
			_ => {}
		}
		if depth == 0 {
			return at;
		}
	}
	panic!("{} never closes", code[open]);
}

/// The functions that take an error and assert it.
fn helpers(code: &[Token]) -> BTreeSet<Token> {
	let mut found = BTreeSet::new();
	for at in (0..code.len()).filter(|at| code[*at] == "fn") {
		let Some(open) = (at..code.len()).find(|place| code[*place] == "(") else {
			continue;
		};
		let parameters = closing(code, open);
		let Some(body) = (parameters..code.len()).find(|place| ["{", ";"].contains(&code[*place].as_str())) else {
			continue;
		};
		let takes = code[open..parameters]
			.iter()
			.any(|token| ["E", "Error"].contains(&token.as_str()));
		let asserts = code[body] == "{" && code[body..closing(code, body)].iter().any(is_assertion);
		if takes && asserts {
			found.insert(code[at + 1].clone());
		}
	}
	found
}

fn is_assertion(token: &Token) -> bool {
	ASSERTIONS.contains(&token.as_str())
}

/// The errors that are asserted: `E::Name`, `Error::Name` and `Error::<Test>::Name` in the places that count.
fn asserted(code: &[Token], helpers: &BTreeSet<Token>) -> BTreeSet<Token> {
	let asserts = |token: &Token| is_assertion(token) || helpers.contains(token);
	let mut counts: Vec<(usize, usize)> = vec![];
	for at in 1..code.len() {
		let (before, token) = (&code[at - 1], code[at].as_str());
		if token == "(" && asserts(before) && (at < 2 || code[at - 2] != "fn") {
			counts.push((at, closing(code, at)));
		}
		if token == "[" && before == "in" {
			let end = closing(code, at);
			let body = (end..code.len()).find(|place| code[*place] == "{");
			if body.is_some_and(|body| code[body..closing(code, body)].iter().any(asserts)) {
				counts.push((at, end));
			}
		}
	}
	let is = |at: usize, what: &str| code.get(at).is_some_and(|token| token == what);
	let mut found = BTreeSet::new();
	for at in (0..code.len()).filter(|at| is(*at, "E") || is(*at, "Error")) {
		let mut name = at + 1;
		if is(name, ":") && is(name + 1, ":") && is(name + 2, "<") {
			name = (name..code.len()).find(|place| is(*place, ">")).unwrap_or(name) + 1;
		}
		let within = counts.iter().any(|(from, to)| (*from..*to).contains(&at));
		if within && is(name, ":") && is(name + 1, ":") {
			found.extend(code.get(name + 2).cloned());
		}
	}
	found
}

fn missing(pallet: &str, errors: BTreeSet<String>) -> Vec<String> {
	let source = Path::new(env!("CARGO_MANIFEST_DIR"))
		.join("../pallets")
		.join(pallet)
		.join("src");
	let read = |path: PathBuf| tokens(&fs::read_to_string(path).unwrap());
	let tests: Vec<_> = files(&source.join("tests")).into_iter().map(read).collect();
	let mock = read(source.join("mock.rs"));
	let helpers = tests.iter().chain([&mock]).flat_map(|code| helpers(code)).collect();
	let asserted: BTreeSet<_> = tests.iter().flat_map(|code| asserted(code, &helpers)).collect();
	let missing = errors.into_iter().filter(|error| !asserted.contains(error));
	missing.map(|error| format!("{pallet}: {error}")).collect()
}

#[test]
fn every_error_is_asserted_by_a_test() {
	let missing = [
		missing("roles", errors_of::<pallet_roles::Error<Runtime>>()),
		missing("consent", errors_of::<pallet_consent::Error<Runtime>>()),
		missing("records", errors_of::<pallet_records::Error<Runtime>>()),
		missing("appointments", errors_of::<pallet_appointments::Error<Runtime>>()),
		missing("telemetry", errors_of::<pallet_telemetry::Error<Runtime>>()),
		missing("consortium", errors_of::<pallet_consortium::Error<Runtime>>()),
	]
	.concat();
	assert!(missing.is_empty(), "no test asserts {missing:#?}");
}

/// The reading itself: what counts, and what only looks as if it did.
#[test]
fn an_error_counts_where_it_is_asserted() {
	let code = tokens(
		r#"
		fn refused(act: Act, error: Error<Test>) { assert_noop!(act, error); }
		fn kept(error: Error<Test>) -> Error<Test> { error }
		// assert_noop!(call(), E::Commented);
		/* assert_noop!(call(), E::Hidden); */
		fn story<'a>() {
			assert_noop!(call("assert_noop!(x, E::Quoted)", 'x', '\''), E::Plain);
			assert_eq!(call(), Err(Error::<Test>::Compared.into()));
			refused(act(), Error::Helped);
			for (act, error) in [(one(), E::Listed), (two(), E::ListedToo)] { assert_noop!(act, error); }
			for error in [E::Idle] { kept(error); }
			let _ = (E::Named, kept(Error::Passed));
			assert_ok!(call(E::Argument));
		}
		"#,
	);
	let helpers = helpers(&code);
	assert_eq!(helpers, ["refused".to_string()].into());
	let found: Vec<_> = asserted(&code, &helpers).into_iter().collect();
	assert_eq!(found, ["Compared", "Helped", "Listed", "ListedToo", "Plain"]);
}
