use crate::{mock::Test, Call, Error};
use frame_support::traits::GetCallName;
use salus_primitives::{Action, Category, CategorySet, Purpose, Role, CAREGIVER};
use scale_info::{TypeDef, TypeInfo};
use std::collections::BTreeSet;

/// What a cell of the matrix says of a set of categories.
fn categories(set: CategorySet) -> String {
	let names = |set: CategorySet| set.iter().map(Category::name).collect::<Vec<_>>().join(", ");
	let missing = CategorySet::ALL.without(set);
	match (set.is_empty(), missing.is_empty()) {
		(true, _) => "none".into(),
		(_, true) => "all".into(),
		_ if missing.iter().count() < set.iter().count() => format!("all but {}", names(missing)),
		_ => names(set),
	}
}

fn matrix() -> String {
	let mut table = String::from(
		"| role | views and shares at most | appends and amends at most | purposes |\n|---|---|---|---|\n",
	);
	let rows = Role::ALL.into_iter().map(|role| (role.name(), role.limits()));
	for (name, limits) in rows.chain([("Caregiver", CAREGIVER)]) {
		let purposes = limits.purposes.iter().map(Purpose::name).collect::<Vec<_>>().join(", ");
		let row = format!(
			"| {} | {} | {} | {} |\n",
			name,
			categories(limits.view),
			categories(limits.append),
			purposes
		);
		table.push_str(&row);
	}
	table
}

#[test]
fn the_readme_prints_the_role_matrix() {
	let readme = include_str!("../../README.md");
	assert!(readme.contains(&matrix()), "the README lacks this table:\n{}", matrix());
}

#[test]
fn the_readme_names_every_error_and_every_call() {
	let readme = include_str!("../../README.md");
	let source = include_str!("../calls.rs");
	let calls: Vec<_> = source
		.split("#[pallet::call_index(")
		.skip(1)
		.map(|call| call.split("pub fn ").nth(1).unwrap().split('(').next().unwrap())
		.collect();
	assert_eq!(calls.len(), Call::<Test>::get_call_names().len());
	for call in calls {
		assert!(
			readme.contains(&format!("`{call}(")),
			"the README lacks the call {call}"
		);
	}
	let errors = include_str!("../errors.rs")
		.split("pub enum Error<T> {")
		.nth(1)
		.unwrap()
		.split("\n\t}")
		.next()
		.unwrap();
	let errors: Vec<_> = errors
		.lines()
		.map(str::trim)
		.filter(|line| !line.is_empty() && !line.starts_with("///"))
		.collect();
	assert!(errors.len() > 25);
	for error in errors {
		let error = error.trim_end_matches(',');
		assert!(
			readme.contains(&format!("`{error}`")),
			"the README lacks the error {error}"
		);
	}
}

#[test]
fn sharing_needs_what_viewing_needs_and_amending_what_appending_needs() {
	for role in Role::ALL {
		for (purpose, category) in Purpose::ALL.into_iter().flat_map(|p| Category::ALL.map(|c| (p, c))) {
			let allows = |action: Action| role.allows(action, purpose, category);
			assert_eq!(allows(Action::View), allows(Action::Share));
			assert_eq!(allows(Action::Append), allows(Action::Amend));
		}
	}
}

/// The errors as the metadata lists them, each in some assertion of a test.
#[test]
fn every_error_is_reached_by_a_test() {
	let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests");
	let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
	let tests: String = files
		.filter(|path| path.is_file())
		.map(|path| std::fs::read_to_string(path).unwrap())
		.collect();
	let asserted: BTreeSet<_> = tests
		.split("E::")
		.skip(1)
		.map(|rest| rest.split(|letter: char| !letter.is_alphanumeric()).next().unwrap())
		.collect();
	let TypeDef::Variant(errors) = Error::<Test>::type_info().type_def else {
		panic!("errors are an enum");
	};
	let reached = errors.variants.iter().filter(|error| asserted.contains(error.name));
	let missing: Vec<_> = errors
		.variants
		.iter()
		.filter(|error| !asserted.contains(error.name))
		.collect();
	assert!(missing.is_empty(), "no test reaches {missing:?}");
	assert!(reached.count() > 60);
}
