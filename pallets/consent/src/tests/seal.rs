use super::*;
use crate::{Event, Sealed};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Basis, Kind};

fn drawer(compartment: u8) -> AccessRequest<u64> {
	AccessRequest {
		compartment: Some(compartment),
		..emergency(Category::Imaging)
	}
}

#[test]
fn a_sealed_compartment_stays_closed_to_break_glass() {
	story(|| {
		let id = open();
		assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
		for compartment in [0, 7, 8, 255] {
			assert_eq!(decide(&drawer(compartment)), Decision::Permit(Basis::BreakGlass(id)));
			assert_ok!(Consent::seal(signed(PIA), PATIENT, compartment));
			let entry = last_entry(PATIENT);
			assert_eq!(
				(&entry.kind, entry.actor),
				(&Kind::CompartmentSealed { compartment }, Some(PIA))
			);
			System::assert_last_event(
				Event::CompartmentSealed {
					patient: PATIENT,
					compartment,
					entry,
				}
				.into(),
			);
			assert_eq!(decide(&drawer(compartment)), denied(Reason::Sealed));
		}
		assert_eq!(Consent::sealed(PATIENT), [0, 7, 8, 255]);
		assert!(decide(&drawer(1)).is_permit());
		assert!(
			decide(&emergency(Category::Imaging)).is_permit(),
			"what is in no drawer"
		);
	});
}

#[test]
fn a_seal_is_nothing_to_whoever_has_a_grant() {
	story(|| {
		assert_ok!(Consent::seal(signed(PIA), PATIENT, 3));
		let terms = Terms {
			purposes: PurposeSet::of(&[Purpose::Treatment, Purpose::Emergency]),
			compartments: compartments(&[3]),
			..terms()
		};
		let grant = give(Grantee::Account(BEA), terms);
		let granted = Decision::Permit(Basis::Grant(grant));
		let treats = AccessRequest {
			purpose: Purpose::Treatment,
			..drawer(3)
		};
		assert_eq!(decide(&treats), granted);
		let id = open();
		assert_eq!(decide(&drawer(3)), granted, "a case without approvals changes nothing");
		assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
		assert_eq!(decide(&drawer(3)), denied(Reason::Sealed), "rule 4 comes before rule 7");
		assert_eq!(decide(&treats), granted);
	});
}

#[test]
fn a_denial_by_name_comes_first() {
	story(|| {
		let id = open();
		assert_ok!(Consent::approve_case(signed(CLEO), PATIENT, id, AWAY));
		assert_ok!(Consent::seal(signed(PIA), PATIENT, 3));
		let by_name = salus_primitives::DenialTerms {
			account: Some(BEA),
			..salus_primitives::DenialTerms::all()
		};
		assert_ok!(Consent::deny(signed(PIA), PATIENT, by_name));
		assert_eq!(decide(&drawer(3)), denied(Reason::Refused));
	});
}

#[test]
fn only_the_patient_seals_and_only_once() {
	story(|| {
		for who in [BEA, OLE, PAUL] {
			assert_noop!(Consent::seal(signed(who), PATIENT, 3), E::NotThePatient);
		}
		assert_noop!(Consent::seal(signed(PIA), 12_345, 3), E::UnknownPatient);
		assert_noop!(
			Consent::seal(RuntimeOrigin::none(), PATIENT, 3),
			sp_runtime::DispatchError::BadOrigin
		);
		assert_ok!(Consent::seal(signed(PIA), PATIENT, 3));
		assert_noop!(Consent::seal(signed(PIA), PATIENT, 3), E::AlreadySealed);
		assert_ok!(Consent::seal(signed(OLE), OTHER_PATIENT, 3));
		assert!(Sealed::<Test>::get(OTHER_PATIENT).contains(3));
	});
}
