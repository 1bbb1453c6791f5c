use super::*;
use frame_support::assert_ok;
use salus_primitives::{Admission, DenialTerms};

#[test]
fn each_change_writes_one_entry_and_its_event_carries_it() {
	story(|| {
		ask(terms());
		assert_ok!(Consent::withdraw(signed(BEA), PATIENT, 0));
		ask(terms());
		assert_ok!(Consent::decline(signed(PIA), PATIENT, BEA, 1));
		ask(terms());
		assert_ok!(Consent::approve(signed(PIA), PATIENT, BEA, 2, terms()));
		assert_ok!(Consent::revoke(signed(PIA), PATIENT, Grantee::Account(BEA), 0));
		give(Grantee::Institution(AWAY), terms());
		assert_ok!(Consent::deny(signed(PIA), PATIENT, DenialTerms::all()));
		assert_ok!(Consent::lift_denial(signed(PIA), PATIENT, 0));
		assert_ok!(<Consent as Admission<u64>>::admit(PATIENT, &PIA, HOME, terms()));
		let carried: Vec<_> = System::events()
			.into_iter()
			.flat_map(|record| match record.event {
				RuntimeEvent::Consent(event) => event.audit(),
				_ => vec![],
			})
			.collect();
		let written: Vec<_> = Entries::get(PATIENT)
			.unwrap()
			.into_iter()
			.map(|entry| (PATIENT, entry))
			.collect();
		assert_eq!(carried.len(), 11);
		assert_eq!(carried, written);
	});
}
