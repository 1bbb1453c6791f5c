use crate::{mock::*, Event};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::DispatchError;

#[test]
fn the_council_authorises_an_upgrade_by_its_hash() {
	story(|| {
		let code_hash = H256::repeat_byte(9);
		assert_ok!(Consortium::authorise_upgrade(RuntimeOrigin::root(), code_hash));
		System::assert_has_event(Event::UpgradeAuthorised { code_hash }.into());
		assert!(System::authorized_upgrade().is_some());
	});
}

#[test]
fn nobody_else_does() {
	story(|| {
		for origin in [RuntimeOrigin::signed(1), RuntimeOrigin::none()] {
			assert_noop!(
				Consortium::authorise_upgrade(origin, H256::zero()),
				DispatchError::BadOrigin
			);
		}
	});
}
