//! A patient registers herself; an administrator assigns her to a doctor.

use super::*;

#[test]
fn a_patient_registers_herself_and_narrows_what_the_hospital_may_see() {
	story(|world| {
		let published = world.read(|| Roles::institution(A).unwrap().admission_terms);
		let narrower = Terms {
			categories: published.categories.without(CategorySet::of(&[Category::Laboratory])),
			..published
		};
		let pia = world.patient_under("Pia", A, narrower.clone());

		let id = pia.id;
		let entry = world.read(|| Roles::patient(id)).unwrap();
		assert_eq!(
			(entry.controller, entry.hpke),
			(Some(account(&pia.key)), Some(pia.hpke.clone()))
		);
		let grants = world.read(|| Consent::grants(id, None, 10));
		assert_eq!(grants.len(), 1);
		assert_eq!((&grants[0].0, &grants[0].1.terms), (&Grantee::Assigned(A), &narrower));
		assert_eq!(
			world.trail(id),
			[
				Kind::PatientRegistered { institution: A },
				Kind::GrantGiven { grant: grants[0].1.id }
			]
		);
		// From now on she signs for herself.
		let everybody = Consents::deny {
			patient: id,
			terms: everything(),
		};
		world.send(&pia.key, everybody).unwrap();
	});
}

#[test]
fn an_assignment_lets_a_doctor_write_and_opens_nothing_to_read() {
	story(|world| {
		let published = world.read(|| Roles::institution(A).unwrap().admission_terms);
		let summaries = Terms {
			categories: CategorySet::of(&[Category::Summary]),
			..published
		};
		let pia = world.patient_under("Pia", A, summaries);
		assert_eq!(
			world.appends(ADA, A, &pia, Category::Laboratory),
			deny(Reason::NoGrant),
			"nobody has assigned her"
		);
		let propose = pallet_roles::Call::propose_assignment {
			patient: pia.id,
			practitioner: account(ADA),
		};
		world.refuses(NED, propose.clone(), RolesError::NotAnAdministrator);
		world.send(ADMIN, propose).unwrap();
		assert_eq!(
			world.appends(ADA, A, &pia, Category::Laboratory),
			deny(Reason::NoGrant),
			"she has not accepted"
		);
		let accept = pallet_roles::Call::accept_assignment {
			patient: pia.id,
			institution: A,
		};
		world.send(ADA, accept).unwrap();

		assert_eq!(
			world.appends(ADA, A, &pia, Category::Laboratory),
			permit(Basis::Assignment)
		);
		let analysis = world.record(ADA, &pia, Category::Laboratory);
		assert_eq!(world.views(ADA, A, analysis), permit(Basis::Author));
		// A colleague who is assigned reads what the patient's own terms open, and no more.
		world.assign(&pia, NED);
		assert_eq!(world.views(NED, A, analysis), deny(Reason::CategoryMismatch));
		let summary = world.record(ADA, &pia, Category::Summary);
		assert!(matches!(
			world.views(NED, A, summary),
			Decision::Permit(Basis::Grant(_))
		));

		// The patient sees whom she had, and ends it.
		let end = pallet_roles::Call::end_assignment {
			patient: pia.id,
			practitioner: account(NED),
			institution: A,
		};
		world.send(&pia.key, end).unwrap();
		assert_eq!(world.views(NED, A, summary), deny(Reason::NoGrant));
		let (id, nurse) = (pia.id, account(NED));
		assert!(matches!(
			world.read(|| Roles::assignment(id, &nurse, A)),
			Some(Assignment::Ended(_))
		));
		let ended = Kind::AssignmentEnded {
			institution: A,
			practitioner: account(NED),
		};
		assert_eq!(world.trail(id).last(), Some(&ended));
	});
}
