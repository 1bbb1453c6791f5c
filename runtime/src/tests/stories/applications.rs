//! A doctor applies; the registrar attests that she proved the code; an officer decides.

use super::*;
use pallet_roles::{Act, Call};

const REGISTRAR: &str = "//Alice//registrar";
const DORA: &str = "//Dora";

/// Hospital A has a registrar, and Dora's application is signed.
fn registrar(world: &mut World) -> (Call<Runtime>, Call<Runtime>) {
	world.officers_do(A, Act::NameRegistrar(account(REGISTRAR))).unwrap();
	let (application, applicant_signature) = world.application(DORA, A, Role::Doctor);
	let submit = Call::submit_application {
		applicant: account(DORA),
		application,
		applicant_signature,
	};
	let approve = Call::approve_attested_application {
		applicant: account(DORA),
		institution: A,
		valid_from: world.now(),
		valid_until: world.now() + 365 * DAY,
	};
	(submit, approve)
}

#[test]
fn a_doctor_practises_once_the_registrar_attested_and_an_officer_approved() {
	story(|world| {
		let pia = world.patient("Pia", A);
		let (submit, approve) = registrar(world);
		world.refuses("//Alice", approve.clone(), RolesError::UnknownApplication);
		world.refuses(ADMIN, submit.clone(), RolesError::NotTheRegistrar);
		world.send(REGISTRAR, submit).unwrap();
		assert_eq!(
			world.appends(DORA, A, &pia, Category::Encounter),
			deny(Reason::Unknown),
			"attested is not approved"
		);
		world.refuses("//Bob", approve.clone(), RolesError::NotAnOfficer);
		world.send("//Alice", approve).unwrap();
		world.assign(&pia, DORA);
		assert_eq!(
			world.appends(DORA, A, &pia, Category::Encounter),
			permit(Basis::Assignment)
		);
		let dora = account(DORA);
		let (credential, active) = world.read(|| Roles::credential_view(&dora, A)).unwrap();
		assert!(active && credential.role == Role::Doctor);
	});
}

#[test]
fn an_application_that_nobody_decided_lapses() {
	story(|world| {
		let (submit, approve) = registrar(world);
		world.send(REGISTRAR, submit.clone()).unwrap();
		let decline = Call::decline_application {
			applicant: account(DORA),
			institution: A,
		};
		world.send("//Charlie", decline.clone()).unwrap();
		world.refuses("//Charlie", decline, RolesError::UnknownApplication);

		// She applies again, and this time nobody looks.
		world.send(REGISTRAR, submit.clone()).unwrap();
		world.later(10 * DAY);
		world.refuses("//Alice", approve, RolesError::ApplicationExpired);
		world.refuses(REGISTRAR, submit, RolesError::ApplicationExpired);
	});
}
