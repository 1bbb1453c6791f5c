use crate::{mock::Test, Call};
use frame_support::traits::GetCallName;
use salus_primitives::{Action, Category, CategorySet, Purpose, Role, CAREGIVER};

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

/// What stands in the README under its heading; `SALUS_WRITE_README` puts the code's there.
#[test]
fn the_readme_prints_the_role_matrix() {
	let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
	let readme = std::fs::read_to_string(path).unwrap();
	let (before, section) = readme.split_once("## Role matrix\n").unwrap();
	let (words, printed) = section.split_at(section.find("| role |").unwrap());
	let (printed, after) = printed.split_at(printed.find("\n\n").unwrap() + 1);
	if std::env::var_os("SALUS_WRITE_README").is_some() {
		let rewritten = [before, "## Role matrix\n", words, &matrix(), after].concat();
		return std::fs::write(path, rewritten).unwrap();
	}
	assert_eq!(
		printed,
		matrix(),
		"write it anew: SALUS_WRITE_README=1 cargo test -p pallet-consent readme"
	);
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
