//! Which calls leave entries in a patient's trail.

use crate::{mock::*, Call, Event, PrunedKeys};
use frame_support::{
	assert_ok,
	traits::{GetCallName, UnfilteredDispatchable},
};
use frame_system::RawOrigin;
use salus_primitives::Role;

/// A call, who sends it, and how many entries it owes the trail of patient 0.
fn case(name: &str) -> (Call<Test>, RuntimeOrigin, usize) {
	let (account, institution, patient) = (id("doctor"), A, 0);
	match name {
		"admit_institution" => {
			let institution = hospital("n", hpke(100));
			(Call::admit_institution { institution }, RuntimeOrigin::root(), 0)
		}
		"suspend_institution" => (Call::suspend_institution { institution: B }, RuntimeOrigin::root(), 0),
		"reinstate_institution" => {
			assert_ok!(Roles::suspend_institution(RuntimeOrigin::root(), B));
			(Call::reinstate_institution { institution: B }, RuntimeOrigin::root(), 0)
		}
		"approve_application" => {
			let application = application("ada", A, Role::Doctor);
			let signature = signed_application(&application, "ada");
			let (valid_from, valid_until) = (now(), now() + 1);
			let call = Call::approve_application {
				application,
				signature,
				valid_from,
				valid_until,
			};
			(call, by("a1"), 0)
		}
		"suspend_credential" => (Call::suspend_credential { account, institution }, by("a1"), 0),
		"reinstate_credential" => {
			assert_ok!(Roles::suspend_credential(by("a1"), account.clone(), institution));
			(Call::reinstate_credential { account, institution }, by("a1"), 0)
		}
		"revoke_credential" => (Call::revoke_credential { account, institution }, by("a1"), 0),
		"register_patient" => (letter(1).call(), RawOrigin::Authorized.into(), 1),
		"prune_vouchers" => {
			register(1);
			set_time(letter(1).voucher.not_after);
			let keys = PrunedKeys::truncate_from(vec![letter(1).voucher.key]);
			(Call::prune_vouchers { keys }, by("doctor"), 0)
		}
		"propose_assignment" => {
			register(1);
			let practitioner = account;
			(Call::propose_assignment { patient, practitioner }, by("admin"), 1)
		}
		"accept_assignment" => {
			register(1);
			assert_ok!(Roles::propose_assignment(by("admin"), patient, account));
			(Call::accept_assignment { patient, institution }, by("doctor"), 1)
		}
		"end_assignment" => {
			register(1);
			assert_ok!(Roles::propose_assignment(by("admin"), patient, account.clone()));
			let call = Call::end_assignment {
				patient,
				practitioner: account,
				institution,
			};
			(call, by("patient-1"), 1)
		}
		other => panic!("{other} is not listed: does it touch a patient, and write an entry for it?"),
	}
}

/// A new call fails here until it is listed with a case, and a case fails that owes another number of entries.
#[test]
fn every_call_that_touches_a_patient_leaves_an_entry() {
	for name in Call::<Test>::get_call_names() {
		story(|| {
			let (call, origin, owed) = case(name);
			System::reset_events();
			let before = Trail::get().len();
			assert_ok!(call.dispatch_bypass_filter(origin));
			let written = Trail::get().split_off(before);
			assert_eq!(written.len(), owed, "{name}");
			assert!(written.iter().all(|(patient, _)| *patient == 0), "{name}");
			let carried: Vec<_> = events().iter().flat_map(Event::audit).collect();
			assert_eq!(carried, written, "{name}: its events carry what it wrote");
		});
	}
}
