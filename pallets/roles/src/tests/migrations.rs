//! From the layout before to this one.

use crate::{migrations::V2, mock::*, Pallet, Ties, TiesOf};
use frame_support::traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion};

#[test]
fn ties_are_counted_once() {
	story(|| {
		let counted: Vec<_> = TiesOf::<Test>::iter().collect();
		assert!(!counted.is_empty());
		let _ = TiesOf::<Test>::clear(u32::MAX, None);
		StorageVersion::new(1).put::<Pallet<Test>>();
		V2::<Test>::on_runtime_upgrade();
		assert_eq!(TiesOf::<Test>::iter().collect::<Vec<_>>(), counted);
		// The seat is one of the officers.
		let ties = Ties {
			offices: 2,
			credentials: 0,
		};
		assert_eq!(TiesOf::<Test>::get(id("a1")), ties);
		assert_eq!(Pallet::<Test>::on_chain_storage_version(), 2);

		V2::<Test>::on_runtime_upgrade();
		assert_eq!(
			TiesOf::<Test>::iter().collect::<Vec<_>>(),
			counted,
			"the second run changes nothing"
		);
	});
}
