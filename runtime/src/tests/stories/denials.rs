//! What a patient refuses.

use super::*;

#[test]
fn a_denial_that_names_the_clinician_stands_in_an_emergency() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, ADA);
		let allergy = world.record(ADA, &pia, Category::Allergy);
		let everything_to_bea = DenialTerms {
			account: Some(account(BEA)),
			..everything()
		};
		let name_her = Consents::deny {
			patient: pia.id,
			terms: everything_to_bea,
		};
		world.send(&pia.key, name_her).unwrap();
		let all = world.all_terms();
		world.grant(&pia, Grantee::Account(account(BEA)), all);
		assert_eq!(
			world.views(BEA, B, allergy),
			deny(Reason::Refused),
			"denials outweigh grants"
		);
		world.open_case(BEA, B, pia.id);
		assert_eq!(
			world.access(BEA, Some(B), allergy, Purpose::Emergency),
			deny(Reason::Refused)
		);
		// A colleague is not named.
		let case = world.open_case(NAT, B, pia.id);
		assert_eq!(
			world.access(NAT, Some(B), allergy, Purpose::Emergency),
			permit(Basis::BreakGlass(case))
		);

		// What names the hospital, or everybody, gives way to an emergency and to nothing else.
		let hospital = DenialTerms {
			institution: Some(B),
			..everything()
		};
		for terms in [hospital, everything()] {
			let call = Consents::deny { patient: pia.id, terms };
			world.send(&pia.key, call).unwrap();
			let sees = world.may(NAT, Some(B), Action::View, allergy, Purpose::Emergency);
			assert_eq!(sees, permit(Basis::BreakGlass(case)));
			assert_eq!(world.views(NAT, B, allergy), deny(Reason::Refused));
		}
		assert_eq!(
			world.views(ADA, A, allergy),
			deny(Reason::Refused),
			"its author neither"
		);
		assert_eq!(
			world.may(&pia.key, None, Action::View, allergy, Purpose::PatientRequest),
			permit(Basis::Subject)
		);

		// She lifts what named Bea: the case that she opened meanwhile opens.
		let denial = world.read(|| Consent::denials(pia.id))[0].id;
		let lift = Consents::lift_denial {
			patient: pia.id,
			denial,
		};
		world.send(&pia.key, lift).unwrap();
		assert!(world
			.may(BEA, Some(B), Action::View, allergy, Purpose::Emergency)
			.is_permit());
	});
}

#[test]
fn a_sealed_drawer_opens_to_no_case() {
	story(|world| {
		let pia = world.patient("Pia", A);
		world.assign(&pia, ADA);
		let mut private = world.document(pia.id, Category::Encounter);
		private.compartment = Some(77);
		let private = world.register(ADA, A, private).unwrap();
		let case = world.open_case(BEA, B, pia.id);
		let approve = Consents::approve_case {
			patient: pia.id,
			case,
			institution: A,
		};
		world.send(ADA, approve).unwrap();
		let sees = |world: &mut World| world.may(BEA, Some(B), Action::View, private, Purpose::Emergency);
		assert_eq!(sees(world), permit(Basis::BreakGlass(case)));
		let compartment = 77;
		let (patient, key) = (pia.id, pia.key.as_str());
		world.send(key, Consents::seal { patient, compartment }).unwrap();
		assert_eq!(sees(world), deny(Reason::Sealed));
		world.send(key, Consents::unseal { patient, compartment }).unwrap();
		assert_eq!(sees(world), permit(Basis::BreakGlass(case)));
	});
}
