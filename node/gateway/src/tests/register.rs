use salus_primitives::Role;

use super::world::{private, World, LICENCE};
use crate::{register::import, GatewayError};

const HEAD: &str = "licence,role,contact,valid_until,speciality\n";

async fn refused(world: &World, csv: &str) -> (u64, &'static str) {
	let path = private(&world.folder, "new.csv", csv);
	match import(world.store(), &world.secret, &path).await {
		Err(GatewayError::Row { line, reason }) => (line, reason),
		other => panic!("{csv:?}: {other:?}"),
	}
}

#[tokio::test]
async fn a_register_is_found_by_licence() {
	let world = World::new().await;
	world
		.import("speciality,contact,licence,role\n\"Surgery, general\",+4930123456,A 1,doctor\n,nurse@example.org,A 2,Nurse\n")
		.await;
	let look = |licence| world.registrar.register.look_up(&world.secret, licence);
	let first = look("A 1").await.unwrap().unwrap();
	assert_eq!(first.speciality.as_deref(), Some("Surgery, general"));
	assert_eq!((first.role, first.contact.reveal()), (Role::Doctor, "+4930123456"));
	let second = look("A 2").await.unwrap().unwrap();
	assert_eq!(
		(second.role, second.speciality, second.valid_until),
		(Role::Nurse, None, None)
	);
	// The register before is gone as a whole: who was struck off is not found.
	assert_eq!(look(LICENCE).await.unwrap(), None);
	assert_eq!(world.store().licences().await.unwrap(), 2);
}

#[tokio::test]
async fn a_malformed_row_is_named_by_its_line_and_nothing_is_imported() {
	let world = World::new().await;
	let good = "A-1,doctor,a1@example.org,,\n";
	let rows = [
		("A-2,surgeon,a2@example.org,,\n", "role"),
		(",doctor,a2@example.org,,\n", "licence"),
		("A-2,doctor,nowhere,,\n", "contact"),
		("A-2,doctor,,,\n", "contact"),
		("A-2,doctor,\"a2@example.org\nBcc: eve@example.org\",,\n", "contact"),
		("A-2,doctor,a2@example.org,soon,\n", "valid_until"),
		("A-2,doctor,a2@example.org,,\"x\ty\"\n", "speciality"),
		("A-2,doctor,a2@example.org\n", "number of fields"),
		("A-2,doctor,a2@example.org,,,\n", "number of fields"),
		("A-1,nurse,a2@example.org,,\n", "earlier line"),
	];
	for (row, why) in rows {
		let (line, reason) = refused(&world, &format!("{HEAD}{good}{row}A-3,doctor,a3@example.org,,\n")).await;
		assert_eq!(line, 3, "{row:?}");
		assert!(reason.contains(why), "{row:?}: {reason}");
		assert!(!reason.contains("A-2") && !reason.contains("a2@"), "{reason}");
	}
	let long = format!("{HEAD}{good}{},doctor,a2@example.org,,\n", "9".repeat(200));
	assert_eq!(refused(&world, &long).await.0, 3);
	assert_eq!(world.store().licences().await.unwrap(), 1);
	assert!(world
		.registrar
		.register
		.look_up(&world.secret, LICENCE)
		.await
		.unwrap()
		.is_some());
}

#[tokio::test]
async fn a_wrong_head_line_is_refused() {
	let world = World::new().await;
	for head in [
		"",
		"licence,role\n",
		"role,contact\n",
		"licence,contact\n",
		"licence,role,contact,colour\n",
		"licence,role,contact,licence\n",
	] {
		assert_eq!(
			refused(&world, &format!("{head}A,doctor,a@example.org\n")).await.0,
			1,
			"{head}"
		);
	}
	// An empty register is more likely a mistake than a council without doctors.
	assert!(refused(&world, HEAD).await.1.contains("no licence"));
	assert_eq!(world.store().licences().await.unwrap(), 1);
	let missing = import(world.store(), &world.secret, &world.folder.path().join("missing.csv")).await;
	assert!(matches!(missing, Err(GatewayError::File { .. })), "{missing:?}");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
	let world = World::new().await;
	let path = world.folder.path().join("latin.csv");
	std::fs::write(&path, [HEAD.as_bytes(), b"A-1,doctor,\xe4@example.org,,\n"].concat()).unwrap();
	let refused = import(world.store(), &world.secret, &path).await;
	assert!(matches!(refused, Err(GatewayError::Row { line: 2, .. })), "{refused:?}");
}
