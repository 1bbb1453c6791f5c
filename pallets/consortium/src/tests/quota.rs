use crate::{mock::*, Load, Loads, Quota, WINDOW};
use codec::Encode;
use frame_support::dispatch::{DispatchInfo, GetDispatchInfo, PostDispatchInfo};
use sp_runtime::{traits::DispatchTransaction, Weight};

fn remark() -> RuntimeCall {
	frame_system::Call::remark { remark: vec![] }.into()
}

fn send(origin: RuntimeOrigin, used: Weight) {
	let call = remark();
	let info = DispatchInfo {
		call_weight: Weight::from_parts(1_000, 0),
		..call.get_dispatch_info()
	};
	let actual = PostDispatchInfo {
		actual_weight: Some(used),
		..Default::default()
	};
	Quota::<Test>::new()
		.test_run(origin, &call, &info, 0, 0, |_| Ok(actual))
		.unwrap()
		.unwrap();
}

#[test]
fn it_encodes_to_nothing() {
	assert!(Quota::<Test>::new().encode().is_empty());
}

#[test]
fn what_a_call_used_counts_to_the_home_institution() {
	story(|| {
		Timestamp::set_timestamp(5 * WINDOW);
		send(RuntimeOrigin::signed(300), Weight::from_parts(40, 0));
		send(RuntimeOrigin::signed(301), Weight::from_parts(2, 0));
		send(RuntimeOrigin::signed(400), Weight::from_parts(7, 0));
		assert_eq!(
			Loads::<Test>::get(3),
			Some(Load {
				window: 5,
				ref_time: 42,
				calls: 2
			})
		);
		assert_eq!(
			Loads::<Test>::get(4),
			Some(Load {
				window: 5,
				ref_time: 7,
				calls: 1
			})
		);
	});
}

#[test]
fn a_new_window_starts_at_nothing() {
	story(|| {
		Timestamp::set_timestamp(WINDOW);
		send(RuntimeOrigin::signed(300), Weight::from_parts(40, 0));
		Timestamp::set_timestamp(2 * WINDOW);
		send(RuntimeOrigin::signed(300), Weight::from_parts(1, 0));
		assert_eq!(
			Loads::<Test>::get(3),
			Some(Load {
				window: 2,
				ref_time: 1,
				calls: 1
			})
		);
	});
}

#[test]
fn a_call_that_no_institution_pays_for_counts_to_none() {
	story(|| {
		send(RuntimeOrigin::signed(1), Weight::from_parts(40, 0));
		assert_eq!(Loads::<Test>::iter().count(), 0);
	});
}
