//! Weights of pallet-roles.
//!
//! The benchmarks measure whole calls on the real runtime, so that a call's weight contains what consent and records do
//! for it. The council alone is added to: how full it is makes the difference.

use frame_support::weights::Weight;

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `admit_institution` with as many accounts as there can be, all new.
	fn admit_institution() -> Weight;
	/// `suspend_institution`.
	fn suspend_institution() -> Weight;
	/// `reinstate_institution`.
	fn reinstate_institution() -> Weight;
	/// `approve_application`, the signature's check included.
	fn approve_application() -> Weight;
	/// `suspend_credential`.
	fn suspend_credential() -> Weight;
	/// `reinstate_credential`.
	fn reinstate_credential() -> Weight;
	/// `revoke_credential`.
	fn revoke_credential() -> Weight;
	/// `register_patient` after its authorisation: everything is checked again.
	fn register_patient() -> Weight;
	/// The authorisation of `register_patient`.
	fn authorize_register_patient() -> Weight;
	/// `prune_vouchers` of `n` keys.
	fn prune_vouchers(n: u32) -> Weight;
	/// `propose_assignment`.
	fn propose_assignment() -> Weight;
	/// `accept_assignment`.
	fn accept_assignment() -> Weight;
	/// `end_assignment`.
	fn end_assignment() -> Weight;
}

/// For tests.
impl WeightInfo for () {
	fn admit_institution() -> Weight {
		Weight::from_parts(100_000_000, 0)
	}
	fn suspend_institution() -> Weight {
		Weight::from_parts(20_000_000, 0)
	}
	fn reinstate_institution() -> Weight {
		Weight::from_parts(20_000_000, 0)
	}
	fn approve_application() -> Weight {
		Weight::from_parts(100_000_000, 0)
	}
	fn suspend_credential() -> Weight {
		Weight::from_parts(20_000_000, 0)
	}
	fn reinstate_credential() -> Weight {
		Weight::from_parts(20_000_000, 0)
	}
	fn revoke_credential() -> Weight {
		Weight::from_parts(20_000_000, 0)
	}
	fn register_patient() -> Weight {
		Weight::from_parts(250_000_000, 0)
	}
	fn authorize_register_patient() -> Weight {
		Weight::from_parts(200_000_000, 0)
	}
	fn prune_vouchers(n: u32) -> Weight {
		Weight::from_parts(10_000_000, 0).saturating_add(Weight::from_parts(5_000_000, 0).saturating_mul(n.into()))
	}
	fn propose_assignment() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
	fn accept_assignment() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
	fn end_assignment() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
}
