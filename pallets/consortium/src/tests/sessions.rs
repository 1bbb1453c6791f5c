use crate::{mock::*, SessionLength, ValidatorOf};
use pallet_session::{historical, SessionManager};
use sp_runtime::traits::Convert;

#[test]
fn the_genesis_sets_are_handed_over() {
	story(|| {
		assert_eq!(
			<Consortium as SessionManager<u64>>::new_session_genesis(0),
			Some(vec![1, 2, 3])
		);
		let identified = <Consortium as historical::SessionManager<u64, ()>>::new_session_genesis(1);
		assert_eq!(identified, Some(vec![(1, ()), (2, ()), (3, ())]));
	});
}

#[test]
fn a_later_set_is_handed_over_only_when_a_key_changed() {
	story(|| {
		assert_eq!(<Consortium as SessionManager<u64>>::new_session(2), None);
		KeysChanged::set(true);
		assert_eq!(<Consortium as SessionManager<u64>>::new_session(3), Some(vec![1, 2, 3]));
	});
}

#[test]
fn old_roots_are_pruned() {
	story(|| {
		<Consortium as SessionManager<u64>>::new_session(25);
		assert_eq!(PrunedBefore::get(), 15, "6,000 blocks are ten sessions");
		SessionLength::<Test>::put(1_000);
		<Consortium as SessionManager<u64>>::new_session(25);
		assert_eq!(PrunedBefore::get(), 19);
	});
}

#[test]
fn only_the_validator_account_of_an_institution_can_set_keys() {
	story(|| {
		assert_eq!(ValidatorOf::<Test>::convert(2), Some(2));
		assert_eq!(ValidatorOf::<Test>::convert(9), None);
		admit(9, Some(9));
		assert_eq!(ValidatorOf::<Test>::convert(9), Some(9), "named by the council or not");
	});
}
