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
	/// `submit_application`, the signature's check included.
	fn submit_application() -> Weight;
	/// `approve_attested_application`.
	fn approve_attested_application() -> Weight;
	/// `decline_application`.
	fn decline_application() -> Weight;
	/// `prune_application`.
	fn prune_application() -> Weight;
	/// `transfer`.
	fn transfer() -> Weight;
	/// `propose_act`, the act aside, to a list with room for one more of the longest acts.
	fn propose_act() -> Weight;
	/// `confirm_act`, the act aside, the last of a full list of the longest acts.
	fn confirm_act() -> Weight;
	/// `withdraw_act`, the last of a full list of the longest acts.
	fn withdraw_act() -> Weight;
	/// The costliest act that changes an institution.
	fn institution_act() -> Weight;
	/// `apply_keys`.
	fn apply_keys() -> Weight;
	/// `replace_officer`.
	fn replace_officer() -> Weight;
	/// `leave` of an account with `n` credentials.
	fn leave(n: u32) -> Weight;
	/// The costliest act about a patient's id and keys: a claim.
	fn patient_act() -> Weight;
	/// The costliest act about guardians: one who is given where as many have ended as there can be.
	fn guardian_act() -> Weight;
	/// `rotate_keys`, both keys.
	fn rotate_keys() -> Weight;
	/// `name_caregiver`, the last that there can be.
	fn name_caregiver() -> Weight;
	/// `remove_caregiver`, of as many as there can be.
	fn remove_caregiver() -> Weight;
	/// `object_to_guardian`, by another of as many as there can be.
	fn object_to_guardian() -> Weight;
	/// `contest_guardian`.
	fn contest_guardian() -> Weight;
	/// `decide_guardian`, against the guardian.
	fn decide_guardian() -> Weight;
	/// `resign_guardian`.
	fn resign_guardian() -> Weight;
	/// `set_recovery_contacts`.
	fn set_recovery_contacts() -> Weight;
	/// `object_to_recovery`.
	fn object_to_recovery() -> Weight;
	/// `decide_recovery`, completed.
	fn decide_recovery() -> Weight;
	/// `vouch` by `n` contacts.
	fn vouch(n: u32) -> Weight;
	/// `recover` by `n` contacts.
	fn recover(n: u32) -> Weight;
	/// `complete_recovery`.
	fn complete_recovery() -> Weight;
	/// `prune_recovery`.
	fn prune_recovery() -> Weight;
	/// `change_seat` where nothing is voted on.
	fn change_seat() -> Weight;
	/// `revoke_institution` with as many officers as there can be, a registrar and full lists.
	fn revoke_institution() -> Weight;
	/// `resign_credential`.
	fn resign_credential() -> Weight;
	/// `contest_death`, by the last of as many guardians as there can be.
	fn contest_death() -> Weight;
	/// `decide_death`, upheld.
	fn decide_death() -> Weight;
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
	fn submit_application() -> Weight {
		Weight::from_parts(72_000_000, 0)
	}
	fn approve_attested_application() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
	fn decline_application() -> Weight {
		Weight::from_parts(20_000_000, 0)
	}
	fn prune_application() -> Weight {
		Weight::from_parts(18_000_000, 0)
	}
	fn transfer() -> Weight {
		Weight::from_parts(28_000_000, 0)
	}
	fn propose_act() -> Weight {
		Weight::from_parts(60_000_000, 0)
	}
	fn confirm_act() -> Weight {
		Weight::from_parts(60_000_000, 0)
	}
	fn withdraw_act() -> Weight {
		Weight::from_parts(60_000_000, 0)
	}
	fn institution_act() -> Weight {
		Weight::from_parts(45_000_000, 0)
	}
	fn apply_keys() -> Weight {
		Weight::from_parts(30_000_000, 0)
	}
	fn replace_officer() -> Weight {
		Weight::from_parts(35_000_000, 0)
	}
	fn leave(n: u32) -> Weight {
		Weight::from_parts(30_000_000, 0).saturating_add(Weight::from_parts(5_000_000, 0).saturating_mul(n.into()))
	}
	fn patient_act() -> Weight {
		Weight::from_parts(75_000_000, 0)
	}
	fn guardian_act() -> Weight {
		Weight::from_parts(130_000_000, 0)
	}
	fn rotate_keys() -> Weight {
		Weight::from_parts(95_000_000, 0)
	}
	fn name_caregiver() -> Weight {
		Weight::from_parts(75_000_000, 0)
	}
	fn remove_caregiver() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
	fn object_to_guardian() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
	fn contest_guardian() -> Weight {
		Weight::from_parts(30_000_000, 0)
	}
	fn decide_guardian() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
	fn resign_guardian() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
	fn set_recovery_contacts() -> Weight {
		Weight::from_parts(28_000_000, 0)
	}
	fn object_to_recovery() -> Weight {
		Weight::from_parts(28_000_000, 0)
	}
	fn decide_recovery() -> Weight {
		Weight::from_parts(50_000_000, 0)
	}
	fn vouch(n: u32) -> Weight {
		Weight::from_parts(40_000_000, 0).saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(n.into()))
	}
	fn recover(n: u32) -> Weight {
		Weight::from_parts(40_000_000, 0).saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(n.into()))
	}
	fn complete_recovery() -> Weight {
		Self::decide_recovery()
	}
	fn prune_recovery() -> Weight {
		Weight::from_parts(40_000_000, 0)
	}
	fn change_seat() -> Weight {
		Weight::from_parts(50_000_000, 0)
	}
	fn revoke_institution() -> Weight {
		Weight::from_parts(80_000_000, 0)
	}
	fn resign_credential() -> Weight {
		Self::revoke_credential()
	}
	fn contest_death() -> Weight {
		Self::contest_guardian()
	}
	fn decide_death() -> Weight {
		Self::contest_guardian()
	}
}
