//! Weights of `pallet_telemetry`. Provisional: reads and writes are counted in the code, times are those of neighbouring
//! calls, until `scripts/weights` measures them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the benchmarks are to measure.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_telemetry::WeightInfo for WeightInfo<T> {
	// Reads: the institution, the credential, the device, what the registry knows of its key (3), the genesis.
	fn provision() -> Weight {
		Weight::from_parts(110_000_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	// Reads: the device, the institution, the credential, the binding, the offer, the trail.
	fn set_status() -> Weight {
		Weight::from_parts(60_000_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	// Reads: a full list of bindings (33), and ten more as above, with patient, guardians and genesis.
	fn bind() -> Weight {
		Weight::from_parts(210_000_000, 90_000)
			.saturating_add(T::DbWeight::get().reads(43))
			.saturating_add(T::DbWeight::get().writes(8))
	}

	// Reads: the device, the institution, the credential, the patient, the latest binding, the offer, the trail.
	fn offer() -> Weight {
		Weight::from_parts(60_000_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Reads: a full list of bindings (33), and nine more, with the credentials of two witnesses.
	fn accept() -> Weight {
		Weight::from_parts(150_000_000, 90_000)
			.saturating_add(T::DbWeight::get().reads(42))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	// Reads: the device, the offer, the patient, her guardians, the institution, the credential, the trail.
	fn end_offer() -> Weight {
		Weight::from_parts(50_000_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Reads: the binding, the device, the patient, her guardians, the institution, the credential, the trail.
	fn unbind() -> Weight {
		Weight::from_parts(50_000_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Reads of each batch: the device, the binding, the patient's latest batch and trail; one write more.
	fn anchor(b: u32) -> Weight {
		Weight::from_parts(25_000_000, 6_426)
			.saturating_add(Weight::from_parts(40_000_000, 2_700).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(5).saturating_mul(b.into()))
	}

	// Reads of each batch: the batch, the binding, the device. What is decided is added by the pallet.
	fn access(n: u32) -> Weight {
		Weight::from_parts(35_000_000, 8_388)
			.saturating_add(Weight::from_parts(30_000_000, 2_700).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().reads(3).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	// Reads: a full list of alerts (65), the institution, credential, patient, guardians, caregivers, id and trail.
	fn raise(r: u32) -> Weight {
		Weight::from_parts(170_000_000, 180_000)
			.saturating_add(Weight::from_parts(12_000_000, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(72))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	// Reads: the alert, the patient, the institution, the credential, guardians, caregivers, the trail.
	fn acknowledge() -> Weight {
		Weight::from_parts(50_000_000, 6_426)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Reads: the alert, the trail.
	fn escalate() -> Weight {
		Weight::from_parts(35_000_000, 3_757)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	// Reads of each alert: the alert, its patient's list.
	fn prune_alerts(n: u32) -> Weight {
		Weight::from_parts(15_000_000, 3_757)
			.saturating_add(Weight::from_parts(20_000_000, 3_100).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(2).saturating_mul(n.into()))
	}
}
