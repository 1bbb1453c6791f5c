use salus::Application;
use salus_primitives::{Role, DAY, HOUR, MINUTE};
use serde_json::json;

use super::world::{code, wrong, Applicant, World, CONTACT, LICENCE, NOW};
use crate::{
	registrar::Refusal,
	store::{CaseId, State},
};

async fn refused(world: &World, body: &[u8]) -> Refusal {
	let refusal = world.registrar.apply(body, NOW).await.unwrap_err();
	assert!(
		!refusal.to_string().contains(LICENCE) && !refusal.to_string().contains(CONTACT),
		"{refusal}"
	);
	refusal
}

async fn state(world: &World, case: &CaseId) -> State {
	world.registrar.case(case).await.unwrap().state
}

#[tokio::test]
async fn the_code_goes_to_the_contact_of_the_register_and_proves() {
	let world = World::new().await;
	let (case, code) = world.applied(&Applicant::doctor(), NOW).await;
	let messages = world.messages();
	assert_eq!(messages.len(), 1);
	assert_eq!(messages[0]["to"], CONTACT);
	world.registrar.prove(&case, &code, NOW + 5 * MINUTE - 1).await.unwrap();
	assert_eq!(state(&world, &case).await, State::Proven);
	assert!(world.store().due_attestation(NOW + DAY).await.unwrap().is_some());
}

#[tokio::test]
async fn neither_code_nor_licence_is_on_the_disk() {
	let world = World::new().await;
	let (_, code) = world.applied(&Applicant::doctor(), NOW).await;
	assert!(world.has_on_disk(CONTACT), "the register is there");
	assert!(!world.has_on_disk(LICENCE) && !world.has_on_disk(&code));
}

#[tokio::test]
async fn a_sixth_try_is_refused_even_if_it_is_right() {
	let mut world = World::new().await;
	let (case, code) = world.applied(&Applicant::doctor(), NOW).await;
	for left in (0..5).rev() {
		let refusal = world.registrar.prove(&case, &wrong(&code), NOW).await.unwrap_err();
		assert!(
			matches!(refusal, Refusal::WrongCode { left: found } if found == left),
			"{refusal}"
		);
		// The count is on the disk, not in the process.
		world.restart().await;
	}
	for code in [&wrong(&code), &code] {
		let refusal = world.registrar.prove(&case, code, NOW).await.unwrap_err();
		assert!(matches!(refusal, Refusal::NoTriesLeft), "{refusal}");
	}
	assert!(world.store().due_attestation(NOW + DAY).await.unwrap().is_none());
}

#[tokio::test]
async fn an_expired_code_is_refused() {
	let world = World::new().await;
	let (case, code) = world.applied(&Applicant::doctor(), NOW).await;
	let refusal = world.registrar.prove(&case, &code, NOW + 5 * MINUTE).await.unwrap_err();
	assert!(matches!(refusal, Refusal::CodeExpired), "{refusal}");
	assert_eq!(state(&world, &case).await, State::Sent);
}

#[tokio::test]
async fn a_code_proves_once_and_its_own_case_only() {
	let mut world = World::new().await;
	world
		.import("licence,role,contact\nMCI-12345,doctor,ada@council.example\nMCI-2,doctor,eve@council.example\n")
		.await;
	let (case, right) = world.applied(&Applicant::doctor(), NOW).await;
	let (other, _) = world.applied(&Applicant::with("MCI-2", "", |_| {}), NOW).await;
	let refusal = world.registrar.prove(&other, &right, NOW).await.unwrap_err();
	assert!(matches!(refusal, Refusal::WrongCode { left: 4 }), "{refusal}");
	world.registrar.prove(&case, &right, NOW).await.unwrap();
	world.restart().await;
	let replayed = world.registrar.prove(&case, &right, NOW).await.unwrap_err();
	assert!(matches!(replayed, Refusal::Closed(State::Proven)), "{replayed}");
	let unknown = world.registrar.prove(&[9; 16], &right, NOW).await.unwrap_err();
	assert!(matches!(unknown, Refusal::NoCase), "{unknown}");
}

#[tokio::test]
async fn a_later_code_takes_the_place_of_an_earlier_one() {
	let world = World::new().await;
	let applicant = Applicant::doctor();
	let (first, earlier) = world.applied(&applicant, NOW).await;
	let (second, later) = world.applied(&applicant, NOW + MINUTE).await;
	let refusal = world.registrar.prove(&first, &earlier, NOW + MINUTE).await.unwrap_err();
	assert!(matches!(refusal, Refusal::Closed(State::Void)), "{refusal}");
	world.registrar.prove(&second, &later, NOW + MINUTE).await.unwrap();
	let again = world
		.registrar
		.apply(&applicant.body(), NOW + MINUTE)
		.await
		.unwrap_err();
	assert!(matches!(again, Refusal::AlreadyProven), "{again}");
}

#[tokio::test]
async fn a_contact_gets_three_codes_in_any_day() {
	let mut world = World::new().await;
	// One contact under two licences, in another spelling: the contact counts, not the licence.
	world
		.import("licence,role,contact\nMCI-12345,doctor,ada@council.example\nMCI-2,doctor,ADA@council.example\n")
		.await;
	for (licence, now) in [(LICENCE, NOW), ("MCI-2", NOW + HOUR), (LICENCE, NOW + 23 * HOUR)] {
		world.applied(&Applicant::with(licence, "", |_| {}), now).await;
		world.restart().await;
	}
	let apply = |now| {
		let (registrar, body) = (&world.registrar, Applicant::doctor().body());
		async move { registrar.apply(&body, now).await }
	};
	for now in [NOW + 23 * HOUR, NOW + DAY - 1] {
		let refusal = apply(now).await.unwrap_err();
		assert!(
			matches!(refusal, Refusal::TooManyCodes { next } if next == NOW + DAY),
			"{refusal}"
		);
	}
	assert_eq!(world.messages().len(), 3);
	apply(NOW + DAY).await.unwrap();
	let refusal = apply(NOW + DAY).await.unwrap_err();
	assert!(
		matches!(refusal, Refusal::TooManyCodes { next } if next == NOW + DAY + HOUR),
		"{refusal}"
	);
}

#[tokio::test]
async fn a_code_that_certainly_reached_nobody_does_not_count() {
	let world = World::with("[hook]\nurl = \"http://127.0.0.1:1/\"\nsecret = \"secret\"\n").await;
	world
		.import("licence,role,contact\nMCI-12345,doctor,+4930123456\n")
		.await;
	for _ in 0..5 {
		let refusal = refused(&world, &Applicant::doctor().body()).await;
		assert!(matches!(refusal, Refusal::NotSent), "{refusal}");
	}
}

#[tokio::test]
async fn what_no_channel_reaches_is_not_sent() {
	let world = World::with("").await;
	world
		.import("licence,role,contact\nMCI-12345,doctor,+4930123456\n")
		.await;
	assert!(matches!(
		refused(&world, &Applicant::doctor().body()).await,
		Refusal::NotSent
	));
}

#[tokio::test]
async fn who_is_not_the_person_in_the_register_gets_no_code() {
	let world = World::new().await;
	let with = |licence, speciality, change: fn(&mut Application)| Applicant::with(licence, speciality, change);
	let other_key = {
		let mut given = Applicant::doctor().json();
		let eve = Applicant {
			identity: salus::Identity::development("//Eve").unwrap(),
			..Applicant::doctor()
		};
		given["application"]["signature"] = eve.json()["application"]["signature"].clone();
		given.to_string().into_bytes()
	};
	let other_salts = {
		let mut given = Applicant::doctor().json();
		given["salts"] = Applicant::doctor().json()["salts"].clone();
		given.to_string().into_bytes()
	};
	let cases = [
		("UnknownLicence", with("MCI-99999", "Cardiology", |_| {}).body()),
		("OtherSpeciality", with(LICENCE, "Dermatology", |_| {}).body()),
		(
			"OtherRole",
			with(LICENCE, "Cardiology", |application| application.role = Role::Nurse).body(),
		),
		(
			"OtherInstitution",
			with(LICENCE, "Cardiology", |application| application.institution = 4).body(),
		),
		(
			"OtherChain",
			with(LICENCE, "Cardiology", |application| {
				application.genesis = Default::default()
			})
			.body(),
		),
		(
			"Expired",
			with(LICENCE, "Cardiology", |application| application.not_after = NOW).body(),
		),
		("BadSignature", other_key),
		("OtherSalts", other_salts),
	];
	for (name, body) in cases {
		assert_eq!(refused(&world, &body).await.name(), name);
	}
	let old = with(LICENCE, "Cardiology", |application| application.not_after = u64::MAX).body();
	let retired = world.registrar.apply(&old, NOW + 20 * 365 * DAY);
	assert!(matches!(retired.await.unwrap_err(), Refusal::LicenceExpired));
	assert!(world.messages().is_empty());
}

#[tokio::test]
async fn a_contact_that_the_applicant_gives_is_refused() {
	let world = World::new().await;
	let mut given = Applicant::doctor().json();
	given["contact"] = json!("eve@example.org");
	assert_eq!(refused(&world, given.to_string().as_bytes()).await.name(), "Malformed");
	assert!(world.messages().is_empty());
}

#[tokio::test]
async fn malformed_bodies_are_refused_without_repeating_them() {
	let world = World::new().await;
	let mut numbers = Applicant::doctor().json();
	numbers["salts"]["licence"] = json!(987_654_321);
	for body in [
		"",
		"{",
		"[]",
		"null",
		"{\"application\":{}}",
		&"[".repeat(16_000),
		&numbers.to_string(),
	] {
		let refusal = refused(&world, body.as_bytes()).await;
		assert_eq!(refusal.name(), "Malformed", "{body}");
		assert!(!refusal.to_string().contains("987654321"));
	}
	assert_eq!(refused(&world, &[0xff; 64]).await.name(), "Malformed");
}

#[tokio::test]
async fn a_code_is_six_digits() {
	let world = World::new().await;
	let (case, right) = world.applied(&Applicant::doctor(), NOW).await;
	for text in [
		"",
		"12345",
		"1234567",
		"12345a",
		"١٢٣٤٥٦",
		" 12345",
		"-12345",
		"12345\0",
	] {
		let refusal = world.registrar.prove(&case, text, NOW).await.unwrap_err();
		assert!(matches!(refusal, Refusal::NoCode), "{text:?}: {refusal}");
	}
	// None of these was a try.
	assert_eq!(world.registrar.case(&case).await.unwrap().tries_left, 5);
	assert_eq!(code(&world.messages()[0]), right);
}
