//! Weights of pallet-consent.
//!
//! The benchmarks measure whole calls on the real runtime, so that a call's weight contains what roles and records do
//! for it; nothing is added. The last three are for the calls of records, which tell in advance what decisions and uses may
//! cost and afterwards what they did cost.

use frame_support::weights::Weight;

/// What the benchmarks measure.
pub trait WeightInfo {
	/// `ask` with a full list of requests, of which one has expired and the others ask for nearly the same.
	fn ask() -> Weight;
	/// `withdraw` from a full list of requests.
	fn withdraw() -> Weight;
	/// `approve` with full lists of requests and grants.
	fn approve() -> Weight;
	/// `decline` in a full list of requests.
	fn decline() -> Weight;
	/// `grant` with a full list of grants.
	fn grant() -> Weight;
	/// `revoke` in a full list of grants.
	fn revoke() -> Weight;
	/// `deny` that names two institutions and takes the last slot.
	fn deny() -> Weight;
	/// `lift_denial` in a full list of denials.
	fn lift_denial() -> Weight;
	/// `open_case` by a clinician with two open cases, while reviews fall due in every hour.
	fn open_case() -> Weight;
	/// `join_case` as the last of the team.
	fn join_case() -> Weight;
	/// `approve_case` as the last approver of a case with a full team.
	fn approve_case() -> Weight;
	/// `close_case` by a privacy officer, while reviews fall due in every hour.
	fn close_case() -> Weight;
	/// `review_case` that finds a violation, while reviews fall due in every hour.
	fn review_case() -> Weight;
	/// `appeal_case` of a case with a full team and all approvals.
	fn appeal_case() -> Weight;
	/// `judge_case` of a case that was not reviewed, which finds a violation.
	fn judge_case() -> Weight;
	/// `set_emergency_limits`.
	fn set_emergency_limits() -> Weight;
	/// `declare_incident` by the second officer.
	fn declare_incident() -> Weight;
	/// `end_incident` by an officer.
	fn end_incident() -> Weight;
	/// `seal` the second compartment.
	fn seal() -> Weight;
	/// `unseal` one of two compartments.
	fn unseal() -> Weight;
	/// `pass_on` of a grant that was passed on twice, in full lists.
	fn pass_on() -> Weight;
	/// `name_successor`.
	fn name_successor() -> Weight;
	/// `attest_erasure` for an institution, by a privacy officer.
	fn attest_erasure() -> Weight;
	/// `confirm_grant` in a full list of grants.
	fn confirm_grant() -> Weight;
	/// `witness_paper` by the last officer, beyond the call that the paper's wish names.
	fn witness_paper() -> Weight;
	/// `confirm_paper` by the last officer, beyond the call that the paper's wish names.
	fn confirm_paper() -> Weight;
	/// `withdraw_paper`.
	fn withdraw_paper() -> Weight;
	/// `AccessControl::decide` in a case without its approvals, with full lists of denials, of all four grantees and of
	/// the three grants above one, and no grant that permits: the nearest was given since the patient's key was lost.
	fn decide() -> Weight;
	/// The longest decision that permits, reads no grant, no successor and no docket: by assignment, past a full list of
	/// denials.
	fn decide_without_grants() -> Weight;
	/// `AccessControl::decide` that permits by a grant that was passed on three times, past full lists, and `take_use` of it
	/// and of those above it.
	fn decide_and_take_use() -> Weight;
}

macro_rules! flat {
	($($name:ident = $micros:literal),+ $(,)?) => {
		/// For tests.
		impl WeightInfo for () {
			$(fn $name() -> Weight {
				Weight::from_parts($micros * 1_000_000, 0)
			})+
		}
	};
}

flat!(
	ask = 10,
	withdraw = 10,
	approve = 10,
	decline = 10,
	grant = 10,
	revoke = 10,
	deny = 10,
	lift_denial = 10,
	open_case = 10,
	join_case = 10,
	approve_case = 10,
	close_case = 10,
	review_case = 10,
	appeal_case = 10,
	judge_case = 10,
	set_emergency_limits = 10,
	declare_incident = 10,
	end_incident = 10,
	seal = 10,
	unseal = 10,
	pass_on = 10,
	name_successor = 10,
	attest_erasure = 10,
	confirm_grant = 10,
	witness_paper = 10,
	confirm_paper = 10,
	withdraw_paper = 10,
	decide = 30,
	decide_without_grants = 10,
	decide_and_take_use = 50,
);
