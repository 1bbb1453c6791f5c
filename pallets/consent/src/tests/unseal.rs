use super::*;
use crate::{Event, Sealed};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Kind;

#[test]
fn an_unsealed_compartment_opens_to_break_glass_again() {
	story(|| {
		let id = open();
		assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
		let compartment = 9;
		let asked = AccessRequest {
			compartment: Some(compartment),
			..emergency(Category::Imaging)
		};
		assert_ok!(Consent::seal(signed(PIA), PATIENT, compartment));
		assert_ok!(Consent::seal(signed(PIA), PATIENT, 8));
		assert_ok!(Consent::unseal(signed(PIA), PATIENT, compartment));
		let entry = last_entry(PATIENT);
		assert_eq!(
			(&entry.kind, entry.actor),
			(&Kind::CompartmentUnsealed { compartment }, Some(PIA))
		);
		System::assert_last_event(
			Event::CompartmentUnsealed {
				patient: PATIENT,
				compartment,
				entry,
			}
			.into(),
		);
		assert!(decide(&asked).is_permit());
		assert_eq!(Consent::sealed(PATIENT), [8]);
		assert_ok!(Consent::unseal(signed(PIA), PATIENT, 8));
		assert!(!Sealed::<Test>::contains_key(PATIENT));
	});
}

#[test]
fn only_the_patient_unseals_and_only_what_is_sealed() {
	story(|| {
		assert_noop!(Consent::unseal(signed(PIA), PATIENT, 3), E::NotSealed);
		assert_ok!(Consent::seal(signed(PIA), PATIENT, 3));
		assert_noop!(Consent::unseal(signed(PIA), PATIENT, 4), E::NotSealed);
		for who in [BEA, OLE, PAUL] {
			assert_noop!(Consent::unseal(signed(who), PATIENT, 3), E::NotThePatient);
		}
		assert_noop!(Consent::unseal(signed(PIA), 12_345, 3), E::UnknownPatient);
		assert_noop!(
			Consent::unseal(RuntimeOrigin::none(), PATIENT, 3),
			sp_runtime::DispatchError::BadOrigin
		);
	});
}
